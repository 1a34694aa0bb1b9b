#include "sim/commands/known_scenarios.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "sim/scenario_file.h"
#include "sim/scenarios/embedded.h"

namespace sspilab::sim {

absl::StatusOr<std::vector<NamedScenario>> KnownScenarios() {
  std::vector<NamedScenario> known;
  for (const EmbeddedScenario& embedded : Scenarios()) {
    absl::StatusOr<ScenarioFile> file =
        ParseScenarioFile(embedded.text, embedded.name);
    if (!file.ok()) {
      return file.status();
    }
    known.push_back({std::string(embedded.name), std::move(file->scenario)});
  }
  return known;
}

std::vector<ScenarioStatuses> CollectWithProgress(
    absl::Span<const NamedScenario> scenarios, const Console& console) {
  constexpr int kMaxThreads = 8;
  const int threads = std::clamp(
      static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
  std::vector<ScenarioStatuses> statuses = CollectStatuses(
      scenarios, InitSecurityInterfaceW(), threads, [&](size_t done) {
        console.ShowProgress(
            absl::StrCat(done, " of ", scenarios.size(), " scenarios"));
      });
  console.ShowProgress("");
  return statuses;
}

}  // namespace sspilab::sim
