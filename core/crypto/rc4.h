#ifndef SSPILAB_CORE_CRYPTO_RC4_H_
#define SSPILAB_CORE_CRYPTO_RC4_H_

#include <nettle/arcfour.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {

// The RC4 keystream. Encryption and decryption are the same, and each byte
// moves the keystream on. Trivially copyable: a copy is at the same place of
// the same keystream.
class Rc4 {
 public:
  // The permutation and its two indexes.
  static constexpr size_t kStateSize = 258;
  using State = std::array<uint8_t, kStateSize>;

  // No key is set, and nothing may be called but assignment and Restore.
  Rc4() = default;
  // `key` is 1 to 256 bytes.
  explicit Rc4(absl::Span<const uint8_t> key);

  // In place.
  void Crypt(absl::Span<uint8_t> bytes);
  // `out` is at least as long as `in`; they are the same memory or apart.
  void Crypt(absl::Span<const uint8_t> in, absl::Span<uint8_t> out);

  // The whole state as bytes, and back. Restore refuses, and changes nothing,
  // when the first 256 bytes are not a permutation, as those of every key are.
  State Snapshot() const;
  [[nodiscard]] bool Restore(const State& state);

 private:
  arcfour_ctx context_;
};

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_RC4_H_
