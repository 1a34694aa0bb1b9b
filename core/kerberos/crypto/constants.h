#ifndef SSPILAB_CORE_KERBEROS_CRYPTO_CONSTANTS_H_
#define SSPILAB_CORE_KERBEROS_CRYPTO_CONSTANTS_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"

// What goes into key derivation besides a key.
namespace sspilab::kerberos {

// RFC 3961 5.3: which of a usage's three keys.
enum class UsageByte : uint8_t {
  kChecksum = 0x99,
  kEncryption = 0xAA,
  kIntegrity = 0x55,
};

constexpr std::array<uint8_t, 4> BigEndian(uint32_t value) {
  return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
          static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
}

constexpr std::array<uint8_t, 5> UsageConstant(KeyUsage usage, UsageByte byte) {
  const std::array<uint8_t, 4> number = BigEndian(static_cast<uint32_t>(usage));
  return {number[0], number[1], number[2], number[3],
          static_cast<uint8_t>(byte)};
}

inline absl::Span<const uint8_t> TextBytes(std::string_view text) {
  return absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()),
                             text.size());
}

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_CRYPTO_CONSTANTS_H_
