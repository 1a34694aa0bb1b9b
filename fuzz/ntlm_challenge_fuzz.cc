// What parses as CHALLENGE can be serialized, and parses to the same.

#include "core/ntlm/messages.h"
#include "fuzz/message_round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::ntlm::ChallengeMessage message;
  if (sspilab::fuzz::RoundTrip({data, size}, &message)) {
    sspilab::fuzz::RoundTripAvPairs(message.target_info);
  }
  return 0;
}
