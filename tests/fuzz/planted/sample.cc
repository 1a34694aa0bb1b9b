#include "tests/fuzz/planted/sample.h"

namespace sspilab::testing {

int Changed() { return 1; }

int Unchanged() { return 10; }

}  // namespace sspilab::testing
