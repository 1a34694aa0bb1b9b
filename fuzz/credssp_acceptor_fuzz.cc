// The input is an acceptor's World, caller and stream of TLS records, of
// CredSSP.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunAcceptor(sspilab::fuzz::CredSspProfile(), {data, size});
  return 0;
}
