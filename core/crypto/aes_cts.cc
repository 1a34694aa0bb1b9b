#include "core/crypto/aes_cts.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/nettle-meta.h>

#include <algorithm>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {
namespace {

// A key that is set for one direction.
class Aes {
 public:
  enum class Direction : uint8_t { kEncrypt, kDecrypt };

  Aes(absl::Span<const uint8_t> key, Direction direction)
      : cipher_(key.size() == AES128_KEY_SIZE ? nettle_aes128 : nettle_aes256) {
    (direction == Direction::kEncrypt
         ? cipher_.set_encrypt_key
         : cipher_.set_decrypt_key)(&context_, key.data());
  }

  AesBlock Encrypt(const AesBlock& block) const {
    AesBlock result;
    cipher_.encrypt(&context_, result.size(), result.data(), block.data());
    return result;
  }
  AesBlock Decrypt(const AesBlock& block) const {
    AesBlock result;
    cipher_.decrypt(&context_, result.size(), result.data(), block.data());
    return result;
  }
  // `iv` becomes the last block of ciphertext.
  void CbcEncrypt(AesBlock* iv, absl::Span<uint8_t> bytes) const {
    cbc_encrypt(&context_, cipher_.encrypt, kAesBlockSize, iv->data(),
                bytes.size(), bytes.data(), bytes.data());
  }
  void CbcDecrypt(AesBlock* iv, absl::Span<uint8_t> bytes) const {
    cbc_decrypt(&context_, cipher_.decrypt, kAesBlockSize, iv->data(),
                bytes.size(), bytes.data(), bytes.data());
  }

 private:
  const nettle_cipher& cipher_;
  union {
    aes128_ctx aes128;
    aes256_ctx aes256;
  } context_;
};

// Bytes of the last block, which may be a whole one.
size_t TailSize(size_t size) { return (size - 1) % kAesBlockSize + 1; }

}  // namespace

AesBlock AesEncryptBlock(absl::Span<const uint8_t> key, const AesBlock& block) {
  return Aes(key, Aes::Direction::kEncrypt).Encrypt(block);
}

void AesCtsEncrypt(absl::Span<const uint8_t> key, absl::Span<uint8_t> bytes) {
  const Aes aes(key, Aes::Direction::kEncrypt);
  AesBlock last{};
  if (bytes.size() == kAesBlockSize) {
    aes.CbcEncrypt(&last, bytes);
    return;
  }
  const size_t tail_size = TailSize(bytes.size());
  const absl::Span<uint8_t> head = bytes.first(bytes.size() - tail_size);
  const absl::Span<uint8_t> tail = bytes.last(tail_size);
  aes.CbcEncrypt(&last, head);
  AesBlock block = last;
  for (size_t i = 0; i < tail.size(); ++i) block[i] ^= tail[i];
  block = aes.Encrypt(block);
  std::copy(block.begin(), block.end(), head.last(kAesBlockSize).begin());
  std::copy_n(last.begin(), tail.size(), tail.begin());
}

void AesCtsDecrypt(absl::Span<const uint8_t> key, absl::Span<uint8_t> bytes) {
  const Aes aes(key, Aes::Direction::kDecrypt);
  AesBlock before{};
  if (bytes.size() == kAesBlockSize) {
    aes.CbcDecrypt(&before, bytes);
    return;
  }
  const size_t tail_size = TailSize(bytes.size());
  const absl::Span<uint8_t> head = bytes.first(bytes.size() - tail_size);
  const absl::Span<uint8_t> tail = bytes.last(tail_size);
  const absl::Span<uint8_t> middle = head.last(kAesBlockSize);
  aes.CbcDecrypt(&before, head.first(head.size() - kAesBlockSize));

  AesBlock block;
  std::copy(middle.begin(), middle.end(), block.begin());
  // The last block's plaintext, exclusive-or the ciphertext of the one before
  // it, whose end was not sent: below the zeros that filled the plaintext up.
  block = aes.Decrypt(block);
  AesBlock stolen = block;
  for (size_t i = 0; i < tail.size(); ++i) {
    stolen[i] = tail[i];
    tail[i] ^= block[i];
  }
  stolen = aes.Decrypt(stolen);
  for (size_t i = 0; i < middle.size(); ++i) middle[i] = stolen[i] ^ before[i];
}

}  // namespace sspilab::crypto
