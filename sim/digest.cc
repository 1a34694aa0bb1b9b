#include "sim/digest.h"

#include <nettle/sha2.h>

#include <array>

#include "absl/strings/escaping.h"

namespace sspilab::sim {

std::string Sha256Hex(absl::Span<const uint8_t> bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), bytes.data());
  std::array<uint8_t, SHA256_DIGEST_SIZE> digest;
  sha256_digest(&context, digest.size(), digest.data());
  return absl::BytesToHexString(std::string_view(
      reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace sspilab::sim
