#ifndef SSPILAB_FUZZ_RECORD_MUTATOR_H_
#define SSPILAB_FUZZ_RECORD_MUTATOR_H_

#include <cstdint>

#include "core/entropy.h"
#include "sim/input/record.h"

// The target_mutator.h of a sim::RecordInput, whose operations all have the
// same fields.
namespace sspilab::fuzz {

// What may be done to an input. "One" is one that the entropy chooses.
enum class RecordMutation : uint8_t {
  kInsert,    // a new operation, anywhere
  kRepeat,    // one comes once more, anywhere
  kSkip,      // one goes
  kSwap,      // one changes places with the next one
  kField,     // a field of one changes
  kSettings,  // a field of the settings changes
};
inline constexpr int kRecordMutations = 6;

// Does it. False, and nothing done, where there is nothing to do it to.
bool Mutate(RecordMutation mutation, const sim::RecordFormat& format,
            sim::RecordInput& input, Entropy& entropy);

// What the target's inputs are; the target defines it.
const sim::RecordFormat& FormatOfTarget();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_RECORD_MUTATOR_H_
