#ifndef SSPILAB_SIM_RUN_SCENARIO_H_
#define SSPILAB_SIM_RUN_SCENARIO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/sspi.h"
#include "core/world.h"
#include "sim/caller.h"
#include "sim/deviation.h"
#include "sim/recorder.h"
#include "sim/rules.h"
#include "sim/scenario.h"
#include "sim/wire.h"

namespace sspilab::sim {

// How a scenario went.
struct Outcome {
  PartyView client;
  PartyView server;
  // The wire was cut because both sides waited.
  bool stalled = false;
  bool same_key = false;
  // Who was the first to give up, where one did.
  std::optional<Side> gave_up_first;
  // What the callers did not give back: handles and memory of the Worlds.
  uint64_t leaked_allocations = 0;
  // What of its deviations went otherwise than they say.
  std::vector<DeviationSurprise> deviation_surprises;
  // What a Checker saw, where one watched.
  std::vector<RuleBroken> broken;
  // What of the scenario cannot be made: then nothing was run. Empty where all
  // can.
  std::string impossible;
  // Both sides are content, agree on the key, and got what the other sent.
  bool ok = false;
};

// The Worlds of a run. Each has streams of entropy that no other seed and no
// other side has.
struct ScenarioWorlds {
  explicit ScenarioWorlds(const Scenario& scenario);

  World client;
  World server;
};

// Gives two such Worlds the accounts, realms and certificates that `scenario`
// says. The error is what cannot be made.
[[nodiscard]] absl::Status Furnish(const Scenario& scenario, World& client,
                                   World& server);

// What an attacker may have overheard before `scenario` begins: undisturbed
// sessions of its callers, in Worlds like its own that have another seed, as it
// is and with the machines' roles swapped.
EarlierSessions RunEarlierSessions(const Scenario& scenario,
                                   SecurityFunctionTableW* table);

// Makes the Worlds, runs the exchange between two callers of `table`, and
// records it where `recorder` is not null. Earlier sessions are run first where
// a fault needs them, and not recorded.
Outcome RunScenario(const Scenario& scenario, SecurityFunctionTableW* table,
                    Recorder* recorder = nullptr);
// The same, and a Checker watches between callers and packages; what it saw is
// in Outcome::broken.
Outcome RunScenarioChecked(const Scenario& scenario,
                           SecurityFunctionTableW* table, Recorder* recorder);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RUN_SCENARIO_H_
