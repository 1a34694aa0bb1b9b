#ifndef SSPILAB_CORE_WIRE_UPCASE_H_
#define SSPILAB_CORE_WIRE_UPCASE_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace sspilab::wire {

// MS-NLMP's Uppercase(), which is Windows' RtlUpcaseUnicodeString: one UTF-16
// unit to one unit, the same in every locale. Covers Latin (Basic, Latin-1
// Supplement, Extended-A and Extended-B), Greek, Cyrillic, Armenian and
// fullwidth Latin; any other unit is returned as it is. Unlike Unicode's own
// mapping, U+00B5, U+0131 and U+017F stay as they are.
char16_t Upcase(char16_t unit);
std::u16string Upcase(std::u16string_view utf16);

// Writes the upcased units of the UTF-16LE `bytes` to `out`, which must be at
// least as long; an odd last byte is copied. `out` may be `bytes` itself.
void UpcaseUtf16Le(absl::Span<const uint8_t> bytes, absl::Span<uint8_t> out);

// Whether two names are the same as Windows compares names: without regard to
// case.
inline bool EqualIgnoringCase(std::u16string_view a, std::u16string_view b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [](char16_t x, char16_t y) { return x == y || Upcase(x) == Upcase(y); });
}

}  // namespace sspilab::wire

#endif  // SSPILAB_CORE_WIRE_UPCASE_H_
