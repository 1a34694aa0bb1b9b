// The input is two Worlds with their realms and callers of Kerberos, and
// what the wire does to them.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunSession(sspilab::fuzz::KerberosProfile(), {data, size});
  return 0;
}
