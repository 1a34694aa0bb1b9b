#ifndef SSPILAB_TESTS_FUZZ_PLANTED_SAMPLE_H_
#define SSPILAB_TESTS_FUZZ_PLANTED_SAMPLE_H_

namespace sspilab::testing {

// What a patch changes, and what the same file has besides.
int Changed();
int Unchanged();

// Calls Changed from another file of the same library.
int CallChanged();

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_FUZZ_PLANTED_SAMPLE_H_
