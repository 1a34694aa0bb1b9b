#include "sim/exchange.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Outcome RunOnce(const Scenario& scenario) {
  return RunScenario(scenario, InitSecurityInterfaceW());
}

std::string RunToJson(const Scenario& scenario) {
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  const absl::StatusOr<std::string> json =
      TraceToJson({scenario, recorder.TakeEvents()});
  EXPECT_TRUE(json.ok()) << json.status();
  return json.value_or("");
}

// "AcceptSecurityContext SEC_E_OK" for each call of `side`.
std::vector<std::string> CallsOf(Side side, const Scenario& scenario) {
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  std::vector<std::string> calls;
  for (const TraceEvent& event : recorder.events()) {
    if (const auto* call = std::get_if<TraceCall>(&event);
        call != nullptr && call->side == side) {
      calls.push_back(call->function + " " + StatusName(call->status));
    }
  }
  return calls;
}

Scenario WithFault(const Fault& fault, WireForm form) {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.form = form;
  scenario.exchange.faults = {fault};
  return scenario;
}

TEST(ExchangeTest, BothSidesAuthenticateAndAgree) {
  const Outcome outcome = RunOnce(ReferenceScenario());
  EXPECT_TRUE(outcome.ok);
  EXPECT_EQ(outcome.client.ending, Ending::kAuthenticated);
  EXPECT_EQ(outcome.server.ending, Ending::kAuthenticated);
  EXPECT_EQ(outcome.client.status, SEC_E_OK);
  EXPECT_EQ(outcome.server.status, SEC_E_OK);
  EXPECT_EQ(outcome.client.legs, 2u);
  EXPECT_EQ(outcome.server.legs, 2u);
  EXPECT_TRUE(outcome.same_key);
  EXPECT_THAT(outcome.client.session_key, SizeIs(16));
  EXPECT_EQ(outcome.server.identity, u"EXAMPLE\\alice");
  EXPECT_EQ(outcome.server.package, u"NTLM");
  EXPECT_EQ(std::string(outcome.server.received.begin(),
                        outcome.server.received.end()),
            ReferenceScenario().exchange.client.caller.message);
  EXPECT_FALSE(outcome.stalled);
  EXPECT_EQ(outcome.leaked_allocations, 0u);
}

TEST(ExchangeTest, WrongPasswordIsDeniedAndTheClientIsTold) {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.client.identity->password = u"wrong horse";
  const Outcome outcome = RunOnce(scenario);
  EXPECT_FALSE(outcome.ok);
  EXPECT_EQ(outcome.server.ending, Ending::kCallFailed);
  EXPECT_EQ(outcome.server.call, "AcceptSecurityContext");
  EXPECT_EQ(outcome.server.status, SEC_E_LOGON_DENIED);
  EXPECT_EQ(outcome.client.ending, Ending::kRefusedByPeer);
  EXPECT_FALSE(outcome.stalled);
  EXPECT_EQ(outcome.leaked_allocations, 0u);
}

TEST(ExchangeTest, ADisabledAccountIsDenied) {
  Scenario scenario = ReferenceScenario();
  scenario.accounts[0].state = AccountState::kDisabled;
  const Outcome outcome = RunOnce(scenario);
  EXPECT_FALSE(outcome.ok);
  EXPECT_EQ(outcome.server.ending, Ending::kCallFailed);
  EXPECT_LT(outcome.server.status, 0);
}

TEST(ExchangeTest, TruncatedTokensFailAtEveryLength) {
  for (uint32_t offset = 0; offset < 440; ++offset) {
    const Outcome outcome = RunOnce(
        WithFault({FaultKind::kTruncate, Direction::kToServer, 2, offset},
                  WireForm::kMessage));
    EXPECT_FALSE(outcome.ok) << "cut off at " << offset;
    EXPECT_EQ(outcome.server.ending, Ending::kCallFailed)
        << "cut off at " << offset;
    EXPECT_EQ(outcome.client.ending, Ending::kRefusedByPeer);
    EXPECT_EQ(outcome.leaked_allocations, 0u);
  }
}

TEST(ExchangeTest, ATruncatedChallengeFailsTheClient) {
  const Outcome outcome = RunOnce(WithFault(
      {FaultKind::kTruncate, Direction::kToClient, 1, 50}, WireForm::kMessage));
  EXPECT_EQ(outcome.client.ending, Ending::kCallFailed);
  EXPECT_EQ(outcome.client.call, "InitializeSecurityContextW");
  EXPECT_EQ(outcome.client.status, SEC_E_INVALID_TOKEN);
  EXPECT_EQ(outcome.server.ending, Ending::kRefusedByPeer);
  EXPECT_EQ(outcome.leaked_allocations, 0u);
}

TEST(ExchangeTest, AStreamMayBeCutAnywhereWithoutHarm) {
  for (uint32_t offset = 1; offset < 450; ++offset) {
    const Outcome outcome =
        RunOnce(WithFault({FaultKind::kSplit, Direction::kToServer, 2, offset},
                          WireForm::kStream));
    EXPECT_TRUE(outcome.ok) << "split at " << offset;
  }
}

TEST(ExchangeTest, CoalescingOnAStreamDoesNoHarm) {
  for (const Direction direction :
       {Direction::kToServer, Direction::kToClient}) {
    for (uint32_t leg = 1; leg <= 3; ++leg) {
      const Outcome outcome = RunOnce(WithFault(
          {FaultKind::kCoalesce, direction, leg, 0}, WireForm::kStream));
      EXPECT_TRUE(outcome.ok) << "leg " << leg;
      EXPECT_FALSE(outcome.stalled);
    }
  }
}

TEST(ExchangeTest, AStreamThatStopsIsCutAndBothSidesNotice) {
  const Outcome outcome = RunOnce(WithFault(
      {FaultKind::kTruncate, Direction::kToServer, 2, 64}, WireForm::kStream));
  EXPECT_TRUE(outcome.stalled);
  EXPECT_EQ(outcome.client.ending, Ending::kConnectionLost);
  EXPECT_EQ(outcome.server.ending, Ending::kConnectionLost);
  EXPECT_EQ(outcome.leaked_allocations, 0u);
}

TEST(ExchangeTest, UnfinishedTokensAreCompletedBeforeTheyAreSent) {
  Scenario scenario = ReferenceScenario();
  scenario.client.ntlm.complete_auth_token = true;
  scenario.server.ntlm.complete_auth_token = true;
  EXPECT_TRUE(RunOnce(scenario).ok);
  const std::vector<std::string> client = CallsOf(Side::kClient, scenario);
  EXPECT_THAT(client, Contains("InitializeSecurityContextW "
                               "SEC_I_COMPLETE_NEEDED"));
  EXPECT_THAT(client, Contains("CompleteAuthToken SEC_E_OK").Times(1));
  const std::vector<std::string> server = CallsOf(Side::kServer, scenario);
  // The mistake of the sample: done after the first of them.
  EXPECT_THAT(server, Contains("AcceptSecurityContext "
                               "SEC_I_COMPLETE_AND_CONTINUE"));
  EXPECT_THAT(server, Contains("AcceptSecurityContext SEC_I_COMPLETE_NEEDED"));
  EXPECT_THAT(server, Contains("CompleteAuthToken SEC_E_OK").Times(2));
}

TEST(ExchangeTest, AContextThatOnlySignsIsRefusedByAServiceThatSeals) {
  Scenario scenario = ReferenceScenario();
  CallerOptions& client = scenario.exchange.client.caller;
  client.requirements = ISC_REQ_INTEGRITY | ISC_REQ_CONNECTION;
  client.insists_on = 0;
  scenario.exchange.server.requirements = ASC_REQ_INTEGRITY;
  const Outcome refused = RunOnce(scenario);
  EXPECT_EQ(refused.server.ending, Ending::kLacksAttributes);
  EXPECT_EQ(refused.client.ending, Ending::kRefusedByPeer);
  EXPECT_EQ(refused.leaked_allocations, 0u);

  scenario.exchange.server.insists_on = ASC_RET_INTEGRITY;
  EXPECT_TRUE(RunOnce(scenario).ok);
  const std::vector<std::string> calls = CallsOf(Side::kClient, scenario);
  EXPECT_THAT(calls, Contains("MakeSignature SEC_E_OK"));
  EXPECT_THAT(calls, Not(Contains("EncryptMessage SEC_E_OK")));
}

TEST(ExchangeTest, WithoutProtectionNothingIsSent) {
  Scenario scenario = ReferenceScenario();
  CallerOptions& client = scenario.exchange.client.caller;
  client.requirements = ISC_REQ_CONNECTION;
  client.insists_on = 0;
  scenario.exchange.server.requirements = ASC_REQ_CONNECTION;
  scenario.exchange.server.insists_on = 0;
  const Outcome outcome = RunOnce(scenario);
  EXPECT_TRUE(outcome.ok);
  EXPECT_FALSE(outcome.client.sent_message);
  EXPECT_THAT(outcome.server.received, IsEmpty());
}

TEST(ExchangeTest, DatagramBeginsWithTheChallenge) {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.client.caller.requirements =
      ISC_REQ_DATAGRAM | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY;
  scenario.exchange.server.requirements =
      ASC_REQ_DATAGRAM | ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY;
  EXPECT_TRUE(RunOnce(scenario).ok);
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  for (const TraceEvent& event : recorder.events()) {
    if (const auto* wire = std::get_if<TraceWire>(&event)) {
      EXPECT_EQ(wire->direction, Direction::kToClient)
          << "the client spoke first";
      break;
    }
  }
}

TEST(ExchangeTest, BuffersOfTheCallerDoAsWell) {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.client.caller.requirements &=
      ~uint32_t{ISC_REQ_ALLOCATE_MEMORY};
  scenario.exchange.server.requirements |= ASC_REQ_ALLOCATE_MEMORY;
  const Outcome outcome = RunOnce(scenario);
  EXPECT_TRUE(outcome.ok);
  EXPECT_EQ(outcome.leaked_allocations, 0u);
}

TEST(ExchangeTest, AnUnknownPackageFailsBothWithoutHanging) {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.client.caller.package = u"NoSuchPackage";
  scenario.exchange.server.package = u"NoSuchPackage";
  const Outcome outcome = RunOnce(scenario);
  EXPECT_EQ(outcome.client.status, SEC_E_SECPKG_NOT_FOUND);
  EXPECT_EQ(outcome.client.call, "AcquireCredentialsHandleW");
  EXPECT_EQ(outcome.server.status, SEC_E_SECPKG_NOT_FOUND);
}

// Every allocation of the World fails once: nobody may claim success without
// the key, and nothing may stay behind.
TEST(ExchangeTest, MemoryThatRunsOutLeaksNothing) {
  int failures = 0;
  for (uint64_t nth = 1; nth < 60; ++nth) {
    World client_world;
    World server_world;
    server_world.accounts().Add(u"alice", u"EXAMPLE", u"correct horse");
    client_world.memory().FailAt(nth);
    server_world.memory().FailAt(nth);
    SecurityFunctionTableW* table = InitSecurityInterfaceW();
    {
      Exchange exchange({table, &client_world}, {table, &server_world});
      exchange.Run(ReferenceScenario().exchange);
      failures += exchange.authenticated() ? 0 : 1;
      EXPECT_TRUE(!exchange.authenticated() || exchange.same_key());
    }
    EXPECT_EQ(client_world.memory().live_allocations(), 0u) << nth;
    EXPECT_EQ(server_world.memory().live_allocations(), 0u) << nth;
  }
  EXPECT_GT(failures, 5);
}

TEST(ExchangeTest, OneObjectRunsManyExchangesAndTheServiceAcquiresOnce) {
  World client_world;
  World server_world;
  server_world.accounts().Add(u"alice", u"EXAMPLE", u"correct horse");
  SecurityFunctionTableW* table = InitSecurityInterfaceW();
  Recorder recorder;
  Exchange exchange({recorder.Wrap(Side::kClient, table), &client_world},
                    {recorder.Wrap(Side::kServer, table), &server_world});
  const Scenario scenario = ReferenceScenario();
  std::vector<uint8_t> last_key;
  for (int i = 0; i < 3; ++i) {
    exchange.Run(scenario.exchange);
    EXPECT_TRUE(exchange.authenticated());
    EXPECT_TRUE(exchange.same_key());
    const std::vector<uint8_t> key(exchange.client().session_key.begin(),
                                   exchange.client().session_key.end());
    EXPECT_NE(key, last_key);
    last_key = key;
  }
  EXPECT_EQ(exchange.StopService(), SEC_E_OK);
  int acquired = 0;
  for (const TraceEvent& event : recorder.events()) {
    const auto* call = std::get_if<TraceCall>(&event);
    acquired += call != nullptr && call->side == Side::kServer &&
                        call->function == "AcquireCredentialsHandleW"
                    ? 1
                    : 0;
  }
  EXPECT_EQ(acquired, 1);
}

// The client deletes, frees and says so whatever happened.
TEST(ExchangeTest, CallersCloseWhatTheyOpened) {
  for (const bool right : {true, false}) {
    Scenario scenario = ReferenceScenario();
    if (!right) {
      scenario.exchange.client.identity->password = u"wrong";
    }
    for (const Side side : {Side::kClient, Side::kServer}) {
      const std::vector<std::string> calls = CallsOf(side, scenario);
      EXPECT_THAT(calls, Contains("DeleteSecurityContext SEC_E_OK").Times(1));
      EXPECT_THAT(calls, Contains("FreeCredentialsHandle SEC_E_OK").Times(1));
    }
  }
}

TEST(ExchangeTest, TheSameSeedIsTheSameRunToTheByte) {
  Scenario scenario = ReferenceScenario();
  scenario.seed = 42;
  const std::string first = RunToJson(scenario);
  EXPECT_EQ(first, RunToJson(scenario));
  scenario.seed = 43;
  // The header tells the seed: what happened has to differ too.
  const std::string other = RunToJson(scenario);
  EXPECT_NE(first.substr(first.find('\n')), other.substr(other.find('\n')));
}

TEST(ExchangeTest, RecordingChangesNothing) {
  const Scenario scenario = ReferenceScenario();
  Recorder recorder;
  const Outcome recorded =
      RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  const Outcome bare = RunOnce(scenario);
  EXPECT_EQ(recorded.client.session_key, bare.client.session_key);
  EXPECT_EQ(recorded.server.received, bare.server.received);
}

}  // namespace
}  // namespace sspilab::sim
