#ifndef SSPILAB_SIM_JSON_ARCHIVE_H_
#define SSPILAB_SIM_JSON_ARCHIVE_H_

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/sspi_status.h"
#include "sim/archive.h"
#include "sim/json_values.h"

namespace sspilab::sim {

// The archives (archive.h) of JSON. JsonWriter writes a struct as an object,
// JsonReader fills the struct in. Bytes are hexadecimal, flags and times are
// numbers.

// What was parsed. Its keys are sorted: the library's kind that keeps their
// order copies an object whenever it grows.
using Json = nlohmann::json;

// Writes the object as it goes, without building one.
class JsonWriter {
 public:
  template <typename T>
  void operator()(const char* key, const T& value) {
    Key(key);
    Write(value);
  }
  // Left out where it has its default.
  template <typename T>
  void Optional(const char* key, const T& value) {
    if (!(value == T{})) {
      (*this)(key, value);
    }
  }
  template <typename Enum, size_t N>
  void Name(const char* key, const Enum& value,
            const std::array<std::string_view, N>& names) {
    Key(key);
    WriteString(names[static_cast<size_t>(value)]);
  }
  // A value that is text in JSON, by a pair of functions.
  template <typename T, typename Codec>
  void Text(const char* key, const T& value, const Codec& codec) {
    Key(key);
    WriteString(codec.to_text(value));
  }
  template <typename T>
  void Range(const char* key, const T& value, std::type_identity_t<T> /*low*/,
             std::type_identity_t<T> /*high*/) {
    (*this)(key, value);
  }
  template <typename Names>
  void Flags(const char* key, uint32_t value, const Names& /*names*/,
             std::string_view /*prefix*/ = "") {
    (*this)(key, value);
  }
  void Time(const char* key, uint64_t value) { (*this)(key, value); }

  // Once, when all is written.
  [[nodiscard]] std::string TakeText() {
    text_ += '}';
    return std::move(text_);
  }
  // InvalidArgument when something has no JSON form.
  const absl::Status& status() const { return status_; }

 private:
  void Key(std::string_view key) {
    // Only an object that was just begun ends in a brace like this.
    absl::StrAppend(&text_, text_.back() == '{' ? "" : ",", "\"", key, "\":");
  }
  void WriteString(std::string_view text) {
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
      return c >= ' ' && c < '\x7F' && c != '"' && c != '\\';
    });
    if (is_plain) {
      absl::StrAppend(&text_, "\"", text, "\"");
    } else {
      text_ += Json(text).dump();
    }
  }

  template <typename T>
  void Write(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      text_ += value ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
      absl::StrAppend(&text_, +value);
    } else if constexpr (requires { WriteJsonValue(value); }) {
      const absl::StatusOr<std::string> text = WriteJsonValue(value);
      status_.Update(text.status());
      WriteString(text.ok() ? *text : "");
    } else {
      text_ += '{';
      Fields(*this, value);
      text_ += '}';
    }
  }
  template <typename T>
  requires(!std::same_as<T, uint8_t>) void Write(const std::vector<T>& values) {
    text_ += '[';
    for (const T& value : values) {
      if (&value != values.data()) text_ += ',';
      Write(value);
    }
    text_ += ']';
  }
  template <typename T>
  void Write(const std::optional<T>& value) {
    value.has_value() ? Write(*value) : void(text_ += "null");
  }

  std::string text_ = "{";
  absl::Status status_;
};

// Fills in what is there; a member whose key is missing keeps its value. The
// first error stays, and names the member by its path.
class JsonReader {
 public:
  JsonReader(const Json& object, std::string path)
      : object_(object), path_(std::move(path)) {
    if (!object.is_object()) {
      Fail("", "is not an object");
    }
  }

  template <typename T>
  void operator()(const char* key, T& value) {
    if (const Json* json = Find(key); json != nullptr) {
      Read(*json, key, value);
    }
  }
  template <typename T>
  void Optional(const char* key, T& value) {
    (*this)(key, value);
  }
  template <typename Enum, size_t N>
  void Name(const char* key, Enum& value,
            const std::array<std::string_view, N>& names) {
    std::string name;
    const Json* json = Find(key);
    if (json == nullptr || !ReadString(*json, key, &name)) {
      return;
    }
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) {
      Fail(key, absl::StrCat("is '", name, "', not one of ",
                             absl::StrJoin(names, ", ")));
      return;
    }
    value = static_cast<Enum>(it - names.begin());
  }
  template <typename T, typename Codec>
  void Text(const char* key, T& value, const Codec& codec) {
    std::string text;
    const Json* json = Find(key);
    if (json != nullptr && ReadString(*json, key, &text)) {
      Take(codec.from_text(text), key, value);
    }
  }
  template <typename T>
  void Range(const char* key, T& value, std::type_identity_t<T> low,
             std::type_identity_t<T> high) {
    (*this)(key, value);
    if (value < low || value > high) {
      Fail(key, absl::StrCat("is not from ", low, " to ", high));
    }
  }
  template <typename Names>
  void Flags(const char* key, uint32_t& value, const Names& /*names*/,
             std::string_view /*prefix*/ = "") {
    (*this)(key, value);
  }
  void Time(const char* key, uint64_t& value) { (*this)(key, value); }

  // InvalidArgument at the first error, or for a key that nobody asked for.
  absl::Status Finish() {
    for (const auto& item : object_.items()) {
      if (!known_.contains(item.key())) {
        Fail(item.key(), "is not known");
      }
    }
    return status_;
  }

 private:
  const Json* Find(const char* key) {
    known_.insert(key);
    const auto it = object_.find(key);
    return it == object_.end() ? nullptr : &*it;
  }

  void Fail(std::string_view key, std::string_view what) {
    if (status_.ok()) {
      status_ = absl::InvalidArgumentError(absl::StrCat(Path(key), " ", what));
    }
  }
  std::string Path(std::string_view key) const {
    return absl::StrCat(path_, path_.empty() || key.empty() ? "" : ".", key);
  }

  bool ReadString(const Json& json, std::string_view key, std::string* text) {
    if (!json.is_string()) {
      Fail(key, "is not a string");
      return false;
    }
    *text = json.get<std::string>();
    return true;
  }

  template <typename T>
  void Take(absl::StatusOr<T> read, std::string_view key, T& value) {
    if (read.ok()) {
      value = *std::move(read);
    } else {
      Fail(key, read.status().message());
    }
  }

  template <typename T>
  void Read(const Json& json, std::string_view key, T& value) {
    if constexpr (std::same_as<T, bool>) {
      json.is_boolean() ? void(value = json.get<bool>())
                        : Fail(key, "is not true or false");
    } else if constexpr (std::is_integral_v<T>) {
      // All our numbers count something: none is negative.
      if (!json.is_number_unsigned() ||
          json.get<uint64_t>() >
              static_cast<uint64_t>(std::numeric_limits<T>::max())) {
        Fail(key, absl::StrCat("is not a number up to ",
                               std::numeric_limits<T>::max()));
        return;
      }
      value = json.get<T>();
    } else if constexpr (requires(std::string_view text) {
                           ReadJsonValue(text, &value);
                         }) {
      std::string text;
      if (ReadString(json, key, &text)) {
        const absl::Status status = ReadJsonValue(text, &value);
        if (!status.ok()) {
          Fail(key, status.message());
        }
      }
    } else {
      JsonReader inner(json, Path(key));
      if (inner.status_.ok()) {
        Fields(inner, value);
      }
      status_.Update(inner.Finish());
    }
  }
  template <typename T>
  requires(!std::same_as<T, uint8_t>) void Read(const Json& json,
                                                std::string_view key,
                                                std::vector<T>& values) {
    if (!json.is_array()) {
      Fail(key, "is not an array");
      return;
    }
    values.clear();
    for (const Json& element : json) {
      const std::string place = absl::StrCat(key, "[", values.size(), "]");
      Read(element, place, values.emplace_back());
    }
  }
  template <typename T>
  void Read(const Json& json, std::string_view key, std::optional<T>& value) {
    if (json.is_null()) {
      value.reset();
    } else {
      Read(json, key, value.emplace());
    }
  }

  const Json& object_;
  const std::string path_;
  std::set<std::string, std::less<>> known_;
  absl::Status status_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_JSON_ARCHIVE_H_
