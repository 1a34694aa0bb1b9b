#ifndef SSPILAB_TESTS_SUPPORT_PROCESS_TRANSITIONS_H_
#define SSPILAB_TESTS_SUPPORT_PROCESS_TRANSITIONS_H_

#include "sim/transition_counts.h"

namespace sspilab::testing {

// Where this process counts the transitions that it sees: null unless the
// environment has SSPILAB_TRANSITIONS, a file to which the counts are appended
// when the process ends, as those of SSPILAB_TRANSITIONS_OF. For one thread.
sim::TransitionCounts* ProcessTransitions();

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_SUPPORT_PROCESS_TRANSITIONS_H_
