// The input is a realm and a request to its KDC: any bytes, or what is to be
// encrypted in one, which is then sealed with the right keys or with others.

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/kdc.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/times.h"
#include "core/world.h"
#include "fuzz/kdc_proof.h"
#include "fuzz/kdc_requests.h"
#include "fuzz/kerberos_world.h"
#include "fuzz/parts_mutator.h"
#include "fuzz/state_feedback.h"

size_t sspilab::fuzz::SettingsSizeOfTarget() { return sizeof(KdcSettings); }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab;
  using namespace sspilab::fuzz;
  absl::Span<const uint8_t> input(data, size);
  const KdcSettings settings = KdcSettings::TakeFrom(&input);
  const kerberos::Realms& realms = KdcRealms(settings.realm);
  const std::vector<uint8_t> request = RequestOf(settings, input);
  const kerberos::PreciseTime now = kerberos::FromFileTime(kFileTimeGenesis);
  Entropy entropy(2, 2);
  kerberos::Kdc kdc(realms, now, entropy);
  const std::vector<uint8_t> answer = kdc.Answer(kRealm, request);
  const auto error = kerberos::Parse<kerberos::KrbError>(answer);
  CountSequence(settings.form % kRequestForms,
                static_cast<uint32_t>(error.ok() ? error->error_code : 0));
  RequireRightAnswer(realms, kRealm, now, request, answer);
  return 0;
}
