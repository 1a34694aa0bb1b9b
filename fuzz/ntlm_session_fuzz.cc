// The input is two Worlds and callers, and what the wire does to them.

#include "fuzz/ntlm_runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunNtlmSession({data, size}, sspilab::Verification::kStrict);
  return 0;
}
