// The input is an initiator's World, caller and tokens, of SPNEGO.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunInitiator(sspilab::fuzz::NegotiateProfile(), {data, size});
  return 0;
}
