#include "sim/render/machine_path.h"

#include <variant>

#include "core/machines.h"
#include "core/status.h"

namespace sspilab::sim {
namespace {

const MachineDescription* FindMachine(std::string_view name) {
  for (int i = 0; i < kPackageCount; ++i) {
    for (const MachineDescription* machine :
         MachinesOf(static_cast<Package>(i))) {
      if (machine->name == name) {
        return machine;
      }
    }
  }
  return nullptr;
}

std::optional<size_t> FindRow(const MachineDescription& machine,
                              const TraceTransition& step) {
  for (size_t i = 0; i < machine.rows.size(); ++i) {
    const MachineDescription::Row& row = machine.rows[i];
    if (machine.states[row.from] == step.from &&
        machine.events[row.event] == step.event) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace

MachinePath* MachinePaths::PathOf(Side side, std::string_view machine) {
  for (MachinePath& path : paths_) {
    if (path.side == side && path.machine->name == machine) {
      return &path;
    }
  }
  const MachineDescription* found = FindMachine(machine);
  if (found == nullptr) {
    return nullptr;
  }
  paths_.push_back({found, side, std::vector<RowMark>(found->rows.size())});
  return &paths_.back();
}

std::vector<MachineStep> MachinePaths::Follow(const Trace& trace,
                                              absl::Span<const size_t> events,
                                              size_t call) {
  std::vector<MachineStep> steps;
  // A machine tells its step when those inside it have told theirs.
  for (auto it = events.rbegin(); it != events.rend(); ++it) {
    const auto* step = std::get_if<TraceTransition>(&trace.events[*it]);
    if (step != nullptr) {
      PathOf(step->side, step->machine);
    }
  }
  for (const size_t event : events) {
    const auto* step = std::get_if<TraceTransition>(&trace.events[event]);
    MachinePath* path =
        step == nullptr ? nullptr : PathOf(step->side, step->machine);
    if (path == nullptr) {
      continue;
    }
    const std::optional<size_t> row = FindRow(*path->machine, *step);
    if (!row.has_value()) {
      continue;
    }
    RowMark& mark = path->marks[*row];
    mark.steps.push_back(++path->steps);
    if (mark.calls.empty() || mark.calls.back() != call) {
      mark.calls.push_back(call);
    }
    path->end = path->machine->rows[*row].to;
    steps.push_back({path->machine, path->steps, *row});
  }
  return steps;
}

}  // namespace sspilab::sim
