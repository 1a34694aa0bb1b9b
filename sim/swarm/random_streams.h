#ifndef SSPILAB_SIM_SWARM_RANDOM_STREAMS_H_
#define SSPILAB_SIM_SWARM_RANDOM_STREAMS_H_

#include "core/world.h"
#include "sim/scenario.h"
#include "sim/swarm/dice.h"

namespace sspilab::sim {

// What is random about sessions over TLS: policies, versions, certificates,
// clocks, whom the server may act for.
void RollSchannelWorld(Dice& dice, WorldOptions* world);
void RollSchannelCallers(Dice& dice, Scenario* scenario);
void RollCredSspWorld(Dice& dice, WorldOptions* world);
void RollCredSspCallers(Dice& dice, Scenario* scenario);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_RANDOM_STREAMS_H_
