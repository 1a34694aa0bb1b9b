#include "fuzz/state_feedback.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "core/machines.h"
#include "core/status.h"
#include "fuzz/ablations.h"

namespace sspilab::fuzz {
namespace {

constexpr size_t kMostCounters = 2048;

// libFuzzer finds them by the section's name, and reads all of it.
__attribute__((section("__libfuzzer_extra_counters")))
std::array<uint8_t, kMostCounters>
    counters;

__attribute__((section("__libfuzzer_extra_counters")))
std::array<uint8_t, kSequenceCounters>
    sequences;

constexpr uint64_t kSpread = 0x9E3779B97F4A7C15;

constexpr int16_t kNone = -1;

// The counters of one machine.
struct MachineCounters {
  const MachineDescription* machine;
  // By state and event, the counter of the row; the first of as many as there
  // are statuses, where the status is that of another machine inside.
  struct Cell {
    int16_t first = kNone;
    bool by_status = false;
  };
  std::vector<Cell> cells;
};

struct Index {
  std::vector<MachineCounters> machines;
  size_t size = 0;
};

Index MakeIndex() {
  Index index;
  for (int package = 0; package < kPackageCount; ++package) {
    for (const MachineDescription* machine :
         MachinesOf(static_cast<Package>(package))) {
      MachineCounters& own = index.machines.emplace_back(
          MachineCounters{.machine = machine, .cells = {}});
      own.cells.resize(machine->states.size() * machine->events.size());
      for (const MachineDescription::Row& row : machine->rows) {
        const bool by_status = row.status == kStatusFromInside;
        own.cells[row.from * machine->events.size() + row.event] = {
            static_cast<int16_t>(index.size), by_status};
        index.size += by_status ? AllStatuses().size() : 1;
      }
    }
  }
  // More rows than there is room for: kMostCounters must grow.
  if (index.size > kMostCounters) std::abort();
  return index;
}

const Index& TheIndex() {
  static const Index& index = *new Index(MakeIndex());
  return index;
}

}  // namespace

absl::Span<uint8_t> StateCounters() {
  return absl::MakeSpan(counters).subspan(0, TheIndex().size);
}

std::optional<size_t> StateCounterOf(const TransitionTaken& transition) {
  const std::vector<MachineCounters>& machines = TheIndex().machines;
  const auto own = std::find_if(
      machines.begin(), machines.end(), [&](const MachineCounters& candidate) {
        return candidate.machine == transition.machine;
      });
  if (own == machines.end()) return std::nullopt;
  const MachineCounters::Cell cell =
      own->cells[transition.from * own->machine->events.size() +
                 transition.event];
  if (cell.first == kNone) return std::nullopt;
  const auto first = static_cast<size_t>(cell.first);
  if (!cell.by_status) return first;
  const StatusInfo* const status = FindStatus(transition.status);
  if (status == nullptr) return std::nullopt;
  return first + static_cast<size_t>(status - AllStatuses().data());
}

void CountState(const TransitionTaken& transition) {
  if (!Has(Part::kStateFeedback)) return;
  const std::optional<size_t> counter = StateCounterOf(transition);
  if (counter.has_value() && counters[*counter] != 0xFF) ++counters[*counter];
}

void CountSequence(uint64_t first, uint64_t next) {
  if (!Has(Part::kStateFeedback)) return;
  // 2^64 by the golden ratio, as in Fibonacci hashing: the upper half has
  // something of all bits.
  const uint64_t mixed = (first * kSpread ^ next) * kSpread;
  sequences[mixed >> 32 & (kSequenceCounters - 1)] = 1;
}

absl::Span<uint8_t> SequenceCounters() { return absl::MakeSpan(sequences); }

}  // namespace sspilab::fuzz
