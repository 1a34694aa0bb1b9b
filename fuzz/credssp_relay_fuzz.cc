// The input is two Worlds and callers of CredSSP, and what somebody does to
// their TSRequests who ends TLS at either side.

#include "fuzz/credssp_relay.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunCredSspRelay({data, size});
  return 0;
}
