// The input is a strict acceptor's World and caller, and what is encrypted in
// an AP-REQ for it: the ticket's part and the authenticator, sealed with the
// right keys.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "fuzz/ap_req.h"
#include "fuzz/runs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab;
  using namespace sspilab::fuzz;
  absl::Span<const uint8_t> rest(data, size);
  const Settings settings = Settings::TakeFrom(&rest);
  const std::vector<uint8_t> token = ApReqFor(settings, rest);
  std::vector<uint8_t> input(settings.bytes().begin(), settings.bytes().end());
  input.insert(input.end(), token.begin(), token.end());
  RunAcceptor(KerberosProfile(), input);
  return 0;
}
