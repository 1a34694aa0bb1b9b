// As ntlm_session, but any response, MIC and signature will do.

#include "fuzz/ntlm_runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunNtlmSession({data, size},
                                sspilab::Verification::kPermissive);
  return 0;
}
