#include "sim/coverage.h"

#include "absl/strings/str_cat.h"
#include "core/machines.h"
#include "core/sspi.h"

namespace sspilab::sim {

bool IsRefusal(const MachineDescription::Row& row) {
  return row.from == row.to && row.status < 0 &&
         row.status != SEC_E_BUFFER_TOO_SMALL &&
         row.status != SEC_E_INCOMPLETE_MESSAGE;
}

Coverage::Coverage(Package package) : machines_(MachinesOf(package)) {
  for (const MachineDescription* machine : machines_) {
    counts_.emplace_back(machine->rows.size());
    std::vector<size_t>& rows =
        rows_.emplace_back(machine->states.size() * machine->events.size());
    for (size_t i = 0; i < machine->rows.size(); ++i) {
      const MachineDescription::Row& row = machine->rows[i];
      rows[row.from * machine->events.size() + row.event] = i;
    }
  }
}

void Coverage::OnTransition(const TransitionTaken& transition) {
  if (!transition.declared) {
    ++undeclared_;
    last_undeclared_ = transition;
    return;
  }
  for (size_t i = 0; i < machines_.size(); ++i) {
    if (machines_[i] == transition.machine) {
      ++counts_[i][rows_[i][transition.from * machines_[i]->events.size() +
                            transition.event]];
      return;
    }
  }
}

void Coverage::Add(const Coverage& other) {
  undeclared_ += other.undeclared_;
  for (size_t i = 0; i < counts_.size(); ++i) {
    for (size_t j = 0; j < counts_[i].size(); ++j) {
      counts_[i][j] += other.counts_[i][j];
    }
  }
}

void Coverage::Add(const TransitionCounts& counts) {
  for (size_t i = 0; i < counts_.size(); ++i) {
    for (size_t j = 0; j < counts_[i].size(); ++j) {
      const MachineDescription::Row& row = machines_[i]->rows[j];
      counts_[i][j] += counts.taken(*machines_[i], row.from, row.event);
    }
  }
}

std::string Coverage::LastUndeclared() const {
  if (!last_undeclared_.has_value()) {
    return "";
  }
  const TransitionTaken& taken = *last_undeclared_;
  return absl::StrCat(taken.machine->name, ": ",
                      taken.machine->states[taken.from], " - ",
                      taken.machine->events[taken.event]);
}

size_t Coverage::declared() const {
  size_t rows = 0;
  for (const auto& counts : counts_) {
    rows += counts.size();
  }
  return rows;
}

size_t Coverage::rows_taken() const {
  size_t rows = 0;
  for (const auto& counts : counts_) {
    for (const uint64_t count : counts) {
      rows += count > 0 ? 1 : 0;
    }
  }
  return rows;
}

uint64_t Coverage::refused() const {
  uint64_t refused = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    for (size_t j = 0; j < counts_[i].size(); ++j) {
      refused += IsRefusal(machines_[i]->rows[j]) ? counts_[i][j] : 0;
    }
  }
  return refused;
}

}  // namespace sspilab::sim
