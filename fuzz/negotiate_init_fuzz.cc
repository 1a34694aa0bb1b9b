// What parses as NegTokenInit can be written, and parses to the same.

#include "core/negotiate/messages.h"
#include "fuzz/der_round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sspilab::negotiate::MechTypeList;
  using sspilab::negotiate::NegTokenInit;
  using namespace sspilab::fuzz;
  const auto init = DerRoundTrip<NegTokenInit>(
      {data, size},
      [](const NegTokenInit& message, sspilab::wire::DerWriter& writer) {
        message.WriteTo(&writer);
      },
      [](const NegTokenInit& a, const NegTokenInit& b) {
        return a.mech_types.der() == b.mech_types.der() &&
               a.req_flags == b.req_flags && a.mech_token == b.mech_token &&
               a.hint_name == b.hint_name && a.mech_list_mic == b.mech_list_mic;
      });
  if (init.has_value()) {
    auto rest = init->mech_types.Begin();
    absl::Span<const uint8_t> oid;
    while (MechTypeList::Next(&rest, &oid)) {
      RequireDer(!oid.empty(), "an empty mechanism");
    }
    RequireDer(rest.AtEnd(), "a list that cannot be gone through");
  }
  return 0;
}
