#ifndef SSPILAB_FUZZ_MUTATOR_H_
#define SSPILAB_FUZZ_MUTATOR_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "fuzz/token_mutator.h"
#include "sim/input/input.h"

// The target_mutator.h of a sim::Input: mutations of it as what it is, settings
// and operations, instead of as bytes. A crossover has the settings of one,
// some of its operations and then some of the other's.
namespace sspilab::fuzz {

// What may be done to an input. "One" is one that the entropy chooses.
enum class Mutation : uint8_t {
  kInsert,    // a new operation, anywhere
  kRepeat,    // one comes once more, anywhere
  kSkip,      // one goes
  kSwap,      // one changes places with the next one
  kRetarget,  // one happens to another token, or on the other side
  kReflect,   // a token is replaced by one that was sent before it
  kSplit,     // a token comes in two
  kCoalesce,  // a token waits for what is sent next
  kTruncate,  // a token is cut where fields begin and end, or a byte beside it
  kNumbers,   // the place or the value of one changes
  kSettings,  // one of the settings changes
  kToken,     // token_mutator.h, on the bytes that one brings
  kDeliver,   // bytes of one are brought once more, in place of another token
  kAlter,     // a field of a token is changed: FieldChange
  kProve,     // what proves a token is made anew behind one that happens to it:
              // those before change it in vain else, those after break it
};
inline constexpr int kMutations = 15;

// Does it. False, and nothing done, where there is nothing to do it to.
bool Mutate(Mutation mutation, sim::Input& input, Entropy& entropy,
            MutateBytes bytes);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_MUTATOR_H_
