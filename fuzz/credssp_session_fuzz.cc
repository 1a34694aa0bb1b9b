// The input is two Worlds and callers of CredSSP, and what the wire does to
// them.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunSession(sspilab::fuzz::CredSspProfile(), {data, size});
  return 0;
}
