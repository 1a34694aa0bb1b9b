// Messages between two contexts that are done, in buffers of any shape, which
// arrive changed, out of order and again, as the input says.

#include "fuzz/ready_contexts.h"
#include "fuzz/record_mutator.h"
#include "fuzz/sealing_run.h"
#include "sim/input/sealing_operation.h"

namespace {

// Made before the first input, whose run they are no part of.
[[maybe_unused]] const sspilab::fuzz::ReadyPair& ready =
    sspilab::fuzz::ReadyPairOf(0);

}  // namespace

const sspilab::sim::RecordFormat& sspilab::fuzz::FormatOfTarget() {
  return sim::kSealingFormat;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunSealing({data, size});
  return 0;
}
