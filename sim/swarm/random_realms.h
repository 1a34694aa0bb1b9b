#ifndef SSPILAB_SIM_SWARM_RANDOM_REALMS_H_
#define SSPILAB_SIM_SWARM_RANDOM_REALMS_H_

#include "core/world.h"
#include "sim/scenario.h"
#include "sim/swarm/dice.h"

namespace sspilab::sim {

// What is random about sessions in a domain: its realm with the accounts in it,
// and another one beside it; both Worlds' Kerberos policy and clock; what
// callers over Kerberos ask for, and of whom.
void RollRealms(Dice& dice, Scenario* scenario);
void RollKerberosWorld(Dice& dice, WorldOptions* world);
void RollKerberosCallers(Dice& dice, Scenario* scenario);
// Of callers over Negotiate, who have the rest already.
void RollCallersInDomain(Dice& dice, Scenario* scenario);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_RANDOM_REALMS_H_
