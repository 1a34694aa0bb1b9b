// The reference callers and our packages break no rule, however it goes.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "sim/checker.h"
#include "sim/exchange.h"
#include "sim/fault.h"
#include "sim/field_places.h"
#include "sim/interceptor.h"
#include "sim/rules.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/scripted.h"
#include "sim/status_watch.h"

namespace sspilab::sim {
namespace {

// Tells the checker what the wire carries. Verdicts and messages are no tokens,
// but that a line ended matters to whoever waits.
class WireToChecker final : public WireObserver {
 public:
  explicit WireToChecker(Checker* checker) : checker_(checker) {}

  void OnSend(Direction direction, uint32_t, MessageKind kind,
              absl::Span<const uint8_t> payload) override {
    if (kind == MessageKind::kToken)
      checker_->OnSend(Sender(direction), payload);
  }
  void OnFault(const Fault&) override {}
  void OnReceive(Direction direction, const Delivery& delivery) override {
    checker_->OnReceive(Receiver(direction), delivery.bytes);
  }
  void OnClose(Direction direction) override {
    checker_->OnReceive(Receiver(direction), {});
  }

 private:
  static Side Sender(Direction direction) {
    return direction == Direction::kToServer ? Side::kClient : Side::kServer;
  }
  static Side Receiver(Direction direction) {
    return direction == Direction::kToServer ? Side::kServer : Side::kClient;
  }
  Checker* const checker_;
};

struct CheckedRun {
  std::vector<RuleBroken> broken;
  bool authenticated;
};

// `earlier` is for faults that need it.
CheckedRun RunChecked(
    const Scenario& scenario, const EarlierSessions* earlier = nullptr,
    SecurityFunctionTableW* server_table = InitSecurityInterfaceW()) {
  ScenarioWorlds worlds(scenario);
  World& client_world = worlds.client;
  World& server_world = worlds.server;
  EXPECT_TRUE(Furnish(scenario, client_world, server_world).ok());
  Checker checker(InitSecurityInterfaceW(), server_table);
  checker.Watch(Side::kClient, &client_world);
  checker.Watch(Side::kServer, &server_world);
  WireToChecker observer(&checker);
  Exchange exchange({checker.table(Side::kClient), &client_world},
                    {checker.table(Side::kServer), &server_world});
  exchange.wire().set_observer(&observer);
  exchange.wire().set_field_finder(FindFieldPlace);
  if (earlier != nullptr) {
    exchange.wire().set_earlier_sessions(earlier);
  }
  exchange.Run(scenario.exchange);
  exchange.StopService();
  checker.OnClaim(Side::kServer, exchange.server().authenticated());
  checker.Finish();
  return {checker.broken(), exchange.authenticated()};
}

void ExpectClean(const Scenario& scenario, const std::string& what,
                 const EarlierSessions* earlier = nullptr) {
  for (const RuleBroken& broken : RunChecked(scenario, earlier).broken) {
    ADD_FAILURE() << what << ": " << broken;
  }
}

constexpr Package kPackages[] = {Package::kNtlm, Package::kNegotiate,
                                 Package::kKerberos, Package::kSchannel,
                                 Package::kCredSsp};
constexpr WireForm kForms[] = {WireForm::kMessage, WireForm::kStream};

TEST(CheckerReferenceTest, TheReferenceExchanges) {
  for (const Package package : kPackages) {
    for (const WireForm form : kForms) {
      Scenario scenario = ReferenceScenario(package);
      scenario.exchange.form = form;
      const CheckedRun run = RunChecked(scenario);
      EXPECT_TRUE(run.authenticated) << PackageName(package);
      for (const RuleBroken& broken : run.broken) {
        ADD_FAILURE() << PackageName(package) << ": " << broken;
      }
    }
  }
}

// Between machines of one domain: Kerberos, also under Negotiate and CredSSP.
// One encryption type is enough, as keys from passwords take longer than the
// rest.
Scenario InDomain(Package package) {
  Scenario scenario = ReferenceScenario(package);
  scenario.realms = {ReferenceRealm(scenario)};
  scenario.realms[0].policy.etypes = {kerberos::Etype::kAes256CtsHmacSha1};
  return scenario;
}

TEST(CheckerReferenceTest, NegotiateWithKerberos) {
  for (const Package package : {Package::kNegotiate, Package::kCredSsp}) {
    for (const WireForm form : kForms) {
      Scenario scenario = InDomain(package);
      scenario.exchange.form = form;
      const CheckedRun run = RunChecked(scenario);
      EXPECT_TRUE(run.authenticated) << PackageName(package);
      for (const RuleBroken& broken : run.broken) {
        ADD_FAILURE() << PackageName(package) << ": " << broken;
      }
    }
  }
}

// A server's package that says something else than it knows.
class Lying final : public Interceptor {
 public:
  using Lie = void (*)(const SspiCall& call);
  explicit Lying(Lie lie) : Interceptor(InitSecurityInterfaceW()), lie_(lie) {}

 private:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    const SECURITY_STATUS status = proceed();
    if (status == SEC_E_OK) lie_(call);
    return status;
  }
  const Lie lie_;
};

bool Asks(const SspiCall& call, ULONG attribute) {
  return call.call == Call::kQueryContextAttributes && call.number == attribute;
}

void LoseFlag(const SspiCall& call, ULONG flag) {
  if (call.call == Call::kAcceptSecurityContext) *call.attributes &= ~flag;
}

// The rules that look at both sides see through Kerberos, too.
TEST(CheckerReferenceTest, BothSidesOfKerberosAreCompared) {
  struct Case {
    RuleId rule;
    Lying::Lie lie;
  };
  constexpr Case kCases[] = {
      {RuleId::kKeysDiffer,
       [](const SspiCall& call) {
         if (Asks(call, SECPKG_ATTR_SESSION_KEY)) {
           ++static_cast<SecPkgContext_SessionKey*>(call.memory)->SessionKey[0];
         }
       }},
      {RuleId::kIdentitiesDiffer,
       [](const SspiCall& call) {
         if (Asks(call, SECPKG_ATTR_NAMES)) {
           static_cast<SecPkgContext_NamesW*>(call.memory)->sUserName[0] = u'#';
         }
       }},
      {RuleId::kFlagsDiffer,
       [](const SspiCall& call) { LoseFlag(call, ASC_RET_CONFIDENTIALITY); }},
      {RuleId::kFlagsDiffer,
       [](const SspiCall& call) { LoseFlag(call, ASC_RET_MUTUAL_AUTH); }},
  };
  for (const Package package : {Package::kKerberos, Package::kNegotiate}) {
    Scenario scenario = InDomain(package);
    scenario.exchange.client.caller.requirements |= ISC_REQ_MUTUAL_AUTH;
    scenario.exchange.server.requirements |= ASC_REQ_MUTUAL_AUTH;
    scenario.exchange.client.caller.insists_on = 0;
    scenario.exchange.server.insists_on = 0;
    for (const Case& of : kCases) {
      Lying lying(of.lie);
      const CheckedRun run = RunChecked(scenario, nullptr, lying.table());
      EXPECT_TRUE(std::any_of(
          run.broken.begin(), run.broken.end(),
          [&](const RuleBroken& broken) { return broken.rule == of.rule; }))
          << PackageName(package) << ": " << RuleOf(of.rule).name;
    }
  }
}

// What is put right where Windows' sample has it wrong: a status that is no
// failure need not be the end of a handshake that went well.
TEST(CheckerReferenceTest, NoOtherSuccessEndsAHandshake) {
  for (const SECURITY_STATUS status :
       {SEC_I_CONTEXT_EXPIRED, SEC_I_NO_RENEGOTIATION, SEC_I_MESSAGE_FRAGMENT,
        SEC_I_SIGNATURE_NEEDED, SEC_I_GENERIC_EXTENSION_RECEIVED}) {
    for (const Call call :
         {Call::kInitializeSecurityContext, Call::kAcceptSecurityContext}) {
      Scripted package(
          InitSecurityInterfaceW(),
          {{.call = call, .nth = 2, .real = true, .status = status}});
      World client;
      World server;
      server.accounts().Add(u"alice", u"EXAMPLE", u"correct horse");
      Exchange exchange({package.table(), &client}, {package.table(), &server});
      exchange.Run(ReferenceScenario().exchange);
      exchange.StopService();
      EXPECT_TRUE(package.used_up());
      EXPECT_FALSE((call == Call::kInitializeSecurityContext
                        ? exchange.client()
                        : exchange.server())
                       .authenticated())
          << StatusName(status);
    }
  }
}

TEST(CheckerReferenceTest, ClientCertificates) {
  for (const WireForm form : {WireForm::kMessage, WireForm::kStream}) {
    Scenario scenario = ReferenceScenario(Package::kSchannel);
    scenario.exchange.form = form;
    scenario.client_certificate = "alice@example.test";
    scenario.exchange.server.requirements |= ASC_REQ_MUTUAL_AUTH;
    scenario.exchange.client.caller.tls.shows_certificate =
        ShowsCertificate::kOnDemand;
    EXPECT_TRUE(RunChecked(scenario).authenticated);
    ExpectClean(scenario, "a client's certificate is asked for");
  }
}

// Each account state, level and minimum; what goes wrong goes wrong cleanly.
TEST(CheckerReferenceTest, PoliciesOfNtlm) {
  for (int client = 0; client <= 5; ++client) {
    for (int server = 0; server <= 5; ++server) {
      Scenario scenario = ReferenceScenario();
      scenario.client.ntlm.lm_compatibility_level = client;
      scenario.server.ntlm.lm_compatibility_level = server;
      ExpectClean(scenario, "levels " + std::to_string(client) + " and " +
                                std::to_string(server));
    }
  }
  for (const bool complete : {false, true}) {
    for (const bool timestamp : {false, true}) {
      for (const bool reachable : {false, true}) {
        Scenario scenario = ReferenceScenario();
        scenario.client.ntlm.complete_auth_token = complete;
        scenario.server.ntlm.complete_auth_token = complete;
        scenario.server.ntlm.send_timestamp = timestamp;
        scenario.server.authority_reachable = reachable;
        ExpectClean(scenario, "complete, timestamp, reachable");
      }
    }
  }
  for (const AccountState state :
       {AccountState::kEnabled, AccountState::kDisabled}) {
    Scenario scenario = ReferenceScenario();
    scenario.accounts[0].state = state;
    ExpectClean(scenario, "account state");
  }
}

TEST(CheckerReferenceTest, RequestsOfNtlm) {
  constexpr ULONG kFlags[] = {ISC_REQ_CONFIDENTIALITY, ISC_REQ_INTEGRITY,
                              ISC_REQ_REPLAY_DETECT,   ISC_REQ_SEQUENCE_DETECT,
                              ISC_REQ_DATAGRAM,        ISC_REQ_ALLOCATE_MEMORY};
  for (unsigned bits = 0; bits < 64; ++bits) {
    Scenario scenario = ReferenceScenario();
    ULONG flags = 0;
    for (unsigned i = 0; i < 6; ++i) {
      if ((bits >> i & 1) != 0) flags |= kFlags[i];
    }
    scenario.exchange.client.caller.requirements = flags;
    scenario.exchange.client.caller.insists_on = 0;
    scenario.exchange.server.requirements =
        flags & (ASC_REQ_DATAGRAM | ASC_REQ_ALLOCATE_MEMORY);
    scenario.exchange.server.insists_on = 0;
    ExpectClean(scenario, "flags " + std::to_string(flags));
  }
}

TEST(CheckerReferenceTest, RequestsOfKerberos) {
  constexpr ULONG kFlags[] = {ISC_REQ_MUTUAL_AUTH,    ISC_REQ_CONFIDENTIALITY,
                              ISC_REQ_INTEGRITY,      ISC_REQ_REPLAY_DETECT,
                              ISC_REQ_USE_DCE_STYLE,  ISC_REQ_ALLOCATE_MEMORY,
                              ISC_REQ_EXTENDED_ERROR, ISC_REQ_USE_SESSION_KEY};
  for (unsigned bits = 0; bits < 256; ++bits) {
    Scenario scenario = InDomain(Package::kKerberos);
    ULONG flags = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if ((bits >> i & 1) != 0) flags |= kFlags[i];
    }
    scenario.exchange.client.caller.requirements = flags;
    scenario.exchange.client.caller.insists_on = 0;
    scenario.exchange.server.requirements =
        flags & (ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_USE_SESSION_KEY);
    scenario.exchange.server.insists_on = 0;
    ExpectClean(scenario, "flags " + std::to_string(flags));
  }
}

// Who is refused by the KDC or the acceptor is refused cleanly.
TEST(CheckerReferenceTest, RealmsOfKerberos) {
  for (const bool reachable : {false, true}) {
    for (const bool trusted : {false, true}) {
      for (const bool forwards : {false, true}) {
        Scenario scenario = InDomain(Package::kKerberos);
        scenario.exchange.client.caller.requirements |= ISC_REQ_DELEGATE;
        scenario.exchange.client.caller.insists_on = 0;
        scenario.realms[0].reachable = reachable;
        scenario.realms[0].principals[0].may_be_delegated = forwards;
        scenario.realms[0].principals[1].trusted_for_delegation = trusted;
        ExpectClean(scenario, "reachable, trusted, may be delegated");
      }
    }
  }
  for (const AccountState state :
       {AccountState::kDisabled, AccountState::kPasswordExpired}) {
    for (const size_t principal : {0, 1}) {
      Scenario scenario = InDomain(Package::kKerberos);
      scenario.realms[0].principals[principal].state = state;
      ExpectClean(scenario, "account state");
    }
  }
}

// Where a message is hurt, and by how much, for the kinds that have a place.
std::vector<Fault> FaultsTo(Direction direction, uint32_t leg, WireForm form,
                            absl::Span<const uint32_t> places) {
  // In stream form the first five bytes are a header that says how much comes.
  const uint32_t header = form == WireForm::kStream ? 5 : 0;
  std::vector<Fault> faults;
  for (size_t i = 0; i < kFaultKindNames.size(); ++i) {
    const auto kind = static_cast<FaultKind>(i);
    Fault fault = {.kind = kind, .direction = direction, .leg = leg};
    switch (kind) {
      case FaultKind::kSplit:
      case FaultKind::kTruncate:
      case FaultKind::kSplice:
      case FaultKind::kFlip:
      case FaultKind::kSet:
        fault.value = kind == FaultKind::kFlip ? 0x10 : 0xFF;
        for (const uint32_t place : places) {
          fault.offset = header + place;
          faults.push_back(fault);
        }
        break;
      case FaultKind::kPad:
        fault.value = 16;
        faults.push_back(fault);
        break;
      case FaultKind::kDelay:
        fault.value = 2 * 24 * 3600;  // Longer than anything is good for.
        faults.push_back(fault);
        break;
      default:
        faults.push_back(fault);
        break;
    }
  }
  return faults;
}

// Every fault there is, to every message of both directions.
void ExpectCleanUnderFaults(Scenario scenario, WireForm form) {
  const Package package =
      *FindPackageByName(scenario.exchange.client.caller.package);
  // In the header of a token or a record, and behind it.
  static constexpr uint32_t kPlaces[] = {4, 150, 1, 40};
  const bool is_stream =
      package == Package::kSchannel || package == Package::kCredSsp;
  // Where runs are longer, fewer of them.
  const auto places = absl::MakeConstSpan(kPlaces).first(is_stream ? 2 : 4);
  scenario.exchange.form = form;
  const EarlierSessions earlier =
      RunEarlierSessions(scenario, InitSecurityInterfaceW());
  for (const Direction direction :
       {Direction::kToServer, Direction::kToClient}) {
    const size_t messages =
        earlier.same_roles.by_direction[static_cast<size_t>(direction)].size();
    EXPECT_GE(messages, 2u);
    for (uint32_t leg = 1; leg <= messages; ++leg) {
      for (const Fault& fault : FaultsTo(direction, leg, form, places)) {
        scenario.exchange.faults = {fault};
        ExpectClean(
            scenario,
            absl::StrCat(PackageName(package), " ", FaultToString(fault)),
            &earlier);
      }
    }
  }
}

TEST(CheckerReferenceTest, FaultsToNtlm) {
  for (const WireForm form : kForms) {
    ExpectCleanUnderFaults(ReferenceScenario(), form);
  }
}

TEST(CheckerReferenceTest, FaultsToNegotiate) {
  for (const WireForm form : kForms) {
    ExpectCleanUnderFaults(ReferenceScenario(Package::kNegotiate), form);
  }
}

TEST(CheckerReferenceTest, FaultsToKerberos) {
  for (const WireForm form : kForms) {
    ExpectCleanUnderFaults(InDomain(Package::kKerberos), form);
  }
}

TEST(CheckerReferenceTest, FaultsToNegotiateWithKerberos) {
  ExpectCleanUnderFaults(InDomain(Package::kNegotiate), WireForm::kMessage);
}

TEST(CheckerReferenceTest, FaultsToSchannel) {
  for (const WireForm form : kForms) {
    ExpectCleanUnderFaults(ReferenceScenario(Package::kSchannel), form);
  }
}

TEST(CheckerReferenceTest, FaultsToCredSspMessages) {
  ExpectCleanUnderFaults(ReferenceScenario(Package::kCredSsp),
                         WireForm::kMessage);
}

TEST(CheckerReferenceTest, FaultsToCredSspStreams) {
  ExpectCleanUnderFaults(ReferenceScenario(Package::kCredSsp),
                         WireForm::kStream);
}

}  // namespace
}  // namespace sspilab::sim
