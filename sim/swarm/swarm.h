#ifndef SSPILAB_SIM_SWARM_SWARM_H_
#define SSPILAB_SIM_SWARM_SWARM_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "sim/coverage.h"
#include "sim/invariant.h"
#include "sim/party_view.h"
#include "sim/swarm/parts.h"
#include "sim/swarm/random_scenario.h"

namespace sspilab::sim {

struct SwarmFailure {
  uint64_t seed;
  Invariant invariant;
  // What the session does not need to fail so: as much as was found to be left
  // out, one part after the other.
  Omissions without;

  friend bool operator==(const SwarmFailure&, const SwarmFailure&) = default;
};

struct SwarmResult {
  explicit SwarmResult(Package package) : coverage(package) {}

  uint64_t sessions = 0;
  // Of the exchanges between callers by Ending, the server's.
  std::array<uint64_t, kEndingNames.size()> endings{};
  uint64_t authenticated = 0;
  // The sessions that were walks (walk.h), and the connections in them.
  uint64_t walks = 0;
  uint64_t connections = 0;
  uint64_t established = 0;
  // In the order of the seeds; no more than kMaxFailures.
  std::vector<SwarmFailure> failures;
  uint64_t failed = 0;
  // Of all calls of all sessions: equal seeds have equal ones, whatever the
  // number of threads.
  uint64_t digest = 0;
  Coverage coverage;
};

constexpr size_t kMaxFailures = 100;

// Runs a session for each seed from `first` to `last`, both included, in as
// many threads (1 to 12), without those parts. `progress` is told how many
// sessions are over, on the thread that calls; it may be null.
SwarmResult RunSwarm(const SwarmPackage& package, uint64_t first, uint64_t last,
                     int threads, SecurityFunctionTableW* table,
                     const Omissions& without = Omissions(),
                     const std::function<void(uint64_t)>& progress = nullptr);

// One session, told call by call.
std::string DescribeSession(const SwarmPackage& package, uint64_t seed,
                            const Omissions& without,
                            SecurityFunctionTableW* table);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_SWARM_H_
