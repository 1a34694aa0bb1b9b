// The input is an initiator's World, caller and tokens.

#include "fuzz/ntlm_runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunNtlmInitiator({data, size});
  return 0;
}
