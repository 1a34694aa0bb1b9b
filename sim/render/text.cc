#include "sim/render/text.h"

#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kEllipsis = "…";

// Whether `byte` begins a code point, and so a column.
bool BeginsColumn(char byte) {
  return (static_cast<uint8_t>(byte) & 0xC0) != 0x80;
}

std::string Spaces(size_t columns, size_t used) {
  return std::string(columns > used ? columns - used : 0, ' ');
}

}  // namespace

size_t Columns(std::string_view text) {
  size_t columns = 0;
  for (const char c : text) {
    columns += BeginsColumn(c) ? 1 : 0;
  }
  return columns;
}

std::string Fit(std::string_view text, size_t columns) {
  if (Columns(text) <= columns) {
    return std::string(text);
  }
  if (columns == 0) {
    return "";
  }
  size_t end = 0;
  for (size_t used = 0; end < text.size(); ++end) {
    if (BeginsColumn(text[end]) && used++ == columns - 1) {
      break;
    }
  }
  return absl::StrCat(text.substr(0, end), kEllipsis);
}

std::string PadRight(std::string_view text, size_t columns) {
  return absl::StrCat(text, Spaces(columns, Columns(text)));
}

std::string PadLeft(std::string_view text, size_t columns) {
  return absl::StrCat(Spaces(columns, Columns(text)), text);
}

std::string Centre(std::string_view text, size_t columns) {
  const size_t used = Columns(text);
  const size_t left = columns > used ? (columns - used) / 2 : 0;
  return PadRight(absl::StrCat(std::string(left, ' '), text), columns);
}

std::string Repeat(std::string_view text, size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) {
    result.append(text);
  }
  return result;
}

std::vector<std::string> WrapWords(std::string_view text, size_t columns) {
  std::vector<std::string> lines(1);
  for (const std::string_view word : absl::StrSplit(text, ' ')) {
    std::string& line = lines.back();
    if (line.empty()) {
      line = Fit(word, columns);
    } else if (Columns(line) + 1 + Columns(word) <= columns) {
      absl::StrAppend(&line, " ", word);
    } else {
      lines.push_back(Fit(word, columns));
    }
  }
  return lines;
}

std::string Printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x20 || byte == 0x7F) {
      absl::StrAppend(&result, "\\x", absl::Hex(byte, absl::kZeroPad2));
    } else {
      result.push_back(c);
    }
  }
  return result;
}

std::string Hex(absl::Span<const uint8_t> bytes, size_t most) {
  const absl::Span<const uint8_t> shown = bytes.subspan(0, most);
  std::string result = absl::BytesToHexString(std::string_view(
      reinterpret_cast<const char*>(shown.data()), shown.size()));
  if (shown.size() < bytes.size()) {
    absl::StrAppend(&result, kEllipsis);
  }
  return result;
}

std::string FileTimeToText(uint64_t time) {
  constexpr uint64_t kTicksPerSecond = 10'000'000;
  constexpr uint64_t kNever = std::numeric_limits<int64_t>::max();
  if (time == kNever) {
    return "never";
  }
  if (time > kNever) {
    return absl::StrFormat("%u (no time)", time);
  }
  const absl::CivilSecond second = absl::CivilSecond(1601, 1, 1) +
                                   static_cast<int64_t>(time / kTicksPerSecond);
  return absl::StrFormat("%04d-%02d-%02d %02d:%02d:%02d.%07u UTC",
                         second.year(), second.month(), second.day(),
                         second.hour(), second.minute(), second.second(),
                         time % kTicksPerSecond);
}

}  // namespace sspilab::sim
