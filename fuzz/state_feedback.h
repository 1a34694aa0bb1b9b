#ifndef SSPILAB_FUZZ_STATE_FEEDBACK_H_
#define SSPILAB_FUZZ_STATE_FEEDBACK_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/machine.h"

// Which transitions a run took, and what came behind what, as libFuzzer's extra
// counters: a run that takes one that no other took, or takes it more often, or
// in whose course two things follow each other for the first time, is worth
// keeping though it reaches no new line.
namespace sspilab::fuzz {

// Counts it, in a byte that stays at 255. Nothing with --without=state
// (ablations.h).
void CountState(const TransitionTaken& transition);

// One for each (machine, state, event, status) that the tables of all packages
// allow. libFuzzer sets them to zero before each run.
absl::Span<uint8_t> StateCounters();

// Which of them is this one's; nothing where no table has it.
std::optional<size_t> StateCounterOf(const TransitionTaken& transition);

// Notes that `next` came right behind `first`: calls and how they ended, or
// tokens and what became of them, as numbers. How often does not count. Of
// kSequenceCounters bytes two sequences may share one. Nothing with
// --without=state.
void CountSequence(uint64_t first, uint64_t next);

inline constexpr size_t kSequenceCounters = 4096;
absl::Span<uint8_t> SequenceCounters();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_STATE_FEEDBACK_H_
