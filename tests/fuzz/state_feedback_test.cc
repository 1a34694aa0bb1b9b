#include "fuzz/state_feedback.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <vector>

#include "core/machines.h"
#include "core/status.h"
#include "fuzz/ablations.h"
#include "fuzz/oracles.h"
#include "fuzz/uncounted.h"

namespace sspilab::fuzz {
namespace {

class StateFeedbackTest : public ::testing::Test {
 protected:
  StateFeedbackTest() {
    std::fill(StateCounters().begin(), StateCounters().end(), uint8_t{0});
  }
  ~StateFeedbackTest() override { RunWithout(0); }
};

// All transitions that the tables allow: a row for each status where it is that
// of a machine inside.
std::vector<TransitionTaken> Allowed() {
  std::vector<TransitionTaken> all;
  for (int package = 0; package < kPackageCount; ++package) {
    for (const MachineDescription* machine :
         MachinesOf(static_cast<Package>(package))) {
      for (const MachineDescription::Row& row : machine->rows) {
        if (row.status != kStatusFromInside) {
          all.push_back(
              {machine, row.from, row.event, row.to, row.status, true});
          continue;
        }
        for (const StatusInfo& status : AllStatuses()) {
          all.push_back(
              {machine, row.from, row.event, row.to, status.value, true});
        }
      }
    }
  }
  return all;
}

TEST_F(StateFeedbackTest, EachTransitionHasACounterOfItsOwn) {
  std::set<size_t> counters;
  for (const TransitionTaken& transition : Allowed()) {
    const std::optional<size_t> counter = StateCounterOf(transition);
    ASSERT_TRUE(counter.has_value());
    EXPECT_TRUE(counters.insert(*counter).second);
  }
  EXPECT_EQ(counters.size(), StateCounters().size());
  EXPECT_EQ(*counters.rbegin(), StateCounters().size() - 1);
}

TEST_F(StateFeedbackTest, CountsUpTo255) {
  const TransitionTaken transition = Allowed().front();
  const size_t counter = *StateCounterOf(transition);
  CountState(transition);
  EXPECT_EQ(StateCounters()[counter], 1);
  for (int i = 0; i < 300; ++i) CountState(transition);
  EXPECT_EQ(StateCounters()[counter], 255);
  EXPECT_EQ(std::count(StateCounters().begin(), StateCounters().end(), 0),
            static_cast<ptrdiff_t>(StateCounters().size() - 1));
}

TEST_F(StateFeedbackTest, WhatIsUncountedLeavesNoTrace) {
  const TransitionTaken transition = Allowed().front();
  const size_t counter = *StateCounterOf(transition);
  CountState(transition);
  {
    const Uncounted once;
    CountState(transition);
    EXPECT_EQ(StateCounters()[counter], 2);
  }
  EXPECT_EQ(StateCounters()[counter], 1);
}

TEST_F(StateFeedbackTest, SequencesAreTold) {
  const auto told = [](std::initializer_list<SECURITY_STATUS> statuses) {
    std::fill(SequenceCounters().begin(), SequenceCounters().end(), uint8_t{0});
    Watch watch(Package::kNtlm);
    for (const SECURITY_STATUS status : statuses) {
      watch.Run(Role::kInitiator, Call::kMakeSignature,
                [status] { return status; });
    }
    return std::vector<uint8_t>(SequenceCounters().begin(),
                                SequenceCounters().end());
  };
  const auto of_two = told({SEC_E_OK, SEC_E_INVALID_HANDLE});
  EXPECT_EQ(std::count(of_two.begin(), of_two.end(), 1), 2);
  EXPECT_NE(told({SEC_E_INVALID_HANDLE, SEC_E_OK}), of_two);
  EXPECT_EQ(told({SEC_E_OK, SEC_E_INVALID_HANDLE}), of_two);
  // How often does not count.
  EXPECT_EQ(told({SEC_E_OK, SEC_E_OK, SEC_E_OK}),
            told({SEC_E_OK, SEC_E_OK, SEC_E_OK, SEC_E_OK}));
  RunWithout(1u << static_cast<unsigned>(Part::kStateFeedback));
  const auto without = told({SEC_E_OK});
  EXPECT_EQ(std::count(without.begin(), without.end(), 0),
            static_cast<ptrdiff_t>(kSequenceCounters));
}

TEST_F(StateFeedbackTest, WhatAWatchSeesIsCounted) {
  const MachineDescription& machine = *MachinesOf(Package::kNtlm).front();
  const MachineDescription::Row& row = machine.rows.front();
  const TransitionTaken begun = {&machine, row.from,   row.event,
                                 row.to,   row.status, true};
  Watch watch(Package::kNtlm);
  watch.Run(Role::kInitiator, Call::kInitializeSecurityContext, [&] {
    watch.OnTransition(begun);
    return begun.status;
  });
  EXPECT_EQ(StateCounters()[*StateCounterOf(begun)], 1);
}

TEST_F(StateFeedbackTest, CanBeSwitchedOff) {
  RunWithout(*ParseParts("state"));
  CountState(Allowed().front());
  EXPECT_EQ(std::count(StateCounters().begin(), StateCounters().end(), 0),
            static_cast<ptrdiff_t>(StateCounters().size()));
}

TEST_F(StateFeedbackTest, RulesCanBeSwitchedOff) {
  RunWithout(*ParseParts("oracles"));
  Watch watch(Package::kNtlm);
  watch.Require(false, Rule::kBalance);
  Fail(Rule::kBalance, "");
  SUCCEED();
}

}  // namespace
}  // namespace sspilab::fuzz
