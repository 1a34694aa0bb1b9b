#ifndef SSPILAB_CORE_ENTROPY_H_
#define SSPILAB_CORE_ENTROPY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab {

// A stream of bytes that depends on (seed, stream) and nothing else. It is
// SplitMix64: statistically sound, quick to start (a context starts one), and
// openly predictable, which is what a simulator wants.
class Entropy {
 public:
  Entropy(uint64_t seed, uint64_t stream)
      : state_(Mix(seed + kGamma) ^ Mix(stream * kGamma + 1)) {}

  uint64_t Next() {
    state_ += kGamma;
    return Mix(state_);
  }

  // Little-endian, so that the bytes are the same on every machine.
  void Fill(absl::Span<uint8_t> out) {
    for (size_t done = 0; done < out.size();) {
      uint64_t word = Next();
      const size_t end = std::min(out.size(), done + sizeof(word));
      for (; done < end; ++done, word >>= 8) {
        out[done] = static_cast<uint8_t>(word);
      }
    }
  }

  // Uniform enough for choices: in [0, bound); bound > 0.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

 private:
  static constexpr uint64_t kGamma = 0x9E3779B97F4A7C15;

  static constexpr uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_ENTROPY_H_
