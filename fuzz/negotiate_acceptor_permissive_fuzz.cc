// As negotiate_acceptor, but any response, MIC and signature will do.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunAcceptor(sspilab::fuzz::NegotiateProfile(), {data, size},
                             sspilab::Verification::kPermissive);
  return 0;
}
