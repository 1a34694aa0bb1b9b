#ifndef SSPILAB_CORE_CRYPTO_HMAC_SHA_H_
#define SSPILAB_CORE_CRYPTO_HMAC_SHA_H_

#include <nettle/hmac.h>

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

// HMAC (RFC 2104) with the SHA family (FIPS 180-4), and what PKCS #5 makes of
// it. Functions of one type, so that tables can hold them. Nothing allocates or
// fails.
namespace sspilab::crypto {

// The MAC of the concatenation of `parts`. `out` takes the first bytes of it,
// and is at most as long as the digest.
using Hmac = void(absl::Span<const uint8_t> key,
                  absl::Span<const absl::Span<const uint8_t>> parts,
                  absl::Span<uint8_t> out);
Hmac HmacSha1;
Hmac HmacSha256;
Hmac HmacSha384;

// A key that is set once for several of them. nettle has a set of functions for
// each digest; these are their types.
template <typename Context, void (*kSetKey)(Context*, size_t, const uint8_t*),
          void (*kUpdate)(Context*, size_t, const uint8_t*),
          void (*kDigest)(Context*, size_t, uint8_t*)>
class KeyedHmac {
 public:
  explicit KeyedHmac(absl::Span<const uint8_t> key) {
    kSetKey(&context_, key.size(), key.data());
  }

  // As Hmac.
  void Compute(absl::Span<const absl::Span<const uint8_t>> parts,
               absl::Span<uint8_t> out) {
    for (const absl::Span<const uint8_t> part : parts) {
      kUpdate(&context_, part.size(), part.data());
    }
    // Which sets the key again.
    kDigest(&context_, out.size(), out.data());
  }

 private:
  Context context_;
};
using KeyedHmacSha1 = KeyedHmac<hmac_sha1_ctx, hmac_sha1_set_key,
                                hmac_sha1_update, hmac_sha1_digest>;
using KeyedHmacSha256 = KeyedHmac<hmac_sha256_ctx, hmac_sha256_set_key,
                                  hmac_sha256_update, hmac_sha256_digest>;
using KeyedHmacSha384 = KeyedHmac<hmac_sha512_ctx, hmac_sha384_set_key,
                                  hmac_sha384_update, hmac_sha384_digest>;

inline constexpr size_t kSha1Size = 20;
inline constexpr size_t kSha256Size = 32;
inline constexpr size_t kSha384Size = 48;

// RFC 8018 5.2, PBKDF2 with one of these. `iterations` is at least 1; `out` is
// of any length.
using Pbkdf2 = void(absl::Span<const uint8_t> password,
                    absl::Span<const uint8_t> salt, uint32_t iterations,
                    absl::Span<uint8_t> out);
Pbkdf2 Pbkdf2HmacSha1;
Pbkdf2 Pbkdf2HmacSha256;
Pbkdf2 Pbkdf2HmacSha384;

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_HMAC_SHA_H_
