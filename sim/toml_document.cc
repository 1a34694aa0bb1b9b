#include "sim/toml_document.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sspilab::sim {
namespace {

// Goes over a document token by token, as far as it must to know what is a
// dot of a key: not those in strings and comments.
class DotCounter {
 public:
  explicit DotCounter(std::string_view text) : text_(text) {}

  // The line with a key of too many dots.
  std::optional<size_t> LineOfTooMany() {
    int dots = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        SkipTo("\n");
      } else if (c == '"' || c == '\'') {
        SkipString(c);
      } else {
        ++at_;
        line_ += c == '\n' ? 1 : 0;
        if (c == '.') {
          ++dots;
        } else if (absl::StrContains("\n=,[]{}", c)) {
          dots = 0;
        }
        if (dots > kMaxTomlDots) {
          return line_;
        }
      }
    }
    return std::nullopt;
  }

 private:
  void SkipTo(std::string_view end) {
    while (at_ < text_.size() && !absl::StartsWith(text_.substr(at_), end)) {
      line_ += text_[at_] == '\n' ? 1 : 0;
      ++at_;
    }
  }

  void SkipString(char quote) {
    const std::string three(3, quote);
    const bool many_lines = absl::StartsWith(text_.substr(at_), three);
    const std::string_view end =
        std::string_view(three).substr(0, many_lines ? 3 : 1);
    at_ += end.size();
    while (at_ < text_.size() && !absl::StartsWith(text_.substr(at_), end)) {
      if (text_[at_] == '\n') {
        // Of one line, it is not closed: the parser will say so.
        if (!many_lines) {
          return;
        }
        ++line_;
      }
      const bool escapes = quote == '"' && text_[at_] == '\\';
      at_ +=
          escapes && at_ + 1 < text_.size() && text_[at_ + 1] != '\n' ? 2 : 1;
    }
    at_ += std::min(end.size(), text_.size() - at_);
  }

  const std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
};

absl::Status Error(std::string_view file, size_t line, size_t column,
                   std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(file, ":", line, ":", column, ": ", what));
}

}  // namespace

absl::StatusOr<toml::table> ParseToml(std::string_view text,
                                      std::string_view file) {
  if (const auto line = DotCounter(text).LineOfTooMany()) {
    return Error(file, *line, 1,
                 absl::StrCat("a key nests too deeply; it has at most ",
                              kMaxTomlDots, " dots"));
  }
  toml::parse_result result = toml::parse(text);
  if (result.failed()) {
    const toml::parse_error& error = result.error();
    std::string_view what = error.description();
    absl::ConsumePrefix(&what, "Error while parsing ");
    return Error(file, error.source().begin.line, error.source().begin.column,
                 absl::StrCat("not TOML: ", what));
  }
  return std::move(result).table();
}

}  // namespace sspilab::sim
