#ifndef SSPILAB_SIM_EXPLORE_ATTACKS_H_
#define SSPILAB_SIM_EXPLORE_ATTACKS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/fault.h"

namespace sspilab::sim {

// What an attacker does to one message on its way. kPass is none of the wire's
// faults, hence a type of its own.
struct Attack {
  enum class Kind : uint8_t {
    kPass,
    kDrop,
    kDuplicate,
    kReorder,
    kReflect,
    kReplay,
    kSwap,
    kTruncate,
    kFlip,
  };

  Kind kind = Kind::kPass;
  // kFlip: the bit.
  uint8_t mask = 0;
  // kTruncate, kFlip: bytes from the token's start.
  uint32_t offset = 0;
};

// What to do to the bytes of `token`: cut it off where a field begins, flip a
// bit in each field. Of fields of up to four bytes, numbers and flags, each
// bit; of longer ones the lowest bit of either half of the first byte, which
// often says what the field is, and the lowest of the last.
std::vector<Attack> AttacksOnFields(absl::Span<const uint8_t> token);

// The fault of the wire that does the same to a message in message form. Not
// for kPass.
Fault FaultOf(const Attack& attack, Direction direction, uint32_t leg);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_ATTACKS_H_
