#ifndef SSPILAB_CORE_MACHINE_H_
#define SSPILAB_CORE_MACHINE_H_

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/sspi.h"

namespace sspilab {

// The vocabulary of a state machine.
//
// A machine is a Spec:
//   enum class State, enum class Event   counted from 0; State{0} is the start
//   kName                                "NTLM initiator"
//   kStateNames, kEventNames             arrays, one name an enumerator
//   kTransitions                         array of Transition<State, Event>
// Its code looks at what came in and reports an Event; the table alone says
// which State and which status follow. What the table does not hold cannot
// happen silently.

// In a row: the status is that of another machine inside this one (a mechanism
// under Negotiate), which the code hands to Take. No status has this value.
inline constexpr SECURITY_STATUS kStatusFromInside = 1;

template <typename State, typename Event>
struct Transition {
  State from;
  Event event;
  State to;
  SECURITY_STATUS status;
};

// A Spec with its types erased, for those who draw, count or check.
struct MachineDescription {
  struct Row {
    uint8_t from, event, to;
    SECURITY_STATUS status;
  };
  std::string_view name;
  absl::Span<const std::string_view> states;
  absl::Span<const std::string_view> events;
  absl::Span<const Row> rows;
};

// One step of one machine, as observers see it.
struct TransitionTaken {
  const MachineDescription* machine;
  uint8_t from, event, to;
  SECURITY_STATUS status;
  // False when the table has no such row: the machine's code is wrong.
  bool declared;
};

namespace machine_internal {

template <typename Spec>
inline constexpr size_t kStates = Spec::kStateNames.size();
template <typename Spec>
inline constexpr size_t kEvents = Spec::kEventNames.size();
template <typename Spec>
using Index = std::array<std::array<int16_t, kEvents<Spec>>, kStates<Spec>>;

inline constexpr int16_t kUndeclared = -1;

// Fails to compile where a row names what does not exist or says the same pair
// twice.
template <typename Spec>
consteval Index<Spec> BuildIndex() {
  Index<Spec> index{};
  for (auto& row : index) row.fill(kUndeclared);
  int16_t i = 0;
  for (const auto& t : Spec::kTransitions) {
    int16_t& cell =
        index.at(static_cast<size_t>(t.from)).at(static_cast<size_t>(t.event));
    if (cell != kUndeclared) throw "two transitions for one (state, event)";
    if (static_cast<size_t>(t.to) >= kStates<Spec>) throw "unknown state";
    cell = i++;
  }
  return index;
}

template <typename Spec>
consteval auto EraseRows() {
  std::array<MachineDescription::Row, Spec::kTransitions.size()> rows{};
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& t = Spec::kTransitions[i];
    rows[i] = {static_cast<uint8_t>(t.from), static_cast<uint8_t>(t.event),
               static_cast<uint8_t>(t.to), t.status};
  }
  return rows;
}

template <typename Spec>
inline constexpr auto kRows = EraseRows<Spec>();

}  // namespace machine_internal

template <typename Spec>
inline constexpr MachineDescription kDescription = {
    Spec::kName, Spec::kStateNames, Spec::kEventNames,
    machine_internal::kRows<Spec>};

// Where a machine stands. Observer has `void OnTransition(const
// TransitionTaken&)` and may be null.
template <typename Spec>
class Machine {
 public:
  using State = typename Spec::State;
  using Event = typename Spec::Event;

  State state() const { return state_; }

  // Takes the transition for `event` and returns its status. An undeclared
  // pair leaves the state alone and is SEC_E_INTERNAL_ERROR. `inside` is the
  // status where the row has kStatusFromInside.
  template <typename Observer>
  [[nodiscard]] SECURITY_STATUS Take(
      Event event, Observer* observer,
      SECURITY_STATUS inside = SEC_E_INTERNAL_ERROR) {
    const State from = state_;
    const int16_t i =
        kIndex[static_cast<size_t>(from)][static_cast<size_t>(event)];
    const bool declared = i != machine_internal::kUndeclared;
    SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
    if (declared) {
      state_ = Spec::kTransitions[static_cast<size_t>(i)].to;
      status = Spec::kTransitions[static_cast<size_t>(i)].status;
      if (status == kStatusFromInside) status = inside;
    }
    if (observer != nullptr) {
      observer->OnTransition({&kDescription<Spec>, static_cast<uint8_t>(from),
                              static_cast<uint8_t>(event),
                              static_cast<uint8_t>(state_), status, declared});
    }
    assert(declared);
    return status;
  }

 private:
  static constexpr auto kIndex = machine_internal::BuildIndex<Spec>();

  State state_{};
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_MACHINE_H_
