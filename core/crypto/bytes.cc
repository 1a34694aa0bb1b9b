#include "core/crypto/bytes.h"

#include <nettle/memops.h>

#include <cstdint>
#include <cstring>

#include "absl/types/span.h"

namespace sspilab::crypto {

bool ConstantTimeEqual(absl::Span<const uint8_t> a,
                       absl::Span<const uint8_t> b) {
  if (a.size() != b.size()) {
    return false;
  }
  return a.empty() || nettle_memeql_sec(a.data(), b.data(), a.size()) != 0;
}

void Wipe(absl::Span<uint8_t> secret) {
  if (!secret.empty()) {
    explicit_bzero(secret.data(), secret.size());
  }
}

}  // namespace sspilab::crypto
