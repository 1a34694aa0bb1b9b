// As credssp_acceptor, but any response, MIC and key binding will do.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunAcceptor(sspilab::fuzz::CredSspProfile(), {data, size},
                             sspilab::Verification::kPermissive);
  return 0;
}
