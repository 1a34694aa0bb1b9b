#ifndef SSPILAB_SIM_SWARM_WRONG_TOKEN_H_
#define SSPILAB_SIM_SWARM_WRONG_TOKEN_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/swarm/dice.h"

namespace sspilab::sim {

// Something that no package takes for a good token, or not at most times:
// garbage, records and alerts of TLS in the clear, answers of SPNEGO that say
// what they may not say now.
std::vector<uint8_t> WrongToken(Dice& dice);

// `token` with other words in it where it is one of SPNEGO's (RFC 4178 4.2):
// another state, a MIC or none, another mechanism; or one of Kerberos'
// (wrong_kerberos_token.h). Otherwise a WrongToken.
std::vector<uint8_t> Reworded(Dice& dice, absl::Span<const uint8_t> token);

// SCHANNEL_ALERT and its like, as ApplyControlToken takes them. Never empty.
std::vector<uint32_t> ControlToken(Dice& dice);
// A fatal alert of those.
std::vector<uint32_t> AlertToken(Dice& dice);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_WRONG_TOKEN_H_
