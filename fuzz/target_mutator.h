#ifndef SSPILAB_FUZZ_TARGET_MUTATOR_H_
#define SSPILAB_FUZZ_TARGET_MUTATOR_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "fuzz/token_mutator.h"

// The mutator of a target, as mutator_entry.cc gives it to libFuzzer. Each
// target links the one that knows what its inputs are: mutator.h,
// record_mutator.h or parts_mutator.h.
namespace sspilab::fuzz {

// An input of at most `max_size` bytes out of the `size` at `data`, in place;
// its size is returned. It depends on these, `seed` and `bytes` alone.
size_t MutateInput(uint8_t* data, size_t size, size_t max_size, unsigned seed,
                   MutateBytes bytes);

// An input with something of either, in `out`; its size is returned.
size_t CrossOver(absl::Span<const uint8_t> first,
                 absl::Span<const uint8_t> second, absl::Span<uint8_t> out,
                 unsigned seed);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_TARGET_MUTATOR_H_
