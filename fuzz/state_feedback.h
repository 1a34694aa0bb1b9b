#ifndef SSPILAB_FUZZ_STATE_FEEDBACK_H_
#define SSPILAB_FUZZ_STATE_FEEDBACK_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/machine.h"

// Which transitions a run took, as libFuzzer's extra counters: a run that takes
// one that no other took, or takes it more often, is worth keeping though it
// reaches no new line.
namespace sspilab::fuzz {

// Counts it, in a byte that stays at 255. Nothing with --without=state
// (ablations.h).
void CountState(const TransitionTaken& transition);

// One for each (machine, state, event, status) that the tables of all packages
// allow. libFuzzer sets them to zero before each run.
absl::Span<uint8_t> StateCounters();

// Which of them is this one's; nothing where no table has it.
std::optional<size_t> StateCounterOf(const TransitionTaken& transition);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_STATE_FEEDBACK_H_
