// The input is a strict acceptor's World and caller, and what is encrypted in
// an AP-REQ for it: the ticket's part and the authenticator, sealed with the
// right keys.

#include <cstdint>

#include "absl/types/span.h"
#include "fuzz/ap_req.h"
#include "fuzz/parts_mutator.h"
#include "fuzz/runs.h"
#include "sim/input/input.h"

size_t sspilab::fuzz::SettingsSizeOfTarget() { return sizeof(sim::Settings); }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab;
  using namespace sspilab::fuzz;
  absl::Span<const uint8_t> rest(data, size);
  const sim::Settings settings = sim::Settings::TakeFrom(&rest);
  const sim::Input input = {
      .settings = settings,
      .operations = {{.kind = sim::OperationKind::kDeliver,
                      .bytes = ApReqFor(settings, rest)}}};
  RunAcceptor(KerberosProfile(), input.Encode());
  return 0;
}
