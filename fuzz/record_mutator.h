#ifndef SSPILAB_FUZZ_RECORD_MUTATOR_H_
#define SSPILAB_FUZZ_RECORD_MUTATOR_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "fuzz/token_mutator.h"
#include "sim/input/record.h"

// As mutator.h, of inputs whose operations all have the same fields.
// record_mutator_entry.cc has libFuzzer's names for them.
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

// As MutateInput and CrossOver.
size_t MutateRecords(const sim::RecordFormat& format, uint8_t* data,
                     size_t size, size_t max_size, unsigned seed,
                     MutateBytes bytes);
size_t CrossOverRecords(const sim::RecordFormat& format,
                        absl::Span<const uint8_t> first,
                        absl::Span<const uint8_t> second,
                        absl::Span<uint8_t> out, unsigned seed);

// Of a target with record_mutator_entry, which defines it: what its inputs are.
const sim::RecordFormat& FormatOfTarget();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_RECORD_MUTATOR_H_
