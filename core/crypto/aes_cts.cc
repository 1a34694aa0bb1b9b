#include "core/crypto/aes_cts.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/nettle-meta.h>

#include <algorithm>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {
namespace {

// Bytes of the last block, which may be a whole one.
size_t TailSize(size_t size) { return (size - 1) % kAesBlockSize + 1; }

}  // namespace

AesEncryptor::AesEncryptor(absl::Span<const uint8_t> key)
    : is_256_(key.size() == AES256_KEY_SIZE) {
  if (is_256_) {
    aes256_set_encrypt_key(&aes256_, key.data());
  } else {
    aes128_set_encrypt_key(&aes128_, key.data());
  }
}

AesBlock AesEncryptor::Encrypt(const AesBlock& block) const {
  AesBlock result;
  if (is_256_) {
    aes256_encrypt(&aes256_, result.size(), result.data(), block.data());
  } else {
    aes128_encrypt(&aes128_, result.size(), result.data(), block.data());
  }
  return result;
}

// `iv` becomes the last block of ciphertext.
void AesEncryptor::EncryptCbc(AesBlock* iv, absl::Span<uint8_t> bytes) const {
  if (is_256_) {
    cbc_aes256_encrypt(&aes256_, iv->data(), bytes.size(), bytes.data(),
                       bytes.data());
  } else {
    cbc_aes128_encrypt(&aes128_, iv->data(), bytes.size(), bytes.data(),
                       bytes.data());
  }
}

void AesEncryptor::EncryptCts(absl::Span<uint8_t> bytes) const {
  AesBlock last{};
  if (bytes.size() == kAesBlockSize) {
    EncryptCbc(&last, bytes);
    return;
  }
  const size_t tail_size = TailSize(bytes.size());
  const absl::Span<uint8_t> head = bytes.first(bytes.size() - tail_size);
  const absl::Span<uint8_t> tail = bytes.last(tail_size);
  EncryptCbc(&last, head);
  AesBlock block = last;
  for (size_t i = 0; i < tail.size(); ++i) block[i] ^= tail[i];
  block = Encrypt(block);
  std::copy(block.begin(), block.end(), head.last(kAesBlockSize).begin());
  std::copy_n(last.begin(), tail.size(), tail.begin());
}

void AesCtsEncrypt(absl::Span<const uint8_t> key, absl::Span<uint8_t> bytes) {
  AesEncryptor(key).EncryptCts(bytes);
}

AesDecryptor::AesDecryptor(absl::Span<const uint8_t> key)
    : is_256_(key.size() == AES256_KEY_SIZE) {
  if (is_256_) {
    aes256_set_decrypt_key(&aes256_, key.data());
  } else {
    aes128_set_decrypt_key(&aes128_, key.data());
  }
}

AesBlock AesDecryptor::Decrypt(const AesBlock& block) const {
  AesBlock result;
  if (is_256_) {
    aes256_decrypt(&aes256_, result.size(), result.data(), block.data());
  } else {
    aes128_decrypt(&aes128_, result.size(), result.data(), block.data());
  }
  return result;
}

// `iv` becomes the last block of ciphertext.
void AesDecryptor::DecryptCbc(AesBlock* iv, absl::Span<uint8_t> bytes) const {
  const nettle_cipher& cipher = is_256_ ? nettle_aes256 : nettle_aes128;
  cbc_decrypt(&aes256_, cipher.decrypt, kAesBlockSize, iv->data(), bytes.size(),
              bytes.data(), bytes.data());
}

void AesDecryptor::DecryptCts(absl::Span<uint8_t> bytes) const {
  AesBlock before{};
  if (bytes.size() == kAesBlockSize) {
    DecryptCbc(&before, bytes);
    return;
  }
  const size_t tail_size = TailSize(bytes.size());
  const absl::Span<uint8_t> head = bytes.first(bytes.size() - tail_size);
  const absl::Span<uint8_t> tail = bytes.last(tail_size);
  const absl::Span<uint8_t> middle = head.last(kAesBlockSize);
  DecryptCbc(&before, head.first(head.size() - kAesBlockSize));

  AesBlock block;
  std::copy(middle.begin(), middle.end(), block.begin());
  // The last block's plaintext, exclusive-or the ciphertext of the one before
  // it, whose end was not sent: below the zeros that filled the plaintext up.
  block = Decrypt(block);
  AesBlock stolen = block;
  for (size_t i = 0; i < tail.size(); ++i) {
    stolen[i] = tail[i];
    tail[i] ^= block[i];
  }
  stolen = Decrypt(stolen);
  for (size_t i = 0; i < middle.size(); ++i) middle[i] = stolen[i] ^ before[i];
}

void AesCtsDecrypt(absl::Span<const uint8_t> key, absl::Span<uint8_t> bytes) {
  AesDecryptor(key).DecryptCts(bytes);
}

}  // namespace sspilab::crypto
