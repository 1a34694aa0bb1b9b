#ifndef SSPILAB_SIM_COMMANDS_KNOWN_SCENARIOS_H_
#define SSPILAB_SIM_COMMANDS_KNOWN_SCENARIOS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sim/commands/console.h"
#include "sim/status_matrix.h"

namespace sspilab::sim {

// The scenarios that the program carries, by name. An error where one of their
// files is bad.
absl::StatusOr<std::vector<NamedScenario>> KnownScenarios();

// What they cause, with progress at the terminal, in as many threads as there
// are cores.
std::vector<ScenarioStatuses> CollectWithProgress(
    absl::Span<const NamedScenario> scenarios, const Console& console);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_KNOWN_SCENARIOS_H_
