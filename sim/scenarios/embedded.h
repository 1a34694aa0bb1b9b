#ifndef SSPILAB_SIM_SCENARIOS_EMBEDDED_H_
#define SSPILAB_SIM_SCENARIOS_EMBEDDED_H_

#include <string_view>

#include "absl/types/span.h"

namespace sspilab::sim {

// A scenario file of this folder, in the program.
struct EmbeddedScenario {
  // Its path from here without ".toml": "ntlm/wrong_password".
  std::string_view name;
  // What ParseScenarioFile takes.
  std::string_view text;
};

// All of them, sorted by name.
absl::Span<const EmbeddedScenario> Scenarios();

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SCENARIOS_EMBEDDED_H_
