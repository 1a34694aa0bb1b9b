// Exchanges over the packages other than NTLM, between the reference callers.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/fault.h"
#include "sim/recorder.h"
#include "sim/render/field_tree.h"
#include "sim/render/tls_fields.h"
#include "sim/render/token_fields.h"
#include "sim/render/x509_fields.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// "client DecryptMessage SEC_I_RENEGOTIATE".
std::vector<std::string> CallsOf(const Trace& trace) {
  std::vector<std::string> calls;
  for (const TraceEvent& event : trace.events) {
    if (const auto* call = std::get_if<TraceCall>(&event)) {
      calls.push_back(std::string(kSideNames[static_cast<size_t>(call->side)]) +
                      " " + call->function + " " + StatusName(call->status));
    }
  }
  return calls;
}

Trace Record(const Scenario& scenario, Outcome* outcome) {
  Recorder recorder;
  *outcome = RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  return {scenario, recorder.TakeEvents()};
}

Outcome RunOnce(const Scenario& scenario) {
  return RunScenario(scenario, InitSecurityInterfaceW());
}

std::string Reason(const Outcome& outcome) {
  return "client " + StatusName(outcome.client.status) + ", server " +
         StatusName(outcome.server.status) + " " + outcome.impossible;
}

Scenario Tls12(Scenario scenario) {
  scenario.exchange.client.caller.tls.protocols = SP_PROT_TLS1_2_CLIENT;
  return scenario;
}

Scenario WithClientCertificate(Scenario scenario) {
  scenario.client_certificate = "alice";
  scenario.exchange.client.caller.tls.shows_certificate =
      ShowsCertificate::kOnDemand;
  scenario.exchange.server.requirements |= ASC_REQ_MUTUAL_AUTH;
  return scenario;
}

struct Case {
  std::string name;
  std::function<Scenario()> scenario;
};

class PackagesTest : public ::testing::TestWithParam<Case> {
 protected:
  Scenario scenario_ = GetParam().scenario();
};

TEST_P(PackagesTest, BothSidesAreContentAndNothingLeaks) {
  const Outcome outcome = RunOnce(scenario_);
  EXPECT_TRUE(outcome.ok) << Reason(outcome);
  EXPECT_TRUE(outcome.same_key);
  EXPECT_EQ(outcome.leaked_allocations, 0u);
  EXPECT_FALSE(outcome.stalled);
  EXPECT_EQ(std::string(outcome.server.received.begin(),
                        outcome.server.received.end()),
            scenario_.exchange.client.caller.message);
}

// A trace read back runs again to the same bytes, and only the same seed does.
TEST_P(PackagesTest, ReplaysToTheByte) {
  Outcome outcome;
  const absl::StatusOr<std::string> json =
      TraceToJson(Record(scenario_, &outcome));
  ASSERT_TRUE(json.ok()) << json.status();
  const absl::StatusOr<Trace> trace = TraceFromJson(*json, "test");
  ASSERT_TRUE(trace.ok()) << trace.status();
  EXPECT_EQ(TraceToJson(*trace).value_or(""), *json);
  EXPECT_EQ(TraceToJson(Record(trace->scenario, &outcome)).value_or(""), *json);
  Scenario other = scenario_;
  ++other.seed;
  EXPECT_NE(TraceToJson(Record(other, &outcome)).value_or(""), *json);
}

// Every token, and all that goes encrypted in one, is well-formed for the
// dissectors: theirs is another parser than that of the packages.
TEST_P(PackagesTest, EveryTokenCanBeTakenApart) {
  Outcome outcome;
  size_t tokens = 0;
  for (const TraceEvent& event : Record(scenario_, &outcome).events) {
    const auto* wire = std::get_if<TraceWire>(&event);
    if (wire != nullptr && wire->what == TraceWire::What::kSend &&
        wire->kind == MessageKind::kToken) {
      const FieldTree tree = TokenFields(wire->bytes);
      EXPECT_EQ(tree.error, "") << FieldTreeToText(tree, 100);
      EXPECT_NE(tree.root.name, "token");
      ++tokens;
    }
    if (const auto* inner = std::get_if<TraceInner>(&event)) {
      const FieldTree tree = inner->kind == InnerMessage::kTlsHandshake
                                 ? TlsHandshakeFields(inner->bytes)
                                 : TokenFields(inner->bytes);
      EXPECT_EQ(tree.error, "") << FieldTreeToText(tree, 100);
    }
  }
  EXPECT_GE(tokens, 2u);
}

// On a stream no cut does harm, wherever it is.
TEST_P(PackagesTest, AStreamMayBeCutAnywhereWithoutHarm) {
  scenario_.exchange.form = WireForm::kStream;
  for (const Direction direction :
       {Direction::kToServer, Direction::kToClient}) {
    for (uint32_t leg = 1; leg <= 4; ++leg) {
      for (const uint32_t offset : {1u, 5u, 7u, 20u, 200u}) {
        scenario_.exchange.faults = {
            {FaultKind::kSplit, direction, leg, offset}};
        const Outcome outcome = RunOnce(scenario_);
        EXPECT_TRUE(outcome.ok) << FaultToString(scenario_.exchange.faults[0])
                                << " " << Reason(outcome);
      }
    }
  }
}

// Keys from passwords take their time, most of all those of RFC 8009.
Scenario OneEtype(Scenario scenario) {
  scenario.realms.front().policy.etypes = {kerberos::Etype::kAes256CtsHmacSha1};
  return scenario;
}

std::vector<Case> Cases() {
  return {
      {"Negotiate", [] { return ReferenceScenario(Package::kNegotiate); }},
      {"Kerberos",
       [] { return OneEtype(ReferenceScenario(Package::kKerberos)); }},
      {"KerberosDceStyle",
       [] {
         Scenario scenario = ReferenceScenario(Package::kKerberos);
         scenario.exchange.client.caller.requirements |= ISC_REQ_USE_DCE_STYLE;
         return OneEtype(std::move(scenario));
       }},
      {"NegotiateKerberos",
       [] {
         Scenario scenario = ReferenceScenario(Package::kNegotiate);
         scenario.realms = {ReferenceRealm(scenario)};
         return OneEtype(std::move(scenario));
       }},
      {"Schannel", [] { return ReferenceScenario(Package::kSchannel); }},
      {"Schannel12",
       [] { return Tls12(ReferenceScenario(Package::kSchannel)); }},
      {"SchannelClientCertificate",
       [] {
         return WithClientCertificate(ReferenceScenario(Package::kSchannel));
       }},
      {"Schannel12ClientCertificate",
       [] {
         return Tls12(
             WithClientCertificate(ReferenceScenario(Package::kSchannel)));
       }},
      {"CredSsp", [] { return ReferenceScenario(Package::kCredSsp); }},
      {"CredSsp12", [] { return Tls12(ReferenceScenario(Package::kCredSsp)); }},
  };
}

INSTANTIATE_TEST_SUITE_P(All, PackagesTest, ::testing::ValuesIn(Cases()),
                         [](const auto& test) { return test.param.name; });

// Streams find their own borders: without headers around them, too, a token may
// come in pieces. SEC_E_INCOMPLETE_MESSAGE is then the caller's only help.
TEST(SchannelExchangeTest, TokensInPiecesAreIncompleteMessages) {
  for (const Scenario& reference :
       {ReferenceScenario(Package::kSchannel),
        Tls12(ReferenceScenario(Package::kSchannel))}) {
    for (uint32_t offset = 1; offset < 900; offset += 37) {
      Scenario scenario = reference;
      scenario.exchange.faults = {
          {FaultKind::kSplit, Direction::kToServer, 1, offset},
          {FaultKind::kSplit, Direction::kToClient, 1, offset}};
      Outcome outcome;
      const Trace trace = Record(scenario, &outcome);
      EXPECT_TRUE(outcome.ok) << offset << " " << Reason(outcome);
      if (offset < 200) {
        EXPECT_THAT(CallsOf(trace), Contains("server AcceptSecurityContext "
                                             "SEC_E_INCOMPLETE_MESSAGE"));
      }
    }
  }
}

TEST(SchannelExchangeTest, BothSeeTheSameConnection) {
  Scenario scenario =
      WithClientCertificate(ReferenceScenario(Package::kSchannel));
  scenario.exchange.client.caller.tls.application_protocols = {"b", "a"};
  scenario.exchange.server.tls.application_protocols = {"a", "c"};
  const Outcome outcome = RunOnce(scenario);
  ASSERT_TRUE(outcome.ok) << Reason(outcome);
  const StreamView& client = *outcome.client.stream;
  const StreamView& server = *outcome.server.stream;
  EXPECT_EQ(client.protocol, 0x0304u);
  EXPECT_EQ(server.protocol, 0x0304u);
  EXPECT_EQ(client.cipher_suite, server.cipher_suite);
  EXPECT_EQ(client.application_protocol, "a");
  EXPECT_EQ(server.application_protocol, "a");
  EXPECT_EQ(X509Subject(client.peer_certificate), "CN=server.example.test");
  EXPECT_EQ(X509Subject(server.peer_certificate), "CN=alice");
}

TEST(SchannelExchangeTest, IncompleteCredentialsAreMadeUpFor) {
  Outcome outcome;
  Scenario scenario =
      WithClientCertificate(ReferenceScenario(Package::kSchannel));
  EXPECT_THAT(CallsOf(Record(scenario, &outcome)),
              Contains("client InitializeSecurityContextW "
                       "SEC_I_INCOMPLETE_CREDENTIALS"));
  EXPECT_TRUE(outcome.ok);
  // It goes on without one, and the server does not mind.
  scenario.exchange.client.caller.tls.shows_certificate =
      ShowsCertificate::kNever;
  EXPECT_THAT(CallsOf(Record(scenario, &outcome)),
              Contains("client InitializeSecurityContextW "
                       "SEC_I_INCOMPLETE_CREDENTIALS"));
  EXPECT_TRUE(outcome.server.stream == std::nullopt ||
              outcome.server.stream->peer_certificate.empty());
  // From the start.
  scenario.exchange.client.caller.tls.shows_certificate =
      ShowsCertificate::kAlways;
  EXPECT_THAT(CallsOf(Record(scenario, &outcome)),
              Not(Contains("client InitializeSecurityContextW "
                           "SEC_I_INCOMPLETE_CREDENTIALS")));
  EXPECT_TRUE(outcome.ok) << Reason(outcome);
}

TEST(SchannelExchangeTest, ATicketComesAfterTheHandshake) {
  Outcome outcome;
  EXPECT_THAT(CallsOf(Record(ReferenceScenario(Package::kSchannel), &outcome)),
              Contains("client DecryptMessage SEC_I_RENEGOTIATE"));
  EXPECT_THAT(
      CallsOf(Record(Tls12(ReferenceScenario(Package::kSchannel)), &outcome)),
      Not(Contains("client DecryptMessage SEC_I_RENEGOTIATE")));
}

// The alert that the client asked for tells the server why.
TEST(SchannelExchangeTest, WhoGivesUpSaysSo) {
  Scenario scenario = ReferenceScenario(Package::kSchannel);
  scenario.exchange.client.target = u"other.example.test";
  Outcome outcome;
  CallsOf(Record(scenario, &outcome));
  EXPECT_EQ(outcome.client.status, SEC_E_WRONG_PRINCIPAL);
  EXPECT_EQ(outcome.gave_up_first, Side::kClient);
  EXPECT_EQ(outcome.server.ending, Ending::kCallFailed);
  EXPECT_EQ(outcome.server.status, SEC_E_CERT_UNKNOWN);
  EXPECT_EQ(outcome.leaked_allocations, 0u);
  // Without it there is only the verdict.
  scenario.exchange.client.caller.requirements &=
      ~uint32_t{ISC_REQ_EXTENDED_ERROR};
  EXPECT_EQ(RunOnce(scenario).server.ending, Ending::kRefusedByPeer);
}

TEST(SchannelExchangeTest, ACertificateThatCannotBeMadeIsSaidToBe) {
  Scenario scenario = ReferenceScenario(Package::kSchannel);
  // RFC 5280: ub-common-name is 64.
  scenario.client_certificate = std::string(65, 'x');
  const Outcome outcome = RunOnce(scenario);
  EXPECT_FALSE(outcome.ok);
  EXPECT_NE(outcome.impossible, "");
}

// Faults find the fields of tokens by the names that decode prints.
TEST(KerberosExchangeTest, WhatIsBentIsFound) {
  const struct {
    std::string_view fault;
    SECURITY_STATUS server;
  } cases[] = {
      // Not decryptable by the service's key: not for it.
      {"flip:to-server:1:AP-REQ.Ticket.enc-part+40", SEC_E_LOGON_DENIED},
      {"flip:to-server:1:AP-REQ.authenticator+40", SEC_E_MESSAGE_ALTERED},
      {"set:to-server:1:AP-REQ.msg-type+4:13", SEC_E_INVALID_TOKEN},
  };
  for (const auto& [fault, server] : cases) {
    Scenario scenario = ReferenceScenario(Package::kKerberos);
    scenario.exchange.faults = {*ParseFault(fault)};
    const Outcome outcome = RunOnce(scenario);
    EXPECT_FALSE(outcome.ok) << fault;
    EXPECT_EQ(outcome.gave_up_first, Side::kServer) << fault;
    EXPECT_EQ(outcome.server.status, server) << fault;
    EXPECT_EQ(outcome.leaked_allocations, 0u) << fault;
  }
  Scenario scenario = ReferenceScenario(Package::kKerberos);
  scenario.exchange.faults = {
      *ParseFault("flip:to-client:1:AP-REP.enc-part+40")};
  EXPECT_EQ(RunOnce(scenario).client.status, SEC_E_MUTUAL_AUTH_FAILED);
}

TEST(KerberosExchangeTest, ARealmThatDoesNotAnswer) {
  Scenario scenario = ReferenceScenario(Package::kKerberos);
  scenario.realms.front().reachable = false;
  Outcome outcome;
  const Trace trace = Record(scenario, &outcome);
  EXPECT_EQ(outcome.client.status, SEC_E_NO_AUTHENTICATING_AUTHORITY);
  std::vector<size_t> sizes;
  for (const TraceEvent& event : trace.events) {
    if (const auto* kdc = std::get_if<TraceKdc>(&event)) {
      sizes.push_back(kdc->bytes.size());
    }
  }
  ASSERT_EQ(sizes.size(), 2u);
  EXPECT_GT(sizes[0], 0u);
  EXPECT_EQ(sizes[1], 0u);
}

// Two realms of which one trusts the other: the client is sent on.
TEST(KerberosExchangeTest, AServiceOfAnotherRealm) {
  Scenario scenario = ReferenceScenario(Package::kKerberos);
  ScenarioRealm partner{.name = "PARTNER.TEST"};
  partner.principals = {scenario.realms.front().principals.back()};
  partner.principals.front().aliases = {"host/server.partner.test"};
  scenario.realms.front().principals.pop_back();
  scenario.realms.front().trusted_by = {"PARTNER.TEST"};
  scenario.realms.push_back(partner);
  scenario.exchange.client.target = u"host/server.partner.test";
  const Outcome outcome = RunOnce(scenario);
  EXPECT_TRUE(outcome.ok) << Reason(outcome);
  EXPECT_EQ(outcome.server.identity, u"EXAMPLE\\alice");
  scenario.realms.front().trusted_by.clear();
  EXPECT_EQ(RunOnce(scenario).client.status, SEC_E_TARGET_UNKNOWN);
}

// Keys as such are as good as those of a password.
TEST(KerberosExchangeTest, AServiceWithAKeyOfItsOwn) {
  Scenario scenario = ReferenceScenario(Package::kKerberos);
  ScenarioPrincipal& machine = scenario.realms.front().principals.back();
  machine.password.clear();
  machine.keys = {*kerberos::Key::Of(17, std::vector<uint8_t>(16, 7))};
  const Outcome outcome = RunOnce(scenario);
  EXPECT_TRUE(outcome.ok) << Reason(outcome);
}

TEST(CredSspExchangeTest, TheServerHasWhatWasDelegated) {
  const Outcome outcome = RunOnce(ReferenceScenario(Package::kCredSsp));
  ASSERT_TRUE(outcome.ok) << Reason(outcome);
  EXPECT_EQ(outcome.server.stream->delegated, u"EXAMPLE\\alice");
  EXPECT_EQ(outcome.server.identity, u"EXAMPLE\\alice");
  EXPECT_EQ(outcome.client.stream->delegated, u"");
  // Without the flag it is an empty set.
  Scenario scenario = ReferenceScenario(Package::kCredSsp);
  scenario.exchange.client.caller.requirements &= ~uint32_t{ISC_REQ_DELEGATE};
  const Outcome empty = RunOnce(scenario);
  ASSERT_TRUE(empty.ok) << Reason(empty);
  EXPECT_EQ(empty.server.stream->delegated, u"");
}

TEST(CredSspExchangeTest, AWrongPasswordIsDenied) {
  Scenario scenario = ReferenceScenario(Package::kCredSsp);
  scenario.exchange.client.identity->password = u"wrong";
  const Outcome outcome = RunOnce(scenario);
  EXPECT_FALSE(outcome.ok);
  EXPECT_EQ(outcome.gave_up_first, Side::kServer);
  EXPECT_EQ(outcome.server.status, SEC_E_LOGON_DENIED);
  EXPECT_EQ(outcome.leaked_allocations, 0u);
}

// Who watches sees what is encrypted: by depth, in the order in which it goes.
TEST(CredSspExchangeTest, InnerMessagesAreRecorded) {
  Outcome outcome;
  std::vector<std::string> names;
  for (const TraceEvent& event :
       Record(ReferenceScenario(Package::kCredSsp), &outcome).events) {
    const auto* inner = std::get_if<TraceInner>(&event);
    if (inner != nullptr && inner->side == Side::kServer &&
        inner->kind == InnerMessage::kTlsHandshake) {
      names.push_back(TlsHandshakeFields(inner->bytes).root.name);
    } else if (inner != nullptr) {
      names.push_back(TokenFields(inner->bytes).root.name);
    }
  }
  EXPECT_THAT(
      names,
      ::testing::ElementsAre(
          "EncryptedExtensions", "Certificate", "CertificateVerify", "Finished",
          "token", "TSRequest", "NewSessionTicket", "TSRequest", "TSRequest",
          "TSRequest", "TSRequest", "TSRequest", "TSRequest", "TSCredentials"));
}

}  // namespace
}  // namespace sspilab::sim
