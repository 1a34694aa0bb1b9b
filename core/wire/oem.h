#ifndef SSPILAB_CORE_WIRE_OEM_H_
#define SSPILAB_CORE_WIRE_OEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"

// The OEM character set: what NTLM strings are in when Unicode is not
// negotiated, and what an LM hash is computed over. Windows takes the machine's
// OEM code page; here it is always 437, that of the United States.
namespace sspilab::wire {

// The OEM byte for `unit`, or nothing when the code page lacks it.
std::optional<uint8_t> OemFromUnicode(char16_t unit);

// Characters that the code page lacks become '?', as on Windows.
std::string Utf16ToOemLossy(std::u16string_view utf16);

// Every byte has a meaning, so this cannot fail.
std::u16string OemToUtf16(absl::Span<const uint8_t> oem);

}  // namespace sspilab::wire

#endif  // SSPILAB_CORE_WIRE_OEM_H_
