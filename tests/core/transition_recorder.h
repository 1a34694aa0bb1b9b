#ifndef SSPILAB_TESTS_CORE_TRANSITION_RECORDER_H_
#define SSPILAB_TESTS_CORE_TRANSITION_RECORDER_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "core/machine.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/support/process_transitions.h"

namespace sspilab::testing {

// "NTLM initiator: Start --Begun".
inline std::string Describe(const MachineDescription& machine, uint8_t from,
                            uint8_t event) {
  return std::string(machine.name) + ": " + std::string(machine.states[from]) +
         " --" + std::string(machine.events[event]);
}

// Collects what all machines do in all the labs of a test, and expects that
// their tables have it.
class TransitionRecorder : public WorldObserver {
 public:
  void OnTransition(const TransitionTaken& t) override {
    EXPECT_TRUE(t.declared) << Describe(*t.machine, t.from, t.event);
    taken.insert({t.machine->name, t.from, t.event});
    if (counts_ != nullptr) counts_->Count(t);
  }

  std::set<std::tuple<std::string_view, uint8_t, uint8_t>> taken;

 private:
  sim::TransitionCounts* const counts_ = ProcessTransitions();
};

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_TRANSITION_RECORDER_H_
