#ifndef SSPILAB_CORE_CRYPTO_AES_CTS_H_
#define SSPILAB_CORE_CRYPTO_AES_CTS_H_

#include <nettle/aes.h>

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

// A key that is set to encrypt.
class AesEncryptor {
 public:
  explicit AesEncryptor(absl::Span<const uint8_t> key);

  // One block, without any mode.
  AesBlock Encrypt(const AesBlock& block) const;
  // In place; `bytes` has at least one block.
  void EncryptCts(absl::Span<uint8_t> bytes) const;

 private:
  void EncryptCbc(AesBlock* iv, absl::Span<uint8_t> bytes) const;

  bool is_256_;
  union {
    aes128_ctx aes128_;
    aes256_ctx aes256_;
  };
};

// A key that is set to decrypt.
class AesDecryptor {
 public:
  explicit AesDecryptor(absl::Span<const uint8_t> key);

  // In place; `bytes` has at least one block.
  void DecryptCts(absl::Span<uint8_t> bytes) const;

 private:
  AesBlock Decrypt(const AesBlock& block) const;
  void DecryptCbc(AesBlock* iv, absl::Span<uint8_t> bytes) const;

  bool is_256_;
  union {
    aes128_ctx aes128_;
    aes256_ctx aes256_;
  };
};

// In place; `bytes` has at least one block.
void AesCtsEncrypt(absl::Span<const uint8_t> key, absl::Span<uint8_t> bytes);
void AesCtsDecrypt(absl::Span<const uint8_t> key, absl::Span<uint8_t> bytes);

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_AES_CTS_H_
