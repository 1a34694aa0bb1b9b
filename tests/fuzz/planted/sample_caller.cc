#include "tests/fuzz/planted/sample.h"

namespace sspilab::testing {

int CallChanged() { return Changed(); }

}  // namespace sspilab::testing
