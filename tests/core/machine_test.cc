#include "core/machine.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sspilab {
namespace {

using ::testing::ElementsAre;

struct DoorSpec {
  enum class State : uint8_t { kShut, kOpen, kBroken };
  enum class Event : uint8_t { kPull, kPush, kKick };

  static constexpr std::string_view kName = "door";
  static constexpr std::array<std::string_view, 3> kStateNames = {
      "Shut", "Open", "Broken"};
  static constexpr std::array<std::string_view, 3> kEventNames = {
      "Pull", "Push", "Kick"};
  static constexpr auto kTransitions = std::to_array<Transition<State, Event>>({
      {State::kShut, Event::kPull, State::kOpen, SEC_I_CONTINUE_NEEDED},
      {State::kOpen, Event::kPush, State::kShut, SEC_E_OK},
      {State::kShut, Event::kKick, State::kBroken, SEC_E_OUT_OF_SEQUENCE},
      {State::kOpen, Event::kKick, State::kOpen, SEC_E_INVALID_TOKEN},
  });
};

using State = DoorSpec::State;
using Event = DoorSpec::Event;

struct Log {
  void OnTransition(const TransitionTaken& taken) {
    const MachineDescription& m = *taken.machine;
    lines.push_back(absl::StrCat(
        m.name, ": ", m.states[taken.from], " ", m.events[taken.event], " ",
        m.states[taken.to], " ", absl::Hex(static_cast<uint32_t>(taken.status)),
        taken.declared ? "" : " undeclared"));
  }
  std::vector<std::string> lines;
};

TEST(MachineTest, StartsInTheFirstState) {
  const Machine<DoorSpec> door;
  EXPECT_EQ(door.state(), State::kShut);
}

TEST(MachineTest, TheTableSaysStateAndStatus) {
  Machine<DoorSpec> door;
  Log log;
  EXPECT_EQ(door.Take(Event::kPull, &log), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(door.state(), State::kOpen);
  EXPECT_EQ(door.Take(Event::kKick, &log), SEC_E_INVALID_TOKEN);
  EXPECT_EQ(door.state(), State::kOpen);
  EXPECT_EQ(door.Take(Event::kPush, &log), SEC_E_OK);
  EXPECT_EQ(door.Take(Event::kKick, &log), SEC_E_OUT_OF_SEQUENCE);
  EXPECT_EQ(door.state(), State::kBroken);
  EXPECT_THAT(
      log.lines,
      ElementsAre("door: Shut Pull Open 90312", "door: Open Kick Open 80090308",
                  "door: Open Push Shut 0", "door: Shut Kick Broken 80090310"));
}

TEST(MachineTest, NeedsNoObserver) {
  Machine<DoorSpec> door;
  EXPECT_EQ(door.Take(Event::kPull, static_cast<Log*>(nullptr)),
            SEC_I_CONTINUE_NEEDED);
}

// Debug checks stop the program; without them it is an error of the call, the
// state stays, and the observer is told.
TEST(MachineTest, UndeclaredPairDoesNotHappenSilently) {
  Machine<DoorSpec> door;
  Log log;
#ifdef NDEBUG
  EXPECT_EQ(door.Take(Event::kPush, &log), SEC_E_INTERNAL_ERROR);
  EXPECT_EQ(door.state(), State::kShut);
  EXPECT_THAT(log.lines,
              ElementsAre("door: Shut Push Shut 80090304 undeclared"));
#else
  EXPECT_DEATH(static_cast<void>(door.Take(Event::kPush, &log)), "declared");
#endif
}

TEST(MachineTest, DescriptionIsTheTable) {
  const MachineDescription& description = kDescription<DoorSpec>;
  EXPECT_EQ(description.name, "door");
  EXPECT_THAT(description.states, ElementsAre("Shut", "Open", "Broken"));
  EXPECT_THAT(description.events, ElementsAre("Pull", "Push", "Kick"));
  ASSERT_EQ(description.rows.size(), DoorSpec::kTransitions.size());
  for (size_t i = 0; i < description.rows.size(); ++i) {
    const MachineDescription::Row& row = description.rows[i];
    const Transition<State, Event>& declared = DoorSpec::kTransitions[i];
    EXPECT_EQ(row.from, static_cast<uint8_t>(declared.from));
    EXPECT_EQ(row.event, static_cast<uint8_t>(declared.event));
    EXPECT_EQ(row.to, static_cast<uint8_t>(declared.to));
    EXPECT_EQ(row.status, declared.status);
  }
}

}  // namespace
}  // namespace sspilab
