// What parses as NegTokenResp can be written, and parses to the same.

#include "core/negotiate/messages.h"
#include "fuzz/der_round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sspilab::negotiate::NegTokenResp;
  using namespace sspilab::fuzz;
  DerRoundTrip<NegTokenResp>(
      {data, size},
      [](const NegTokenResp& message, sspilab::wire::DerWriter& writer) {
        message.WriteTo(&writer);
      },
      [](const NegTokenResp& a, const NegTokenResp& b) {
        return a.neg_state == b.neg_state &&
               a.supported_mech == b.supported_mech &&
               a.response_token == b.response_token &&
               a.mech_list_mic == b.mech_list_mic;
      });
  return 0;
}
