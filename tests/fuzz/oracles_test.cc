#include "fuzz/oracles.h"

#include <gtest/gtest.h>

#include "core/machines.h"
#include "core/sspi.h"

namespace sspilab::fuzz {
namespace {

const MachineDescription& Initiator() {
  return *MachinesOf(Package::kNtlm).front();
}

// The transition that row `index` of the initiator's table declares.
TransitionTaken Declared(size_t index) {
  const MachineDescription::Row& row = Initiator().rows[index];
  return {&Initiator(), row.from, row.event, row.to, row.status, true};
}

SECURITY_STATUS Initialize(Watch& watch, SECURITY_STATUS status,
                           std::initializer_list<TransitionTaken> moves) {
  return watch.Run(Role::kInitiator, Call::kInitializeSecurityContext, [&] {
    for (const TransitionTaken& move : moves) watch.OnTransition(move);
    return status;
  });
}

TEST(WatchTest, LetsACallPassThatTheTablesKnow) {
  Watch watch(Package::kNtlm);
  const TransitionTaken begun = Declared(0);
  EXPECT_EQ(Initialize(watch, begun.status, {begun}), begun.status);
  ASSERT_NE(watch.transition(), nullptr);
  EXPECT_EQ(watch.transition()->to, begun.to);
  EXPECT_EQ(Initialize(watch, SEC_E_INVALID_HANDLE, {}), SEC_E_INVALID_HANDLE);
  EXPECT_EQ(watch.transition(), nullptr);
}

TEST(WatchDeathTest, StatusThatTheCallNeverReturns) {
  Watch watch(Package::kNtlm);
  EXPECT_DEATH(Initialize(watch, SEC_E_INCOMPLETE_MESSAGE, {}),
               "broken rule LegalStatus");
}

TEST(WatchDeathTest, TransitionThatIsNotInTheTable) {
  Watch watch(Package::kNtlm);
  TransitionTaken wrong = Declared(0);
  wrong.to = wrong.from;
  EXPECT_DEATH(Initialize(watch, wrong.status, {wrong}),
               "broken rule DeclaredTransition.*\n.*NTLM initiator in Start");
  wrong = Declared(0);
  wrong.declared = false;
  EXPECT_DEATH(Initialize(watch, wrong.status, {wrong}),
               "broken rule DeclaredTransition");
}

TEST(WatchDeathTest, StatusThatIsNotTheTransitions) {
  Watch watch(Package::kNtlm);
  EXPECT_DEATH(Initialize(watch, SEC_E_OK, {Declared(0)}),
               "broken rule StatusIsTheMachines");
  EXPECT_DEATH(Initialize(watch, SEC_E_OK, {}), "no transition");
  const TransitionTaken begun = Declared(0);
  EXPECT_DEATH(Initialize(watch, begun.status, {begun, begun}),
               "two transitions");
  EXPECT_DEATH(watch.Run(Role::kAcceptor, Call::kDeleteSecurityContext,
                         [&] {
                           watch.OnTransition(begun);
                           return SEC_E_OK;
                         }),
               "a call that is not the machine's");
}

TEST(WatchDeathTest, DrawsWhatHappenedBefore) {
  Watch watch(Package::kNtlm);
  const TransitionTaken begun = Declared(0);
  Initialize(watch, begun.status, {begun});
  watch.Passed(Role::kInitiator, 40, 39, true);
  EXPECT_DEATH(
      watch.Require(false, Rule::kBalance),
      "broken rule Balance: When all handles are closed.*initiator +acceptor.*"
      "InitializeSecurityContext → SEC_I_CONTINUE_NEEDED  .NegotiateSent.*"
      "token · 40 bytes .* changed, 39 arrive ");
}

TEST(WatchTest, DigestTellsRunsApart) {
  Watch one(Package::kNtlm), same(Package::kNtlm), other(Package::kNtlm);
  Initialize(one, SEC_E_INVALID_HANDLE, {});
  Initialize(same, SEC_E_INVALID_HANDLE, {});
  Initialize(other, SEC_E_INVALID_TOKEN, {});
  EXPECT_EQ(one.digest(), same.digest());
  EXPECT_NE(one.digest(), other.digest());
}

}  // namespace
}  // namespace sspilab::fuzz
