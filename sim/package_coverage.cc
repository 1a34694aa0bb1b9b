#include "sim/package_coverage.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/world.h"
#include "sim/explore/explorer.h"
#include "sim/interceptor.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/scenario_file.h"
#include "sim/scenarios/embedded.h"
#include "sim/swarm/random_scenario.h"
#include "sim/swarm/swarm.h"
#include "sim/unreached.h"

namespace sspilab::sim {
namespace {

// Has all Worlds in which credentials are acquired through it observed.
class ObservedTable final : public Interceptor {
 public:
  ObservedTable(SecurityFunctionTableW* inner, WorldObserver* observer)
      : Interceptor(inner), observer_(observer) {}

 protected:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    if (call.call == Call::kAcquireCredentialsHandle) {
      World::Current().set_observer(observer_);
    }
    return proceed();
  }

 private:
  WorldObserver* const observer_;
};

// The scenarios of all packages: also those that have this one inside.
void RunScenarios(SecurityFunctionTableW* table, Coverage* coverage) {
  ObservedTable observed(table, coverage);
  for (const EmbeddedScenario& embedded : Scenarios()) {
    const absl::StatusOr<ScenarioFile> file =
        ParseScenarioFile(embedded.text, embedded.name);
    // A test sees to it that they can all be read.
    if (file.ok()) {
      RunScenario(file->scenario, observed.table());
    }
  }
}

// Deep enough for every kind of step that an attacker can take.
constexpr uint32_t kDepth = 2;

}  // namespace

PackageCoverage CoverPackage(
    Package package, SecurityFunctionTableW* table, int threads,
    const TransitionCountsBySource& counted_elsewhere,
    const std::function<void(std::string_view)>& progress) {
  PackageCoverage result(package);
  const auto begin = [&](std::string_view name, std::string what) {
    result.sources.push_back(
        {std::string(name), std::move(what), Coverage(package)});
    if (progress != nullptr) {
      progress(name);
    }
    return &result.sources.back().coverage;
  };
  RunScenarios(table,
               begin("scenarios", absl::StrCat("the ", Scenarios().size(),
                                               " that there are")));
  for (const SwarmPackage& row : SwarmPackages()) {
    if (row.package == package) {
      // There are states in which few sessions are when something happens.
      const uint64_t last = 2 * row.sessions - 1;
      Coverage* const coverage =
          begin("swarm", absl::StrCat("the seeds 0..", last));
      coverage->Add(RunSwarm(row, 0, last, threads, table).coverage);
    }
  }
  for (const Explorable& row : Explorables()) {
    if (row.package == package) {
      Coverage* const coverage =
          begin("exploration", absl::StrCat("to depth ", kDepth));
      Explore(row, ReferenceScenario(package), kDepth, table, coverage);
    }
  }
  for (const auto& [name, counts] : counted_elsewhere) {
    begin(name, "as they counted themselves")->Add(counts);
  }
  for (const CoverageSource& source : result.sources) {
    result.total.Add(source.coverage);
  }
  return result;
}

TransitionVerdict JudgeTransition(const Coverage& coverage, size_t machine,
                                  size_t row) {
  const MachineDescription& description = *coverage.machines()[machine];
  return {coverage.taken(machine, row) > 0,
          WhyNotReached(description, description.rows[row])};
}

bool IsComplete(const Coverage& coverage) {
  for (size_t i = 0; i < coverage.machines().size(); ++i) {
    for (size_t j = 0; j < coverage.machines()[i]->rows.size(); ++j) {
      if (!JudgeTransition(coverage, i, j).ok()) {
        return false;
      }
    }
  }
  return coverage.undeclared() == 0;
}

}  // namespace sspilab::sim
