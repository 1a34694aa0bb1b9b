#ifndef SSPILAB_SIM_SWARM_WALK_H_
#define SSPILAB_SIM_SWARM_WALK_H_

#include <cstdint>

#include "core/sspi.h"
#include "core/status.h"
#include "sim/scenario.h"
#include "sim/swarm/parts.h"

namespace sspilab::sim {

// How a walk went.
struct WalkOutcome {
  uint32_t connections = 0;
  // Those that were established at both ends.
  uint32_t established = 0;
  // What was not given back when all was closed.
  uint64_t leaked_allocations = 0;
};

// The seeds whose sessions are walks.
bool IsWalk(Package package, uint64_t seed);

// Random calls at both ends of a stream, connection after connection in the
// Worlds of `scenario`: usually what brings the exchange on, now and then an
// alert, another handshake, garbage, bytes lost or altered, a call out of turn.
// Sessions are resumed. Of CredSSP, one end is the package's and the other one
// an Insider.
//
// `judged` is the table for the ends that are the package's, `plain` for what
// others use.
WalkOutcome Walk(const Scenario& scenario, const Omissions& without,
                 SecurityFunctionTableW* judged, SecurityFunctionTableW* plain);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_WALK_H_
