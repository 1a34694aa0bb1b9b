#include "sim/package_coverage.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/explore/explorer.h"
#include "sim/scenario.h"
#include "sim/swarm/random_scenario.h"
#include "sim/swarm/swarm.h"
#include "sim/unreached.h"

namespace sspilab::sim {
namespace {

// Deep enough for every kind of step that an attacker can take.
constexpr uint32_t kDepth = 2;

}  // namespace

PackageCoverage CoverPackage(
    Package package, SecurityFunctionTableW* table, int threads,
    const std::function<void(std::string_view)>& progress) {
  PackageCoverage result(package);
  const auto begin = [&](std::string_view name, std::string what) {
    result.sources.push_back({name, std::move(what), Coverage(package)});
    if (progress != nullptr) {
      progress(name);
    }
    return &result.sources.back().coverage;
  };
  for (const SwarmPackage& row : SwarmPackages()) {
    if (row.package == package) {
      Coverage* const coverage =
          begin("swarm", absl::StrCat("the seeds 0..", row.sessions - 1));
      coverage->Add(
          RunSwarm(row, 0, row.sessions - 1, threads, table).coverage);
    }
  }
  for (const Explorable& row : Explorables()) {
    if (row.package == package) {
      Coverage* const coverage =
          begin("exploration", absl::StrCat("to depth ", kDepth));
      Explore(row, ReferenceScenario(package), kDepth, table, coverage);
    }
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
