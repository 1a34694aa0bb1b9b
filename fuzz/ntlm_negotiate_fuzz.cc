// What parses as NEGOTIATE can be serialized, and parses to the same.

#include "core/ntlm/messages.h"
#include "fuzz/message_round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sspilab::ntlm::NegotiateMessage message;
  sspilab::fuzz::RoundTrip({data, size}, &message);
  return 0;
}
