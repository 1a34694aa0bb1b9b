#ifndef SSPILAB_SIM_EXPLORE_ATTACKS_H_
#define SSPILAB_SIM_EXPLORE_ATTACKS_H_

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "sim/fault.h"

namespace sspilab::sim {

// What an attacker does to one message on its way. kPass is none of the wire's
// faults, hence a type of its own.
struct Attack {
  // The simpler ones first.
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
  // kFlip: the bit is one of a sealed record, of an encrypted part of Kerberos
  // or of a mechListMIC, so that nobody may take it.
  bool sealed = false;
  // kTruncate, kFlip: bytes from the token's start.
  uint32_t offset = 0;

  friend bool operator==(const Attack&, const Attack&) = default;
};
inline constexpr std::array<std::string_view, 9> kAttackNames = {
    "pass",   "drop", "duplicate", "reorder", "reflect",
    "replay", "swap", "truncate",  "flip"};

// What to do to the bytes of `token`: cut it off where a field begins, flip a
// bit in each field. Of fields of up to four bytes, numbers and flags, each
// bit; of longer ones the lowest bit of either half of the first byte, which
// often says what the field is, and the lowest of the last. What is in no
// field (tags, lengths, the headers of records) is numbers, too: each bit.
std::vector<Attack> AttacksOnFields(absl::Span<const uint8_t> token);
// The same with the lowest and the highest bit of each byte of a number only.
std::vector<Attack> FewerAttacksOnFields(absl::Span<const uint8_t> token);
// Far fewer: one bit, the lowest of the last byte, of each field and of what is
// between two of them.
std::vector<Attack> OneBitOfEachField(absl::Span<const uint8_t> token);

// The fault of the wire that does the same to a message in message form. Not
// for kPass.
Fault FaultOf(const Attack& attack, Direction direction, uint32_t leg);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_ATTACKS_H_
