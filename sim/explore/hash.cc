#include "sim/explore/hash.h"

#include <array>
#include <cstring>

#include "absl/numeric/int128.h"

namespace sspilab::sim {

uint64_t MixHash(uint64_t hash, uint64_t value) {
  // SplitMix64's finalizer, over both.
  uint64_t z = hash * 0x9E3779B97F4A7C15 ^ value;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// Every byte counts; two words at a time, since this is done for each token.
uint64_t HashOf(absl::Span<const uint8_t> bytes) {
  uint64_t hash = bytes.size();
  std::array<uint64_t, 2> words;
  while (bytes.size() >= sizeof(words)) {
    std::memcpy(words.data(), bytes.data(), sizeof(words));
    const auto product =
        static_cast<absl::uint128>(words[0] ^ hash ^ 0x9E3779B97F4A7C15) *
        (words[1] ^ 0xBF58476D1CE4E5B9);
    // The words themselves, too: a factor of zero would swallow the other.
    hash = (absl::Uint128High64(product) ^ absl::Uint128Low64(product)) +
           words[0] + (words[1] << 1 | words[1] >> 63) +
           (hash << 7 | hash >> 57);
    bytes.remove_prefix(sizeof(words));
  }
  words = {};
  if (!bytes.empty()) {
    std::memcpy(words.data(), bytes.data(), bytes.size());
  }
  return MixHash(MixHash(hash, words[0]), words[1]);
}

}  // namespace sspilab::sim
