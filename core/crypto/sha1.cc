#include "core/crypto/sha1.h"

#include <nettle/sha1.h>

namespace sspilab::crypto {

Digest20 Sha1(std::initializer_list<absl::Span<const uint8_t>> parts) {
  sha1_ctx context;
  sha1_init(&context);
  for (const absl::Span<const uint8_t> part : parts) {
    sha1_update(&context, part.size(), part.data());
  }
  Digest20 digest;
  sha1_digest(&context, digest.size(), digest.data());
  return digest;
}

}  // namespace sspilab::crypto
