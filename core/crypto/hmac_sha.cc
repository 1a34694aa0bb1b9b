#include "core/crypto/hmac_sha.h"

#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>

#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {
namespace {

using Bytes = absl::Span<const uint8_t>;

// nettle's PBKDF2 of SHA-384 and SHA-512 takes contexts of one type.
template <typename Context>
void ComputePbkdf2(void (*set_key)(Context*, size_t, const uint8_t*),
                   void (*update)(Context*, size_t, const uint8_t*),
                   void (*digest)(Context*, size_t, uint8_t*),
                   size_t digest_size, Bytes password, Bytes salt,
                   uint32_t iterations, absl::Span<uint8_t> out) {
  Context context;
  set_key(&context, password.size(), password.data());
  PBKDF2(&context, update, digest, digest_size, iterations, salt.size(),
         salt.data(), out.size(), out.data());
}

}  // namespace

void HmacSha1(Bytes key, absl::Span<const Bytes> parts,
              absl::Span<uint8_t> out) {
  KeyedHmacSha1(key).Compute(parts, out);
}

void HmacSha256(Bytes key, absl::Span<const Bytes> parts,
                absl::Span<uint8_t> out) {
  KeyedHmacSha256(key).Compute(parts, out);
}

void HmacSha384(Bytes key, absl::Span<const Bytes> parts,
                absl::Span<uint8_t> out) {
  KeyedHmacSha384(key).Compute(parts, out);
}

void Pbkdf2HmacSha1(Bytes password, Bytes salt, uint32_t iterations,
                    absl::Span<uint8_t> out) {
  ComputePbkdf2<hmac_sha1_ctx>(hmac_sha1_set_key, hmac_sha1_update,
                               hmac_sha1_digest, kSha1Size, password, salt,
                               iterations, out);
}

void Pbkdf2HmacSha256(Bytes password, Bytes salt, uint32_t iterations,
                      absl::Span<uint8_t> out) {
  ComputePbkdf2<hmac_sha256_ctx>(hmac_sha256_set_key, hmac_sha256_update,
                                 hmac_sha256_digest, kSha256Size, password,
                                 salt, iterations, out);
}

void Pbkdf2HmacSha384(Bytes password, Bytes salt, uint32_t iterations,
                      absl::Span<uint8_t> out) {
  ComputePbkdf2<hmac_sha512_ctx>(hmac_sha384_set_key, hmac_sha384_update,
                                 hmac_sha384_digest, kSha384Size, password,
                                 salt, iterations, out);
}

}  // namespace sspilab::crypto
