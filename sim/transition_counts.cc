#include "sim/transition_counts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "core/machines.h"
#include "core/status.h"

namespace sspilab::sim {
namespace {

const MachineDescription* FindMachine(std::string_view name) {
  for (int i = 0; i < kPackageCount; ++i) {
    for (const MachineDescription* machine :
         MachinesOf(static_cast<Package>(i))) {
      if (machine->name == name) return machine;
    }
  }
  return nullptr;
}

std::optional<uint8_t> FindName(absl::Span<const std::string_view> names,
                                std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<uint8_t>(found - names.begin());
}

}  // namespace

void TransitionCounts::Count(const MachineDescription& machine, uint8_t from,
                             uint8_t event, uint64_t times) {
  auto& [description, count] = counts_[{machine.name, from, event}];
  description = &machine;
  count += times;
}

uint64_t TransitionCounts::taken(const MachineDescription& machine,
                                 uint8_t from, uint8_t event) const {
  const auto found = counts_.find({machine.name, from, event});
  return found != counts_.end() ? found->second.second : 0;
}

std::string TransitionCounts::ToText(std::string_view source) const {
  std::string text;
  for (const auto& [key, value] : counts_) {
    const auto& [name, from, event] = key;
    const auto& [machine, count] = value;
    absl::StrAppend(&text, source, "\t", name, "\t", machine->states[from],
                    "\t", machine->events[event], "\t", count, "\n");
  }
  return text;
}

absl::Status ParseTransitionCounts(std::string_view text, std::string_view file,
                                   TransitionCountsBySource* by_source) {
  int number = 0;
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    const auto error = [&](std::string_view what) {
      return absl::InvalidArgumentError(
          absl::StrCat(file, ":", number, ": ", what));
    };
    const std::vector<std::string_view> columns = absl::StrSplit(line, '\t');
    if (columns.size() != 5) {
      return error(
          "expected five columns parted by tabs: who counted, machine, state, "
          "event, how often");
    }
    const MachineDescription* const machine = FindMachine(columns[1]);
    if (machine == nullptr) {
      return error(absl::StrCat("there is no machine '", columns[1], "'"));
    }
    const std::optional<uint8_t> from = FindName(machine->states, columns[2]);
    if (!from.has_value()) {
      return error(
          absl::StrCat("the ", machine->name, " has no state ", columns[2]));
    }
    const std::optional<uint8_t> event = FindName(machine->events, columns[3]);
    if (!event.has_value()) {
      return error(
          absl::StrCat("the ", machine->name, " has no event ", columns[3]));
    }
    uint64_t times = 0;
    if (!absl::SimpleAtoi(columns[4], &times)) {
      return error(absl::StrCat("'", columns[4], "' is no number"));
    }
    (*by_source)[std::string(columns[0])].Count(*machine, *from, *event, times);
  }
  return absl::OkStatus();
}

}  // namespace sspilab::sim
