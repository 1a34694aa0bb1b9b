// The input is an initiator's World with its realm, caller and tokens, of
// Kerberos.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunInitiator(sspilab::fuzz::KerberosProfile(), {data, size});
  return 0;
}
