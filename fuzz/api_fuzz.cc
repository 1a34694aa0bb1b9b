// Any calls of the interface, one after the other, with any handles, buffers,
// flags and attributes.

#include "fuzz/api_run.h"
#include "fuzz/ready_contexts.h"
#include "fuzz/record_mutator.h"
#include "sim/input/api_operation.h"

namespace {

// Made before the first input, whose run they are no part of.
[[maybe_unused]] const sspilab::fuzz::ReadyPair& ready =
    sspilab::fuzz::ReadyPairOf(0);

}  // namespace

const sspilab::sim::RecordFormat& sspilab::fuzz::FormatOfTarget() {
  return sim::kApiFormat;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunApi({data, size});
  return 0;
}
