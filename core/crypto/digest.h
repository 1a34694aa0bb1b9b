#ifndef SSPILAB_CORE_CRYPTO_DIGEST_H_
#define SSPILAB_CORE_CRYPTO_DIGEST_H_

#include <nettle/hmac.h>
#include <nettle/md5.h>

#include <array>
#include <cstdint>
#include <initializer_list>

#include "absl/types/span.h"

// The digests of NTLM. None of them is secure any more; they are here because
// the protocol names them. Nothing here allocates or fails.
namespace sspilab::crypto {

using Digest16 = std::array<uint8_t, 16>;

// RFC 1320.
Digest16 Md4(absl::Span<const uint8_t> bytes);

// RFC 1321, over the concatenation of `parts`.
Digest16 Md5(std::initializer_list<absl::Span<const uint8_t>> parts);

// The same over a message that comes bit by bit.
class Md5Stream {
 public:
  Md5Stream();
  void Update(absl::Span<const uint8_t> bytes);
  // The digest of the message so far; the next one begins empty.
  Digest16 Finish();

 private:
  md5_ctx context_;
};

// RFC 2104 with MD5. Keyed once, used for any number of messages: the two
// compressions of setting the key are not repeated. Trivially copyable; a copy
// costs less than setting the key.
class HmacMd5 {
 public:
  // No key is set, and nothing may be called but assignment: for members that
  // are keyed later.
  HmacMd5() = default;
  explicit HmacMd5(absl::Span<const uint8_t> key);

  // Adds to the message in progress.
  void Update(absl::Span<const uint8_t> bytes);
  // The digest of the message in progress; the next message begins empty.
  Digest16 Finish();

  // The digest of the concatenation of `parts`, apart from any message in
  // progress of this object, which must have none.
  Digest16 Of(std::initializer_list<absl::Span<const uint8_t>> parts) const;

 private:
  hmac_md5_ctx context_;
};

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_DIGEST_H_
