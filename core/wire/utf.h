#ifndef SSPILAB_CORE_WIRE_UTF_H_
#define SSPILAB_CORE_WIRE_UTF_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

// Conversions between UTF-8, UTF-16 as C++ strings, and UTF-16LE as bytes of a
// token (which need no alignment). Nothing here asks the locale.
//
// Two policies for ill-formed input: the functions that return a StatusOr are
// strict and their error names the byte or unit; those whose name ends in
// Lossy put U+FFFD in place of each ill-formed piece, as Windows does.
namespace sspilab::wire {

absl::StatusOr<std::u16string> Utf8ToUtf16(std::string_view utf8);
std::u16string Utf8ToUtf16Lossy(std::string_view utf8);

absl::StatusOr<std::string> Utf16ToUtf8(std::u16string_view utf16);
std::string Utf16ToUtf8Lossy(std::u16string_view utf16);

// For token bytes. An odd last byte is ill-formed.
absl::StatusOr<std::string> Utf16LeToUtf8(absl::Span<const uint8_t> bytes);
std::string Utf16LeToUtf8Lossy(absl::Span<const uint8_t> bytes);

// Units are taken as they are, surrogates unpaired or not; an odd last byte is
// dropped.
std::u16string Utf16LeToUtf16(absl::Span<const uint8_t> bytes);

// The UTF-16LE bytes of `utf16`, without a copy; they live as long as it does.
inline absl::Span<const uint8_t> Utf16LeBytes(std::u16string_view utf16) {
  static_assert(std::endian::native == std::endian::little);
  return absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(utf16.data()),
                             utf16.size() * sizeof(char16_t));
}

// Writes `utf8` as UTF-16LE, lossily, into `out` without allocating. Returns
// the bytes written, or nothing when `out` is too small.
std::optional<size_t> Utf8ToUtf16LeLossy(std::string_view utf8,
                                         absl::Span<uint8_t> out);

}  // namespace sspilab::wire

#endif  // SSPILAB_CORE_WIRE_UTF_H_
