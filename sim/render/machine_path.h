#ifndef SSPILAB_SIM_RENDER_MACHINE_PATH_H_
#define SSPILAB_SIM_RENDER_MACHINE_PATH_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/machine.h"
#include "sim/caller.h"
#include "sim/render/machine_svg.h"
#include "sim/trace.h"

namespace sspilab::sim {

// One step of a machine in a run.
struct MachineStep {
  const MachineDescription* machine;
  // Of the machine, counted from 1.
  size_t number;
  // Of its table.
  size_t row;
};

// The way that a machine took in a run.
struct MachinePath {
  const MachineDescription* machine = nullptr;
  Side side = Side::kClient;
  std::vector<RowMark> marks;  // By row.
  size_t steps = 0;
  size_t end = 0;  // The state that it came to.
};

// Follows a run's machines, those of all packages that take part.
class MachinePaths {
 public:
  // The steps that were made in a call, from what the trace tells of it; the
  // last one is the outermost machine's. `call` is the number that the call has
  // in the page. A step that is in no table has no place here.
  std::vector<MachineStep> Follow(const Trace& trace,
                                  absl::Span<const size_t> events, size_t call);

  // In the order of their first step, the outer ones first.
  const std::vector<MachinePath>& paths() const { return paths_; }

 private:
  MachinePath* PathOf(Side side, std::string_view machine);

  std::vector<MachinePath> paths_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_MACHINE_PATH_H_
