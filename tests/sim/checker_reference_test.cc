// The reference callers and our packages break no rule, however it goes.

#include <string>
#include <utility>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/tls/lab_certificates.h"
#include "gtest/gtest.h"
#include "sim/checker.h"
#include "sim/exchange.h"
#include "sim/scenario.h"

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

CheckedRun RunChecked(const Scenario& scenario) {
  WorldOptions client_options = scenario.client;
  client_options.seed = 2 * scenario.seed;
  WorldOptions server_options = scenario.server;
  server_options.seed = 2 * scenario.seed + 1;
  World client_world(std::move(client_options));
  World server_world(std::move(server_options));
  for (const ScenarioAccount& account : scenario.accounts) {
    AccountDatabase& accounts = server_world.accounts();
    accounts.Add(account.user, account.domain, account.password);
    accounts.Find(account.user, account.domain)->state = account.state;
  }
  if (scenario.server_certificate) {
    EXPECT_TRUE(tls::GiveServerCertificate(server_world, client_world).ok());
  }
  if (!scenario.client_certificate.empty()) {
    EXPECT_TRUE(tls::GiveClientCertificate(client_world, server_world,
                                           scenario.client_certificate)
                    .ok());
  }
  Checker checker(InitSecurityInterfaceW(), InitSecurityInterfaceW());
  checker.Watch(Side::kClient, &client_world);
  checker.Watch(Side::kServer, &server_world);
  WireToChecker observer(&checker);
  Exchange exchange({checker.table(Side::kClient), &client_world},
                    {checker.table(Side::kServer), &server_world});
  exchange.wire().set_observer(&observer);
  exchange.Run(scenario.exchange);
  exchange.StopService();
  checker.OnClaim(Side::kServer, exchange.server().authenticated());
  checker.Finish();
  return {checker.broken(), exchange.authenticated()};
}

void ExpectClean(const Scenario& scenario, const std::string& what) {
  for (const RuleBroken& broken : RunChecked(scenario).broken) {
    ADD_FAILURE() << what << ": " << broken;
  }
}

constexpr Package kPackages[] = {Package::kNtlm, Package::kNegotiate,
                                 Package::kSchannel};

TEST(CheckerReferenceTest, TheReferenceExchanges) {
  for (const Package package : kPackages) {
    const CheckedRun run = RunChecked(ReferenceScenario(package));
    EXPECT_TRUE(run.authenticated) << PackageName(package);
    for (const RuleBroken& broken : run.broken) {
      ADD_FAILURE() << PackageName(package) << ": " << broken;
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

// Every fault at every place that matters of every message.
TEST(CheckerReferenceTest, FaultsOnTheWire) {
  for (const Package package : kPackages) {
    for (const WireForm form : {WireForm::kMessage, WireForm::kStream}) {
      for (const FaultKind kind :
           {FaultKind::kSplit, FaultKind::kCoalesce, FaultKind::kTruncate}) {
        for (const Direction direction :
             {Direction::kToServer, Direction::kToClient}) {
          for (uint32_t leg = 1; leg <= 3; ++leg) {
            for (const uint32_t offset : {1u, 4u, 8u, 12u, 40u, 150u, 300u}) {
              Scenario scenario = ReferenceScenario(package);
              scenario.exchange.form = form;
              scenario.exchange.faults = {{kind, direction, leg, offset}};
              ExpectClean(scenario,
                          std::string(PackageName(package)) + " " +
                              FaultToString(scenario.exchange.faults.front()));
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace sspilab::sim
