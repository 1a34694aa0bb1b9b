#include "core/wire/utf.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace sspilab::wire {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// One code point taken from the front of a text, or a piece that is none.
struct Decoded {
  char32_t code_point;
  size_t length;  // units of the text that it takes, at least 1
  bool well_formed;
};

constexpr bool IsHighSurrogate(char32_t unit) {
  return (unit & ~char32_t{0x3FF}) == 0xD800;
}
constexpr bool IsLowSurrogate(char32_t unit) {
  return (unit & ~char32_t{0x3FF}) == 0xDC00;
}

// The lead bytes of UTF-8 (Unicode 15, table 3-7). The second byte's bounds
// keep out overlong forms, surrogates, and what is above U+10FFFF; the others
// are 80 to BF.
struct LeadByte {
  uint8_t first;
  uint8_t last;
  size_t length;
  uint8_t second_min;
  uint8_t second_max;
};

constexpr LeadByte kLeadBytes[] = {
    {0x00, 0x7F, 1, 0, 0},       {0xC2, 0xDF, 2, 0x80, 0xBF},
    {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF},
    {0xF0, 0xF0, 4, 0x90, 0xBF}, {0xF1, 0xF3, 4, 0x80, 0xBF},
    {0xF4, 0xF4, 4, 0x80, 0x8F},
};

// `text` is not empty. An ill-formed piece is as long as its beginning could
// have been that of a character, so that each mistake is one piece.
Decoded DecodeUtf8(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  for (const LeadByte& lead : kLeadBytes) {
    if (byte(0) < lead.first || byte(0) > lead.last) {
      continue;
    }
    if (lead.length == 1) {
      return {byte(0), 1, true};
    }
    char32_t code_point = byte(0) & (0x7FU >> lead.length);
    for (size_t i = 1; i < lead.length; ++i) {
      const uint8_t low = i == 1 ? lead.second_min : 0x80;
      const uint8_t high = i == 1 ? lead.second_max : 0xBF;
      if (i >= text.size() || byte(i) < low || byte(i) > high) {
        return {kReplacement, i, false};
      }
      code_point = code_point << 6 | (byte(i) & 0x3F);
    }
    return {code_point, lead.length, true};
  }
  return {kReplacement, 1, false};
}

// `units` is not empty; `unit_at` and `count` give UTF-16 units in any storage.
template <typename UnitAt>
Decoded DecodeUtf16(UnitAt unit_at, size_t at, size_t count) {
  const char32_t first = unit_at(at);
  if (!IsHighSurrogate(first) && !IsLowSurrogate(first)) {
    return {first, 1, true};
  }
  if (IsHighSurrogate(first) && at + 1 < count &&
      IsLowSurrogate(unit_at(at + 1))) {
    return {0x10000 + ((first & 0x3FF) << 10) + (unit_at(at + 1) & 0x3FF), 2,
            true};
  }
  return {kReplacement, 1, false};
}

void AppendUtf8(char32_t c, std::string* out) {
  const auto put = [out](char32_t byte) {
    out->push_back(static_cast<char>(byte));
  };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

// Calls `put` with each unit of `c`.
template <typename Put>
void EncodeUtf16(char32_t c, Put put) {
  if (c < 0x10000) {
    put(static_cast<char16_t>(c));
  } else {
    put(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10)));
    put(static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF)));
  }
}

// Appends the code points of `utf8` to `out`; returns where the first
// ill-formed piece is.
std::optional<size_t> ConvertUtf8(std::string_view utf8, std::u16string* out) {
  std::optional<size_t> ill_formed;
  out->reserve(utf8.size());
  size_t at = 0;
  // Most texts are ASCII, which needs no decoding.
  while (at < utf8.size() && static_cast<uint8_t>(utf8[at]) < 0x80) {
    out->push_back(static_cast<char16_t>(utf8[at++]));
  }
  while (at < utf8.size()) {
    const Decoded decoded = DecodeUtf8(utf8.substr(at));
    if (!decoded.well_formed && !ill_formed) {
      ill_formed = at;
    }
    EncodeUtf16(decoded.code_point,
                [out](char16_t unit) { out->push_back(unit); });
    at += decoded.length;
  }
  return ill_formed;
}

// The same for `count` UTF-16 units.
template <typename UnitAt>
std::optional<size_t> ConvertUtf16(UnitAt unit_at, size_t count,
                                   std::string* out) {
  std::optional<size_t> ill_formed;
  out->reserve(count);
  size_t at = 0;
  while (at < count && unit_at(at) < 0x80) {
    out->push_back(static_cast<char>(unit_at(at++)));
  }
  while (at < count) {
    const Decoded decoded = DecodeUtf16(unit_at, at, count);
    if (!decoded.well_formed && !ill_formed) {
      ill_formed = at;
    }
    AppendUtf8(decoded.code_point, out);
    at += decoded.length;
  }
  return ill_formed;
}

char16_t UnitOfBytes(absl::Span<const uint8_t> bytes, size_t unit) {
  return static_cast<char16_t>(bytes[2 * unit] | bytes[2 * unit + 1] << 8);
}

}  // namespace

absl::StatusOr<std::u16string> Utf8ToUtf16(std::string_view utf8) {
  std::u16string utf16;
  if (std::optional<size_t> at = ConvertUtf8(utf8, &utf16)) {
    return absl::InvalidArgumentError(
        absl::StrCat("ill-formed UTF-8 at byte ", *at));
  }
  return utf16;
}

std::u16string Utf8ToUtf16Lossy(std::string_view utf8) {
  std::u16string utf16;
  ConvertUtf8(utf8, &utf16);
  return utf16;
}

absl::StatusOr<std::string> Utf16ToUtf8(std::u16string_view utf16) {
  std::string utf8;
  if (std::optional<size_t> at = ConvertUtf16(
          [utf16](size_t i) { return utf16[i]; }, utf16.size(), &utf8)) {
    return absl::InvalidArgumentError(
        absl::StrCat("unpaired surrogate at UTF-16 unit ", *at));
  }
  return utf8;
}

std::string Utf16ToUtf8Lossy(std::u16string_view utf16) {
  std::string utf8;
  ConvertUtf16([utf16](size_t i) { return utf16[i]; }, utf16.size(), &utf8);
  return utf8;
}

absl::StatusOr<std::string> Utf16LeToUtf8(absl::Span<const uint8_t> bytes) {
  if (bytes.size() % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("UTF-16LE of ", bytes.size(), " bytes, an odd number"));
  }
  std::string utf8;
  if (std::optional<size_t> at =
          ConvertUtf16([bytes](size_t i) { return UnitOfBytes(bytes, i); },
                       bytes.size() / 2, &utf8)) {
    return absl::InvalidArgumentError(
        absl::StrCat("unpaired surrogate at byte ", 2 * *at));
  }
  return utf8;
}

std::string Utf16LeToUtf8Lossy(absl::Span<const uint8_t> bytes) {
  std::string utf8;
  ConvertUtf16([bytes](size_t i) { return UnitOfBytes(bytes, i); },
               bytes.size() / 2, &utf8);
  if (bytes.size() % 2 != 0) {
    AppendUtf8(kReplacement, &utf8);
  }
  return utf8;
}

std::u16string Utf16LeToUtf16(absl::Span<const uint8_t> bytes) {
  std::u16string utf16(bytes.size() / 2, u'\0');
  for (size_t i = 0; i < utf16.size(); ++i) {
    utf16[i] = UnitOfBytes(bytes, i);
  }
  return utf16;
}

std::optional<size_t> Utf8ToUtf16LeLossy(std::string_view utf8,
                                         absl::Span<uint8_t> out) {
  size_t size = 0;
  bool fits = true;
  for (size_t at = 0; at < utf8.size() && fits;) {
    const Decoded decoded = DecodeUtf8(utf8.substr(at));
    EncodeUtf16(decoded.code_point, [&](char16_t unit) {
      fits = fits && out.size() - size >= 2;
      if (fits) {
        out[size++] = static_cast<uint8_t>(unit);
        out[size++] = static_cast<uint8_t>(unit >> 8);
      }
    });
    at += decoded.length;
  }
  return fits ? std::optional<size_t>(size) : std::nullopt;
}

}  // namespace sspilab::wire
