#ifndef SSPILAB_SIM_COVERAGE_H_
#define SSPILAB_SIM_COVERAGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/machine.h"
#include "core/status.h"
#include "core/world.h"
#include "sim/transition_counts.h"

namespace sspilab::sim {

// Counts the transitions that a package's machines take in the Worlds that it
// observes. For one thread.
class Coverage final : public WorldObserver {
 public:
  explicit Coverage(Package package);

  void OnTransition(const TransitionTaken& transition) override;

  // Adds what another one of the same package has counted.
  void Add(const Coverage& other);
  // Adds what was counted of this package's machines.
  void Add(const TransitionCounts& counts);

  absl::Span<const MachineDescription* const> machines() const {
    return machines_;
  }
  // How often a row of a machine's table was taken, both by their index.
  uint64_t taken(size_t machine, size_t row) const {
    return counts_[machine][row];
  }
  // Rows of all tables, and those of them that were taken.
  size_t declared() const;
  size_t rows_taken() const;
  // Calls that the state does not allow, and that were refused as the table has
  // it: an error that leaves the state as it was. A call that asks for more
  // room or more input is none.
  uint64_t refused() const;
  // Transitions of any package that its table does not have.
  uint64_t undeclared() const { return undeclared_; }
  // The last of them, "Schannel initiator: Done - Continued"; empty where there
  // was none.
  std::string LastUndeclared() const;

 private:
  const absl::Span<const MachineDescription* const> machines_;
  // By machine, from-state and event: the row.
  std::vector<std::vector<size_t>> rows_;
  std::vector<std::vector<uint64_t>> counts_;
  uint64_t undeclared_ = 0;
  std::optional<TransitionTaken> last_undeclared_;
};

// Whether a row is a call that its state does not allow.
bool IsRefusal(const MachineDescription::Row& row);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COVERAGE_H_
