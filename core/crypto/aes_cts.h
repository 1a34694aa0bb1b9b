#ifndef SSPILAB_CORE_CRYPTO_AES_CTS_H_
#define SSPILAB_CORE_CRYPTO_AES_CTS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

// AES (FIPS 197), in CBC mode with ciphertext stealing and a zero IV as
// Kerberos has it (RFC 3962 5): ciphertext is as long as plaintext, and the
// last two blocks are always exchanged. One block alone is plain CBC.
//
// `key` is 16 or 32 bytes. Nothing allocates or fails.
namespace sspilab::crypto {

inline constexpr size_t kAesBlockSize = 16;
using AesBlock = std::array<uint8_t, kAesBlockSize>;

// One block, without any mode.
AesBlock AesEncryptBlock(absl::Span<const uint8_t> key, const AesBlock& block);

// In place; `bytes` has at least one block.
void AesCtsEncrypt(absl::Span<const uint8_t> key, absl::Span<uint8_t> bytes);
void AesCtsDecrypt(absl::Span<const uint8_t> key, absl::Span<uint8_t> bytes);

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_AES_CTS_H_
