#ifndef SSPILAB_FUZZ_AP_REQ_H_
#define SSPILAB_FUZZ_AP_REQ_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {

// The token that an acceptor gets, of the parts EncTicketPart and
// Authenticator, with kNextPart between them: encrypted with the first key of
// the settings' machine and with the ticket's session key. As DCE style has it
// where the authenticator says so, else in GSS-API's framing.
std::vector<uint8_t> ApReqFor(const sim::Settings& settings,
                              absl::Span<const uint8_t> parts);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_AP_REQ_H_
