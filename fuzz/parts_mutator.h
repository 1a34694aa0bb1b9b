#ifndef SSPILAB_FUZZ_PARTS_MUTATOR_H_
#define SSPILAB_FUZZ_PARTS_MUTATOR_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "fuzz/token_mutator.h"

// As mutator.h, of inputs that are settings and parts (input_parts.h).
// parts_mutator_entry.cc has libFuzzer's names for them.
namespace sspilab::fuzz {

// As MutateInput: a byte of the settings, of which there are so many, or a part
// as token_mutator.h does it.
size_t MutateParts(size_t settings_size, uint8_t* data, size_t size,
                   size_t max_size, unsigned seed, MutateBytes bytes);
// The settings of one, and of each of its parts it or the other's.
size_t CrossOverParts(size_t settings_size, absl::Span<const uint8_t> first,
                      absl::Span<const uint8_t> second, absl::Span<uint8_t> out,
                      unsigned seed);

// Of a target with parts_mutator_entry, which defines it.
size_t SettingsSizeOfTarget();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_PARTS_MUTATOR_H_
