#ifndef SSPILAB_SIM_STATUS_MATRIX_H_
#define SSPILAB_SIM_STATUS_MATRIX_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/documented_statuses.h"
#include "sim/scenario.h"
#include "sim/status_gaps.h"
#include "sim/status_watch.h"

namespace sspilab::sim {

// Which statuses the scenarios cause, held against which there are.

struct NamedScenario {
  std::string name;
  Scenario scenario;
};

// What packages answered in one scenario, whatever its callers made of it or
// were told in their place.
struct ScenarioStatuses {
  AnsweredStatuses answered;
  size_t calls = 0;
  // Whether both sides were content (Outcome::ok).
  bool ok = false;
  // Why it could not be run; empty where it was.
  std::string impossible;
};

// Runs each scenario once with `table`, in as many threads as `threads` says, 1
// to 8. One answer for each scenario, in their order, whatever the number of
// threads. `progress`, where not null, is told how many are done, on the thread
// that calls.
std::vector<ScenarioStatuses> CollectStatuses(
    absl::Span<const NamedScenario> scenarios, SecurityFunctionTableW* table,
    int threads, const std::function<void(size_t)>& progress = nullptr);

enum class CellState : uint8_t {
  // The package may not return the status from the call.
  kNotLegal,
  kReached,
  // No scenario reaches it, and there is a reason.
  kExcused,
  kMissing,
};

struct StatusCell {
  CellState state = CellState::kNotLegal;
  // kReached: the first scenario that does, by its index.
  size_t scenario = 0;
  // kExcused.
  std::string_view reason;
};

// A status of a call, for all packages.
struct StatusRow {
  Call call;
  // Never null.
  const StatusInfo* status;
  std::array<StatusCell, kPackageCount> cells;  // By Package.

  const StatusCell& cell(Package package) const {
    return cells.at(static_cast<size_t>(package));
  }
};

// Something that is wrong with scenarios or tables.
struct StatusProblem {
  // Whose; empty where it is not one package's.
  std::optional<Package> package;
  std::string text;
};

struct StatusMatrix {
  // What core's table has, by call and then by status as AllStatuses has them.
  std::vector<StatusRow> rows;
  std::vector<StatusProblem> problems;
  // Legal cells, and how many of them scenarios reach.
  size_t cells = 0;
  size_t cells_reached = 0;
  // Likewise, of what documents name.
  size_t documented = 0;
  size_t documented_reached = 0;
};

// `statuses` is what CollectStatuses gave for `scenarios`. A problem is: a cell
// without scenario and without gap; a gap for what a scenario reaches or what
// is not legal; an answer that is not legal; a documented status that no
// scenario reaches; a scenario that cannot be run.
StatusMatrix MakeStatusMatrix(
    absl::Span<const NamedScenario> scenarios,
    absl::Span<const ScenarioStatuses> statuses,
    absl::Span<const StatusGap> gaps = StatusGaps(),
    absl::Span<const DocumentedStatus> documented = DocumentedStatuses());

// The scenarios that show `status` best first: from a leg of a handshake before
// other calls, where it is a success in a session that succeeds, in few calls.
struct StatusWitness {
  size_t scenario;  // Its index.
  Call call;
  Package package;
};
std::vector<StatusWitness> WitnessesOf(
    SECURITY_STATUS status, absl::Span<const ScenarioStatuses> statuses);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_STATUS_MATRIX_H_
