#ifndef SSPILAB_SIM_SWARM_PARTS_H_
#define SSPILAB_SIM_SWARM_PARTS_H_

#include <cstddef>
#include <cstdint>

namespace sspilab::sim {

// What makes a session other than the reference exchange. Each part has dice of
// its own, so that one can be left out and the others stay what they were: so a
// failure is made small.
enum class Part : uint8_t {
  kClientWorld,
  kServerWorld,
  kPeople,
  kCallers,
  // Each fault is one, each connection of a walk, and each mischief of the
  // Referee's, of which there is no end.
  kFirstFault = 4,
  kRealms = 6,
  kFirstConnection = 8,
  kFirstMischief = 20,
};
inline constexpr uint8_t kMaxFaults = 2;
inline constexpr uint8_t kMaxConnections = 12;

// Parts that are left out.
class Omissions {
 public:
  static constexpr uint8_t kMaxParts = 64;

  Omissions() = default;
  explicit Omissions(uint64_t mask) : mask_(mask) {}

  uint64_t mask() const { return mask_; }
  // The n-th of the kind that begins with `part`, from 0. Those that have no
  // bit cannot be left out.
  bool Has(Part part, size_t n = 0) const {
    const size_t bit = static_cast<size_t>(part) + n;
    return bit < kMaxParts && (mask_ >> bit & 1) != 0;
  }
  Omissions With(uint8_t bit) const {
    return Omissions(mask_ | uint64_t{1} << bit);
  }

  friend bool operator==(const Omissions&, const Omissions&) = default;

 private:
  uint64_t mask_ = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_PARTS_H_
