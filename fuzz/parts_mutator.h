#ifndef SSPILAB_FUZZ_PARTS_MUTATOR_H_
#define SSPILAB_FUZZ_PARTS_MUTATOR_H_

#include <cstddef>

// The target_mutator.h of inputs that are settings and parts (input_parts.h): a
// bit of the settings, and some part as token_mutator.h does it. A crossover
// has the settings of one, and of each of its parts it or the other's.
namespace sspilab::fuzz {

// How many bytes the settings are; the target defines it.
size_t SettingsSizeOfTarget();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_PARTS_MUTATOR_H_
