// However Schannel's stream is split and coalesced, it comes to what whole
// delivery comes to.

#include "fuzz/framing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunFraming(sspilab::fuzz::SchannelProfile(), {data, size});
  return 0;
}
