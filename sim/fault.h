#ifndef SSPILAB_SIM_FAULT_H_
#define SSPILAB_SIM_FAULT_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/entropy.h"

namespace sspilab::sim {

// Which way a message goes.
enum class Direction : uint8_t { kToServer, kToClient };
inline constexpr std::array<std::string_view, 2> kDirectionNames = {
    "to-server", "to-client"};

constexpr Direction Opposite(Direction direction) {
  return direction == Direction::kToServer ? Direction::kToClient
                                           : Direction::kToServer;
}

// What can go wrong with one message on its way.
enum class FaultKind : uint8_t {
  kSplit,      // Arrives in two pieces, the second beginning at the place.
  kCoalesce,   // Waits for the next message of its direction; both arrive as
               // one.
  kTruncate,   // Loses everything from the place on.
  kPad,        // Is followed by `value` zero bytes.
  kFlip,       // The byte at the place is XORed with `value`.
  kSet,        // The byte at the place becomes `value`.
  kDrop,       // Does not arrive.
  kDuplicate,  // Arrives twice.
  kReorder,    // Arrives after the next message of its direction.
  kReflect,    // Goes back to its sender, and to nobody else.
  kReplay,     // Is replaced by the same leg of an earlier session.
  kSplice,     // From the place on, is replaced by what that leg has there.
  kSwap,   // Is replaced by the same leg of an earlier session in which the two
           // machines had each other's role.
  kDelay,  // Is `value` seconds on its way.
};
inline constexpr std::array<std::string_view, 14> kFaultKindNames = {
    "split",     "coalesce", "truncate", "pad",    "flip",   "set",  "drop",
    "duplicate", "reorder",  "reflect",  "replay", "splice", "swap", "delay"};

struct Fault {
  FaultKind kind = FaultKind::kSplit;
  Direction direction = Direction::kToServer;
  // Which message of that direction, counted from 1, verdicts included.
  uint32_t leg = 1;
  // The place, for kinds that have one: bytes from the message's start (in
  // stream form its header counts), or from the start of `field`. A place at or
  // behind the end of either changes nothing.
  uint32_t offset = 0;
  // Bytes to pad with, mask to flip by, byte to set, seconds to delay.
  uint32_t value = 0;
  // A field of a token by its path, "CHALLENGE.TargetInfo"; a message that has
  // no such field is not changed. Empty: the whole message.
  std::string field = "";
  // The place is anywhere in the message or in `field`, and `offset` is the
  // seed of the choice.
  bool at_random = false;

  friend bool operator==(const Fault&, const Fault&) = default;
};

// KIND:DIRECTION:LEG[:WHERE][:VALUE], as the kind needs them:
//   "coalesce:to-client:1"
//   "truncate:to-server:2:64"
//   "flip:to-client:1:CHALLENGE.TargetInfo+4:0x80"
//   "set:to-server:2:random7:255"
//   "pad:to-server:1:16"
// WHERE is a number of bytes, a field, or "random" and a seed; the first and
// the last also behind a field and "+". Or "random:SEED": RandomFault of that
// seed. The error names what is wrong and what would be right.
absl::StatusOr<Fault> ParseFault(std::string_view text);
// What ParseFault takes, the same for equal faults.
std::string FaultToString(const Fault& fault);
// For people, in a few words: "cut off at 64".
std::string DescribeFault(const Fault& fault);

// A fault of any kind to one of the first messages.
Fault RandomFault(Entropy* entropy);

// Whether it takes its bytes from a session before this one.
bool NeedsEarlierSession(FaultKind kind);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_FAULT_H_
