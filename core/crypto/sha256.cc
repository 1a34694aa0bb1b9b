#include "core/crypto/sha256.h"

#include <nettle/sha2.h>

namespace sspilab::crypto {

Digest32 Sha256(std::initializer_list<absl::Span<const uint8_t>> parts) {
  sha256_ctx context;
  sha256_init(&context);
  for (const absl::Span<const uint8_t> part : parts) {
    sha256_update(&context, part.size(), part.data());
  }
  Digest32 digest;
  sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

}  // namespace sspilab::crypto
