// As kerberos_session, but any ticket, authenticator and signature will do.

#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::fuzz::RunSession(sspilab::fuzz::KerberosProfile(), {data, size},
                            sspilab::Verification::kPermissive);
  return 0;
}
