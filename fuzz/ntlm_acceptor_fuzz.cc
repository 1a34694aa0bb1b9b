// The input is a strict acceptor's World, caller and tokens.

#include "fuzz/ntlm_runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunNtlmAcceptor({data, size}, sspilab::Verification::kStrict);
  return 0;
}
