#include "core/crypto/crc32.h"

#include <array>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {
namespace {

// What each value of a byte does to the state.
constexpr std::array<uint32_t, 256> kByteEffect = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t state = byte;
    for (int bit = 0; bit < 8; ++bit) {
      state = (state >> 1) ^ ((state & 1) != 0 ? 0xEDB88320 : 0);
    }
    table[byte] = state;
  }
  return table;
}();

}  // namespace

uint32_t Crc32Update(uint32_t state, absl::Span<const uint8_t> bytes) {
  for (uint8_t byte : bytes) {
    state = (state >> 8) ^ kByteEffect[(state ^ byte) & 0xFF];
  }
  return state;
}

}  // namespace sspilab::crypto
