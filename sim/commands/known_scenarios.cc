#include "sim/commands/known_scenarios.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/scenario.h"

namespace sspilab::sim {

std::vector<NamedScenario> KnownScenarios() {
  std::vector<NamedScenario> scenarios;
  for (const Package package : {Package::kNtlm, Package::kNegotiate,
                                Package::kSchannel, Package::kCredSsp}) {
    scenarios.push_back({absl::StrCat("reference ", PackageName(package)),
                         ReferenceScenario(package)});
  }
  return scenarios;
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
