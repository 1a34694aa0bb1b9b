// The input is a strict acceptor's World, caller and tokens, of Kerberos.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunAcceptor(sspilab::fuzz::KerberosProfile(), {data, size});
  return 0;
}
