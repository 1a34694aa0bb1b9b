// The input is an initiator's World, caller and stream of TLS records, of
// CredSSP.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunInitiator(sspilab::fuzz::CredSspProfile(), {data, size});
  return 0;
}
