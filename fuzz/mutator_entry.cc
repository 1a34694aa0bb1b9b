// libFuzzer's custom mutator and crossover, of whatever the target's inputs
// are.

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "fuzz/ablations.h"
#include "fuzz/target_mutator.h"

// libFuzzer's own mutations, with its dictionary; of a replay,
// replay_main.cc's.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                          size_t max_size, unsigned seed) {
  using namespace sspilab::fuzz;
  if (!Has(Part::kMutators)) return LLVMFuzzerMutate(data, size, max_size);
  return MutateInput(data, size, max_size, seed, LLVMFuzzerMutate);
}

extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* first,
                                            size_t first_size,
                                            const uint8_t* second,
                                            size_t second_size, uint8_t* out,
                                            size_t max_size, unsigned seed) {
  using namespace sspilab::fuzz;
  // None made; libFuzzer tries something else.
  if (!Has(Part::kMutators)) return 0;
  return CrossOver({first, first_size}, {second, second_size}, {out, max_size},
                   seed);
}
