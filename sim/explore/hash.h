#ifndef SSPILAB_SIM_EXPLORE_HASH_H_
#define SSPILAB_SIM_EXPLORE_HASH_H_

#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::sim {

// Hashes by which histories and states are known. The same under any compiler
// and in any process, which Abseil's are not.
uint64_t MixHash(uint64_t hash, uint64_t value);
uint64_t HashOf(absl::Span<const uint8_t> bytes);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_HASH_H_
