#ifndef SSPILAB_SIM_DIGEST_H_
#define SSPILAB_SIM_DIGEST_H_

#include <cstdint>
#include <string>

#include "absl/types/span.h"

namespace sspilab::sim {

// SHA-256 of `bytes` as 64 hexadecimal digits: names for runs and keys.
std::string Sha256Hex(absl::Span<const uint8_t> bytes);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_DIGEST_H_
