#ifndef SSPILAB_SIM_PACKAGE_COVERAGE_H_
#define SSPILAB_SIM_PACKAGE_COVERAGE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "sim/coverage.h"
#include "sim/transition_counts.h"

namespace sspilab::sim {

// What one kind of runs took.
struct CoverageSource {
  // "swarm".
  std::string name;
  // "the seeds 0..3999".
  std::string what;
  Coverage coverage;
};

// Everything of a package that runs by itself.
struct PackageCoverage {
  explicit PackageCoverage(Package package) : total(package) {}

  std::vector<CoverageSource> sources;
  Coverage total;
};

// Runs it, in as many threads as are told where that can be, and adds what
// other programs have counted, by who they are. `progress` is told what is run,
// on the thread that calls; it may be null.
PackageCoverage CoverPackage(
    Package package, SecurityFunctionTableW* table, int threads,
    const TransitionCountsBySource& counted_elsewhere = {},
    const std::function<void(std::string_view)>& progress = nullptr);

// What became of a declared transition.
struct TransitionVerdict {
  bool taken = false;
  // Of one that was not taken: why it cannot be, or empty.
  std::string_view excuse;

  bool ok() const { return taken || !excuse.empty(); }
};
// Both by their index, as in Coverage.
TransitionVerdict JudgeTransition(const Coverage& coverage, size_t machine,
                                  size_t row);

// Whether all transitions were taken that can be, and none that no table has.
bool IsComplete(const Coverage& coverage);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_PACKAGE_COVERAGE_H_
