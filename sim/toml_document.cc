#include "sim/toml_document.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

// Goes over a document as far as it must to know keys from strings and
// comments, and finds what toml++ cannot stand.
class Scan {
 public:
  struct Finding {
    size_t line;
    std::string_view what;
  };

  explicit Scan(std::string_view text) : text_(text) {}

  std::optional<Finding> Run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      if (c == '"' || c == '\'') {
        line_is_blank_ = false;
        if (!SkipString(c)) {
          return Finding{line_,
                         "not TOML here: behind a \\ at a line's end, write a "
                         "letter beyond ASCII as \\uXXXX"};
        }
        continue;
      }
      if (!absl::ascii_isascii(static_cast<unsigned char>(c))) {
        return Finding{line_,
                       "not TOML: letters beyond ASCII stand in quotes only"};
      }
      if (c == '[' && line_is_blank_ && brackets_ == 0 && !HasTableName()) {
        return Finding{line_, "not TOML: a table's name is to follow the ["};
      }
      ++at_;
      Take(c);
      if (dots_ > kMaxTomlDots) {
        return Finding{line_, "a key nests too deeply; it has at most 16 dots"};
      }
    }
    return std::nullopt;
  }

 private:
  void Take(char c) {
    if (c == '\n') {
      ++line_;
      line_is_blank_ = true;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      line_is_blank_ = false;
    }
    if (c == '[' || c == '{') {
      ++brackets_;
    } else if ((c == ']' || c == '}') && brackets_ > 0) {
      --brackets_;
    }
    if (c == '.') {
      ++dots_;
    } else if (absl::StrContains("\n=,[]{}", c)) {
      dots_ = 0;
    }
  }

  // Behind "[" or "[[" and blanks. "]" is an error that toml++ sees.
  bool HasTableName() const {
    size_t at = text_.find_first_not_of(" \t", at_ + 1);
    if (at == at_ + 1 && text_[at] == '[') {
      at = text_.find_first_not_of(" \t", at + 1);
    }
    return at != std::string_view::npos &&
           (absl::ascii_isalnum(static_cast<unsigned char>(text_[at])) ||
            absl::StrContains("_-\"']", text_[at]));
  }

  // False where a letter beyond ASCII follows the blanks that a backslash takes
  // away.
  bool SkipString(char quote) {
    const std::string three(3, quote);
    const bool many_lines = absl::StartsWith(text_.substr(at_), three);
    const std::string_view end =
        std::string_view(three).substr(0, many_lines ? 3 : 1);
    at_ += end.size();
    while (at_ < text_.size() && !absl::StartsWith(text_.substr(at_), end)) {
      if (text_[at_] == '\n') {
        // Of one line, it is not closed: the parser will say so.
        if (!many_lines) {
          return true;
        }
        ++line_;
      }
      const bool escapes = quote == '"' && text_[at_] == '\\' &&
                           at_ + 1 < text_.size() && text_[at_ + 1] != '\n';
      if (quote == '"' && text_[at_] == '\\') {
        const size_t next = text_.find_first_not_of(" \t\r\n", at_ + 1);
        if (next != at_ + 1 && next != std::string_view::npos &&
            !absl::ascii_isascii(static_cast<unsigned char>(text_[next]))) {
          return false;
        }
      }
      at_ += escapes ? 2 : 1;
    }
    at_ = std::min(at_ + end.size(), text_.size());
    return true;
  }

  const std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
  bool line_is_blank_ = true;  // Up to here.
  int brackets_ = 0;           // That are open.
  int dots_ = 0;               // Of the key.
};

absl::Status Error(std::string_view file, size_t line, size_t column,
                   std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(file, ":", line, ":", column, ": ", what));
}

}  // namespace

absl::StatusOr<toml::table> ParseToml(std::string_view text,
                                      std::string_view file) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");  // UTF-8's signature.
  if (const auto found = Scan(text).Run()) {
    return Error(file, found->line, 1, found->what);
  }
  toml::parse_result result = toml::parse(text);
  if (result.failed()) {
    const toml::parse_error& error = result.error();
    std::string_view what = error.description();
    absl::ConsumePrefix(&what, "Error while parsing ");
    return Error(file, error.source().begin.line, error.source().begin.column,
                 absl::StrCat("not TOML: ", Printable(what)));
  }
  return std::move(result).table();
}

}  // namespace sspilab::sim
