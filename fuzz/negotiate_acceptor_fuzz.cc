// The input is a strict acceptor's World, caller and tokens, of SPNEGO or raw
// NTLM.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunAcceptor(sspilab::fuzz::NegotiateProfile(), {data, size});
  return 0;
}
