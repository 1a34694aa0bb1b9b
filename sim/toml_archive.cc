#include "sim/toml_archive.h"

#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "core/world.h"

namespace sspilab::sim {
namespace {

// By toml::node_type.
std::string_view TypeName(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "text";
    case toml::node_type::integer:
      return "a number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or a time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

}  // namespace

void TomlReader::Flags(const char* key, uint32_t& value,
                       absl::Span<const ContextFlag> names,
                       std::string_view prefix) {
  const toml::node* node = Find(key);
  if (node == nullptr) {
    return;
  }
  if (node->is_integer()) {
    ReadNumber(*node, key, value);
    return;
  }
  std::vector<std::string> texts;
  if (node->is_string()) {
    texts.emplace_back(node->as_string()->get());
  } else if (node->is_array()) {
    Read(*node, key, texts);
  } else {
    FailType(*node, key, "an array of names, or a number");
  }
  uint32_t flags = 0;
  for (size_t i = 0; i < texts.size(); ++i) {
    const absl::StatusOr<uint32_t> parsed =
        ParseFlags(names, prefix, "flag", texts[i]);
    if (!parsed.ok()) {
      const toml::array* array = node->as_array();
      Fail(array == nullptr ? *node : (*array)[i], key,
           absl::StrCat("has an ", parsed.status().message()));
      return;
    }
    flags |= *parsed;
  }
  value = flags;
}

void TomlReader::Time(const char* key, uint64_t& value) {
  const toml::node* node = Find(key);
  if (node == nullptr) {
    return;
  }
  const toml::value<toml::date_time>* time = node->as_date_time();
  if (time == nullptr) {
    node->is_integer()
        ? ReadNumber(*node, key, value)
        : FailType(*node, key,
                   "a date with a time, as 2024-01-01T00:00:00Z, or a number "
                   "of 100 ns since 1601");
    return;
  }
  const toml::date_time& when = time->get();
  const absl::CivilSecond civil(when.date.year, when.date.month, when.date.day,
                                when.time.hour, when.time.minute,
                                when.time.second);
  constexpr int64_t kNanosecondsPerUnit = 100;
  constexpr int64_t kSecondsPerMinute = 60;
  int64_t seconds = civil - absl::CivilSecond(1601);
  if (when.offset.has_value()) {
    seconds -= kSecondsPerMinute * when.offset->minutes;
  }
  if (seconds < 0) {
    Fail(*node, key, "is before 1601, when Windows' time begins");
    return;
  }
  value = static_cast<uint64_t>(seconds) * kFileTimeSecond +
          when.time.nanosecond / kNanosecondsPerUnit;
}

void TomlReader::Finish() {
  for (const auto& [key, node] : table_) {
    if (std::find(known_.begin(), known_.end(), key.str()) == known_.end()) {
      errors_->Add(
          key.source().begin,
          absl::StrCat("unknown key '", key.str(), "'",
                       path_.empty() ? "" : absl::StrCat(" in [", path_, "]"),
                       "; ", DidYouMean(key.str(), known_)));
    }
  }
}

void TomlReader::FailType(const toml::node& node, std::string_view key,
                          std::string_view wanted) {
  Fail(node, key,
       absl::StrCat("is ", TypeName(node), "; it is to be ", wanted));
}

bool TomlReader::ReadString(const toml::node& node, std::string_view key,
                            std::string_view* text) {
  const toml::value<std::string>* string = node.as_string();
  if (string == nullptr) {
    FailType(node, key, "text in quotes");
    return false;
  }
  *text = string->get();
  return true;
}

const toml::array* TomlReader::ReadArray(const toml::node& node,
                                         std::string_view key) {
  if (!node.is_array()) {
    FailType(node, key, "an array, in [ ]");
  }
  return node.as_array();
}

}  // namespace sspilab::sim
