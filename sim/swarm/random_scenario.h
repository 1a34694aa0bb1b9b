#ifndef SSPILAB_SIM_SWARM_RANDOM_SCENARIO_H_
#define SSPILAB_SIM_SWARM_RANDOM_SCENARIO_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/status.h"
#include "sim/scenario.h"
#include "sim/swarm/parts.h"

namespace sspilab::sim {

// A package whose sessions a swarm can make up.
struct SwarmPackage {
  Package package;
  std::u16string_view name;
  // How many are run where nobody says: for a few seconds' work.
  uint64_t sessions;
};
absl::Span<const SwarmPackage> SwarmPackages();

// Worlds, people, callers and faults, all from the seed: usual ones more often
// than strange ones, so that many sessions get to their end. What is in
// `without` stays as it is in the reference exchange.
Scenario RandomScenario(const SwarmPackage& package, uint64_t seed,
                        const Omissions& without = Omissions());

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_RANDOM_SCENARIO_H_
