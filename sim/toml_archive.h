#ifndef SSPILAB_SIM_TOML_ARCHIVE_H_
#define SSPILAB_SIM_TOML_ARCHIVE_H_

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "sim/archive.h"
#include "sim/context_flags.h"
#include "sim/did_you_mean.h"
#include "sim/json_values.h"
#include "sim/render/text.h"

namespace sspilab::sim {

// What is wrong with a document. Only the first place is told: what comes
// behind it may be due to it.
class TomlErrors {
 public:
  explicit TomlErrors(std::string_view file) : file_(file) {}

  void Add(const toml::source_position& place, std::string_view what) {
    if (text_.empty() || place < place_) {
      place_ = place;
      text_ = what;
    }
  }
  bool empty() const { return text_.empty(); }
  // InvalidArgument, "FILE:LINE:COLUMN: WHAT", where there is any.
  absl::Status ToStatus() const {
    return empty() ? absl::OkStatus()
                   : absl::InvalidArgumentError(
                         absl::StrCat(file_, ":", place_.line, ":",
                                      place_.column, ": ", Printable(text_)));
  }

 private:
  const std::string file_;
  toml::source_position place_ = {};
  std::string text_;
};

// The archive (archive.h) that fills structs in from TOML. A member whose key
// is missing keeps its value. Flags may have their names, times be dates.
class TomlReader {
 public:
  // `table`, `path` ("client.world", for messages) and `errors` are not owned.
  TomlReader(const toml::table& table, std::string_view path,
             TomlErrors* errors)
      : table_(table), path_(path), errors_(errors) {}

  template <typename T>
  void operator()(const char* key, T& value) {
    if (const toml::node* node = Find(key); node != nullptr) {
      Read(*node, key, value);
    }
  }
  template <typename T>
  void Optional(const char* key, T& value) {
    (*this)(key, value);
  }
  template <typename T, size_t N>
  void Name(const char* key, T& value,
            const std::array<std::string_view, N>& names) {
    if (const toml::node* node = Find(key); node != nullptr) {
      ReadName(*node, key, value, names);
    }
  }
  template <typename T, typename Codec>
  void Text(const char* key, T& value, const Codec& codec) {
    if (const toml::node* node = Find(key); node != nullptr) {
      ReadText(*node, key, value, codec);
    }
  }
  template <typename T>
  void Range(const char* key, T& value, std::type_identity_t<T> low,
             std::type_identity_t<T> high) {
    if (const toml::node* node = Find(key); node != nullptr) {
      ReadNumber(*node, key, value, low, high);
    }
  }
  // A number, "NAME,NAME", or an array of names.
  void Flags(const char* key, uint32_t& value,
             absl::Span<const ContextFlag> names, std::string_view prefix = "");
  void Flags(const char* key, Placed<uint32_t>& value,
             absl::Span<const ContextFlag> names,
             std::string_view prefix = "") {
    if (Has(key)) {
      value.line = table_.get(key)->source().begin.line;
    }
    Flags(key, value.value, names, prefix);
  }
  // In units of 100 ns since 1601, or a date with a time in UTC.
  void Time(const char* key, uint64_t& value);

  // An error where the key is missing; `example` is what would be right.
  void Require(std::string_view key, std::string_view example) {
    if (!Has(key)) {
      errors_->Add(
          table_.source().begin,
          absl::StrCat(Path(key), " is missing: ", key, " = ", example));
    }
  }
  // Where the table begins.
  uint32_t line() const { return table_.source().begin.line; }
  bool Has(std::string_view key) const { return table_.contains(key); }
  // What stands there, if anything does; the key is then known.
  const toml::node* Find(std::string_view key) {
    known_.push_back(key);
    return table_.get(key);
  }
  // `what` goes on where "KEY " began, and says what would be right.
  void Fail(const toml::node& node, std::string_view key,
            std::string_view what) {
    errors_->Add(node.source().begin, absl::StrCat(Path(key), " ", what));
  }
  // Of keys that nobody asked for.
  void Finish();

  // Reads the table, wholly, into a struct with Fields.
  template <typename T>
  void ReadTable(const toml::node& node, std::string_view key, T& value) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      FailType(node, key, "a table");
      return;
    }
    TomlReader inner(*table, Path(key), errors_);
    Fields(inner, value);
    inner.Finish();
  }

 private:
  std::string Path(std::string_view key) const {
    return absl::StrCat(path_, path_.empty() ? "" : ".", key);
  }
  void FailType(const toml::node& node, std::string_view key,
                std::string_view wanted);
  bool ReadString(const toml::node& node, std::string_view key,
                  std::string_view* text);
  // Null, and said, where it is none.
  const toml::array* ReadArray(const toml::node& node, std::string_view key);

  template <typename T>
  void ReadNumber(const toml::node& node, std::string_view key, T& value,
                  T low = 0, T high = std::numeric_limits<T>::max()) {
    const toml::value<int64_t>* number = node.as_integer();
    if (number == nullptr) {
      FailType(node, key, "a number");
    } else if (!std::in_range<T>(number->get()) ||
               static_cast<T>(number->get()) < low ||
               static_cast<T>(number->get()) > high) {
      Fail(node, key,
           absl::StrCat("is ", number->get(), "; it is from ", low, " to ",
                        high));
    } else {
      value = static_cast<T>(number->get());
    }
  }

  template <typename Enum, size_t N>
  void ReadName(const toml::node& node, std::string_view key, Enum& value,
                const std::array<std::string_view, N>& names) {
    std::string_view name;
    if (!ReadString(node, key, &name)) {
      return;
    }
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) {
      Fail(node, key,
           absl::StrCat("is '", name, "'; ", DidYouMean(name, names)));
      return;
    }
    value = static_cast<Enum>(it - names.begin());
  }
  template <typename T, size_t N>
  void ReadName(const toml::node& node, std::string_view key,
                std::optional<T>& value,
                const std::array<std::string_view, N>& names) {
    ReadName(node, key, value.emplace(), names);
  }
  template <typename T, size_t N>
  void ReadName(const toml::node& node, std::string_view key, Placed<T>& value,
                const std::array<std::string_view, N>& names) {
    value.line = node.source().begin.line;
    ReadName(node, key, value.value, names);
  }

  template <typename T, typename Codec>
  void ReadText(const toml::node& node, std::string_view key, T& value,
                const Codec& codec) {
    std::string_view text;
    if (!ReadString(node, key, &text)) {
      return;
    }
    auto read = codec.from_text(text);
    if (read.ok()) {
      value = *std::move(read);
    } else {
      Fail(node, key, read.status().message());
    }
  }
  template <typename T, typename Codec>
  void ReadText(const toml::node& node, std::string_view key,
                std::optional<T>& value, const Codec& codec) {
    ReadText(node, key, value.emplace(), codec);
  }
  template <typename T, typename Codec>
  void ReadText(const toml::node& node, std::string_view key, Placed<T>& value,
                const Codec& codec) {
    value.line = node.source().begin.line;
    ReadText(node, key, value.value, codec);
  }
  template <typename T, typename Codec>
  void ReadText(const toml::node& node, std::string_view key,
                std::vector<T>& values, const Codec& codec) {
    if (const toml::array* array = ReadArray(node, key); array != nullptr) {
      values.clear();
      for (const toml::node& element : *array) {
        ReadText(element, key, values.emplace_back(), codec);
      }
    }
  }

  template <typename T>
  void Read(const toml::node& node, std::string_view key, T& value) {
    if constexpr (std::same_as<T, bool>) {
      const toml::value<bool>* boolean = node.as_boolean();
      boolean != nullptr ? void(value = boolean->get())
                         : FailType(node, key, "true or false");
    } else if constexpr (std::is_integral_v<T>) {
      ReadNumber(node, key, value);
    } else if constexpr (requires(std::string_view text) {
                           ReadJsonValue(text, &value);
                         }) {
      std::string_view text;
      if (ReadString(node, key, &text)) {
        const absl::Status status = ReadJsonValue(text, &value);
        if (!status.ok()) {
          Fail(node, key, status.message());
        }
      }
    } else {
      ReadTable(node, key, value);
    }
  }
  template <typename T>
  void Read(const toml::node& node, std::string_view key, Placed<T>& value) {
    value.line = node.source().begin.line;
    Read(node, key, value.value);
  }
  template <typename T>
  void Read(const toml::node& node, std::string_view key,
            std::optional<T>& value) {
    Read(node, key, value.emplace());
  }
  template <typename T>
  requires(!std::same_as<T, uint8_t>) void Read(const toml::node& node,
                                                std::string_view key,
                                                std::vector<T>& values) {
    if (const toml::array* array = ReadArray(node, key); array != nullptr) {
      values.clear();
      for (const toml::node& element : *array) {
        Read(element, key, values.emplace_back());
      }
    }
  }

  const toml::table& table_;
  const std::string path_;
  TomlErrors* const errors_;
  std::vector<std::string_view> known_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TOML_ARCHIVE_H_
