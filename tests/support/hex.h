#ifndef SSPILAB_TESTS_SUPPORT_HEX_H_
#define SSPILAB_TESTS_SUPPORT_HEX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

// Bytes as people write them, so that expectations read like the documents
// they come from.
namespace sspilab::testing {

// "4e 54 4c4d" -> bytes. Blanks do not matter; anything else that is no pair of
// digits ends the program.
std::vector<uint8_t> FromHex(std::string_view hex);

// bytes -> "4e544c4d".
std::string ToHex(absl::Span<const uint8_t> bytes);

// The same for a fixed size, which must be that of `hex`.
template <size_t kSize>
std::array<uint8_t, kSize> ArrayFromHex(std::string_view hex) {
  const std::vector<uint8_t> bytes = FromHex(hex);
  std::array<uint8_t, kSize> array{};
  for (size_t i = 0; i < kSize; ++i) {
    array[i] = bytes.at(i);
  }
  return array;
}

// The bytes of a text.
inline absl::Span<const uint8_t> BytesOf(std::string_view text) {
  return absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()),
                             text.size());
}

// A copy on the heap of exactly this size, so that AddressSanitizer sees a
// read past its end.
inline std::vector<uint8_t> Copy(absl::Span<const uint8_t> bytes) {
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_SUPPORT_HEX_H_
