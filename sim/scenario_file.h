#ifndef SSPILAB_SIM_SCENARIO_FILE_H_
#define SSPILAB_SIM_SCENARIO_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sim/expectation.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// What a scenario's file says.
struct ScenarioFile {
  // Of the file, without ".toml".
  std::string name;
  // The comment that it begins with: paragraphs are one line each.
  std::string description;
  Scenario scenario;
  Expectation expectation;
};

// A larger file, in bytes, is none.
inline constexpr size_t kMaxScenarioFileSize = size_t{1} << 16;

// Reads a scenario: TOML, with the keys that sim/README.md lists. What it does
// not say is as in ReferenceScenario of its package. Strict: InvalidArgument
// "FILE:LINE:COLUMN: what is wrong; what would be right" also for a key that is
// not known. Any bytes will do.
absl::StatusOr<ScenarioFile> ParseScenarioFile(std::string_view text,
                                               std::string_view file);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SCENARIO_FILE_H_
