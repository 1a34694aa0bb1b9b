#ifndef SSPILAB_SIM_SWARM_WRONG_KERBEROS_TOKEN_H_
#define SSPILAB_SIM_SWARM_WRONG_KERBEROS_TOKEN_H_

#include <cstdint>
#include <vector>

#include "core/kerberos/gss.h"
#include "sim/swarm/dice.h"

namespace sspilab::sim {

// Something that may stand for a token of Kerberos: an error, a word of
// user-to-user, `token` with what is not encrypted in it altered, or under
// another name.
std::vector<uint8_t> Reworded(Dice& dice, const kerberos::GssToken& token);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_WRONG_KERBEROS_TOKEN_H_
