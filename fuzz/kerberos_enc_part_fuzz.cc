// What parses as a message of Kerberos that only goes encrypted can be written,
// and parses to the same.

#include <cstdint>

#include "absl/types/span.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "core/wire/der.h"
#include "fuzz/kerberos_round_trip.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

template <typename Part>
void Try(Bytes bytes) {
  KerberosRoundTrip<Part>(bytes);
}

// KDCs send the one for the other.
void TryKdcRepPart(Bytes bytes) {
  const auto as = KerberosRoundTrip<kerberos::EncAsRepPart>(bytes);
  const auto tgs = KerberosRoundTrip<kerberos::EncTgsRepPart>(bytes);
  RequireDer(as.has_value() == tgs.has_value(), "only one of the two takes it");
}

// RFC 4120 5.10.
constexpr MessageKind kKinds[] = {
    {wire::ApplicationTag(2), Try<kerberos::Authenticator>},
    {wire::ApplicationTag(3), Try<kerberos::EncTicketPart>},
    {wire::ApplicationTag(25), TryKdcRepPart},
    {wire::ApplicationTag(26), TryKdcRepPart},
    {wire::ApplicationTag(27), Try<kerberos::EncApRepPart>},
    {wire::ApplicationTag(29), Try<kerberos::EncKrbCredPart>},
    {wire::DerTag::kSequence, Try<kerberos::PaEncTsEnc>},
};

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab::fuzz;
  TryKinds(kKinds, {data, size});
  return 0;
}
