#include "sim/commands/options.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim/did_you_mean.h"
#include "sim/render/text.h"

namespace sspilab::sim {

std::optional<std::string_view> ParsedOptions::Get(
    std::string_view name) const {
  for (const auto& [given, value] : given_) {
    if (given == name) {
      return value;
    }
  }
  return std::nullopt;
}

std::string_view ParsedOptions::GetOr(std::string_view name,
                                      std::string_view otherwise) const {
  return Get(name).value_or(otherwise);
}

std::vector<std::string_view> ParsedOptions::All(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [given, value] : given_) {
    if (given == name) {
      values.push_back(value);
    }
  }
  return values;
}

absl::StatusOr<uint64_t> ParsedOptions::Number(std::string_view name,
                                               uint64_t otherwise) const {
  const std::optional<std::string_view> text = Get(name);
  uint64_t number = otherwise;
  if (!text.has_value() || absl::SimpleAtoi(*text, &number) ||
      (absl::StartsWithIgnoreCase(*text, "0x") &&
       absl::SimpleHexAtoi(*text, &number))) {
    return number;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, " '", *text, "' is not a number"));
}

namespace {

// "-" is an argument, and so is a negative number.
bool IsOption(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && !absl::ascii_isdigit(word[1]);
}

}  // namespace

absl::StatusOr<ParsedOptions> ParseOptions(
    absl::Span<const OptionSpec> specs, size_t max_arguments,
    absl::Span<const std::string_view> line) {
  ParsedOptions parsed;
  bool options_ended = false;
  for (size_t i = 0; i < line.size(); ++i) {
    std::string_view word = line[i];
    if (options_ended || !IsOption(word)) {
      if (parsed.arguments_.size() == max_arguments) {
        return absl::InvalidArgumentError(
            absl::StrCat("'", word, "' is one argument too many"));
      }
      parsed.arguments_.push_back(word);
      continue;
    }
    if (word == "--") {
      options_ended = true;
      continue;
    }
    absl::ConsumePrefix(&word, "-");
    absl::ConsumePrefix(&word, "-");
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto* spec =
        std::find_if(specs.begin(), specs.end(),
                     [&](const OptionSpec& s) { return s.name == name; });
    if (spec == specs.end()) {
      std::vector<std::string_view> known;
      for (const OptionSpec& s : specs) {
        known.push_back(s.name);
      }
      return absl::InvalidArgumentError(absl::StrCat(
          "unknown option '--", name, "'; ", DidYouMean(name, known)));
    }
    if (parsed.Has(name) && !spec->repeats) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, " is given twice"));
    }
    std::string_view value;
    if (spec->value.empty()) {
      if (equals != std::string_view::npos) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", name, " takes no value"));
      }
    } else if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (i + 1 < line.size()) {
      value = line[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          "--", name, " needs a value: --", name, " ", spec->value));
    }
    parsed.given_.emplace_back(spec->name, value);
  }
  return parsed;
}

std::string OptionsToText(absl::Span<const OptionSpec> specs) {
  constexpr size_t kIndent = 2;
  constexpr size_t kNames = 26;
  constexpr size_t kHelp = 70;
  std::string text;
  for (const OptionSpec& spec : specs) {
    std::string name = absl::StrCat("--", spec.name,
                                    spec.value.empty() ? "" : " ", spec.value);
    for (const std::string& line : WrapWords(spec.help, kHelp)) {
      absl::StrAppend(&text, std::string(kIndent, ' '), PadRight(name, kNames),
                      line, "\n");
      name.clear();
    }
  }
  return text;
}

}  // namespace sspilab::sim
