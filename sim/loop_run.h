#ifndef SSPILAB_SIM_LOOP_RUN_H_
#define SSPILAB_SIM_LOOP_RUN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/testing.h"

namespace sspilab::sim {

// What is put in the way of a loop in one run.
struct LoopFault {
  // Laid over the loop's own script.
  std::vector<ScriptStep> steps;
  // Which message to the loop is cut, counted from 1, and before which byte.
  struct Split {
    size_t message = 0;
    size_t offset = 0;
  };
  std::optional<Split> split;
  // Every byte arrives alone.
  bool bytewise = false;
  // Whoever the peer is, it always has another message, though not for ever.
  bool endless_peer = false;
  // Which allocation of the loop's World fails; 0 is none.
  uint64_t failing_allocation = 0;
};

// One call that the loop made.
struct LoopCall {
  Call call;
  // Which call of that function, counted from 1.
  size_t nth;
  SECURITY_STATUS status;
  bool has_input;
  // Requirements and attributes of a leg.
  ULONG requested;
  ULONG granted;
  // Messages that the loop had begun to receive by then.
  size_t messages;
};

struct LoopOutcome {
  bool authenticated = false;
  std::vector<RuleBroken> broken;
  std::vector<LoopCall> calls;
  // Sizes of the messages to the loop.
  std::vector<size_t> messages;
  // Allocations of the loop's World.
  uint64_t allocations = 0;
};

LoopOutcome RunLoopWith(const LoopUnderTest& loop, const LoopFault& fault);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_LOOP_RUN_H_
