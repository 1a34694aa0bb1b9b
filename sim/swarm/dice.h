#ifndef SSPILAB_SIM_SWARM_DICE_H_
#define SSPILAB_SIM_SWARM_DICE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/entropy.h"

namespace sspilab::sim {

// What is thrown to make up a session.
class Dice {
 public:
  // `stream` tells apart those of one seed.
  Dice(uint64_t seed, uint64_t stream) : entropy_(seed, kNotAWorlds - stream) {}

  // Once in `n` times.
  bool Once(uint64_t n) { return entropy_.Below(n) == 0; }
  uint64_t Below(uint64_t bound) { return entropy_.Below(bound); }
  template <typename T, size_t N>
  const T& Of(const std::array<T, N>& values) {
    return values[entropy_.Below(N)];
  }
  Entropy* entropy() { return &entropy_; }

 private:
  // Worlds count their streams from 0.
  static constexpr uint64_t kNotAWorlds = UINT64_MAX;
  Entropy entropy_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_DICE_H_
