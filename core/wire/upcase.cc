#include "core/wire/upcase.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace sspilab::wire {
namespace {

// Every `step`-th unit from `first` to `last` is that of the upper case when
// `offset` is added.
struct Run {
  char16_t first;
  char16_t last;
  int step;
  int offset;
};

// In ascending order. The mapping is that of the $UpCase file which Windows
// since Vista writes to NTFS volumes, made from the same table as
// RtlUpcaseUnicodeString's.
constexpr Run kRuns[] = {{0x0061, 0x007A, 1, -32}, {0x00E0, 0x00F6, 1, -32},
                         {0x00F8, 0x00FE, 1, -32}, {0x00FF, 0x00FF, 1, 121},
                         {0x0101, 0x012F, 2, -1},  {0x0133, 0x0137, 2, -1},
                         {0x013A, 0x0148, 2, -1},  {0x014B, 0x0177, 2, -1},
                         {0x017A, 0x017E, 2, -1},  {0x0180, 0x0180, 1, 195},
                         {0x0183, 0x0185, 2, -1},  {0x0188, 0x0188, 1, -1},
                         {0x018C, 0x018C, 1, -1},  {0x0192, 0x0192, 1, -1},
                         {0x0195, 0x0195, 1, 97},  {0x0199, 0x0199, 1, -1},
                         {0x019A, 0x019A, 1, 163}, {0x019E, 0x019E, 1, 130},
                         {0x01A1, 0x01A5, 2, -1},  {0x01A8, 0x01A8, 1, -1},
                         {0x01AD, 0x01AD, 1, -1},  {0x01B0, 0x01B0, 1, -1},
                         {0x01B4, 0x01B6, 2, -1},  {0x01B9, 0x01B9, 1, -1},
                         {0x01BD, 0x01BD, 1, -1},  {0x01BF, 0x01BF, 1, 56},
                         {0x01C6, 0x01C6, 1, -2},  {0x01C9, 0x01C9, 1, -2},
                         {0x01CC, 0x01CC, 1, -2},  {0x01CE, 0x01DC, 2, -1},
                         {0x01DD, 0x01DD, 1, -79}, {0x01DF, 0x01EF, 2, -1},
                         {0x01F3, 0x01F3, 1, -2},  {0x01F5, 0x01F5, 1, -1},
                         {0x01F9, 0x021F, 2, -1},  {0x0223, 0x0233, 2, -1},
                         {0x023C, 0x023C, 1, -1},  {0x0242, 0x0242, 1, -1},
                         {0x0247, 0x024F, 2, -1},  {0x037B, 0x037D, 1, 130},
                         {0x03AC, 0x03AC, 1, -38}, {0x03AD, 0x03AF, 1, -37},
                         {0x03B1, 0x03C1, 1, -32}, {0x03C2, 0x03C2, 1, -31},
                         {0x03C3, 0x03CB, 1, -32}, {0x03CC, 0x03CC, 1, -64},
                         {0x03CD, 0x03CE, 1, -63}, {0x03D9, 0x03EF, 2, -1},
                         {0x03F2, 0x03F2, 1, 7},   {0x03F8, 0x03F8, 1, -1},
                         {0x03FB, 0x03FB, 1, -1},  {0x0430, 0x044F, 1, -32},
                         {0x0450, 0x045F, 1, -80}, {0x0461, 0x0481, 2, -1},
                         {0x048B, 0x04BF, 2, -1},  {0x04C2, 0x04CE, 2, -1},
                         {0x04CF, 0x04CF, 1, -15}, {0x04D1, 0x0513, 2, -1},
                         {0x0561, 0x0586, 1, -48}, {0xFF41, 0xFF5A, 1, -32}};

}  // namespace

char16_t Upcase(char16_t unit) {
  // Nearly every name is ASCII.
  if (unit < 0x80) {
    return unit >= u'a' && unit <= u'z' ? static_cast<char16_t>(unit - 0x20)
                                        : unit;
  }
  const Run* run =
      std::lower_bound(std::begin(kRuns), std::end(kRuns), unit,
                       [](const Run& r, char16_t u) { return r.last < u; });
  if (run == std::end(kRuns) || unit < run->first ||
      (unit - run->first) % run->step != 0) {
    return unit;
  }
  return static_cast<char16_t>(unit + run->offset);
}

std::u16string Upcase(std::u16string_view utf16) {
  std::u16string upper(utf16);
  for (char16_t& unit : upper) {
    unit = Upcase(unit);
  }
  return upper;
}

void UpcaseUtf16Le(absl::Span<const uint8_t> bytes, absl::Span<uint8_t> out) {
  const size_t whole = bytes.size() & ~size_t{1};
  for (size_t i = 0; i < whole; i += 2) {
    const char16_t upper =
        Upcase(static_cast<char16_t>(bytes[i] | bytes[i + 1] << 8));
    out[i] = static_cast<uint8_t>(upper);
    out[i + 1] = static_cast<uint8_t>(upper >> 8);
  }
  if (whole != bytes.size()) {
    out[whole] = bytes[whole];
  }
}

}  // namespace sspilab::wire
