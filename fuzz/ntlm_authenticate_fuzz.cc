// What parses as AUTHENTICATE can be serialized, and parses to the same.

#include "core/ntlm/messages.h"
#include "core/ntlm/ntlmv2_response.h"
#include "fuzz/message_round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::ntlm::AuthenticateMessage message;
  if (sspilab::fuzz::RoundTrip({data, size}, &message)) {
    const auto response =
        sspilab::ntlm::NtlmV2Response::Parse(message.nt_response);
    if (response.ok()) {
      sspilab::fuzz::RoundTripAvPairs(
          response->client_challenge.av_pairs.bytes());
    }
  }
  return 0;
}
