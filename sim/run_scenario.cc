#include "sim/run_scenario.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "core/tls/lab_certificates.h"
#include "core/world.h"
#include "sim/checker.h"
#include "sim/deviation.h"
#include "sim/deviator.h"
#include "sim/exchange.h"
#include "sim/field_places.h"
#include "sim/scenario_realms.h"
#include "sim/trace.h"
#include "sim/wire.h"
#include "sim/wire_to_checker.h"

namespace sspilab::sim {
namespace {

TraceEnd EndOf(Side side, const PartyView& view) {
  return {side, view.ending, view.status, KeyFingerprint(view.session_key),
          view.identity};
}

// What the two Worlds have to do with each other.
absl::Status MakeCertificates(const Scenario& scenario, World& client,
                              World& server) {
  absl::Status status;
  if (scenario.server_certificate) {
    status.Update(tls::GiveServerCertificate(server, client,
                                             scenario.server_certificate_flaw));
  }
  if (!scenario.client_certificate.empty()) {
    status.Update(tls::GiveClientCertificate(client, server,
                                             scenario.client_certificate,
                                             scenario.client_certificate_flaw));
  }
  return status;
}

bool NeedsEarlierSessions(const ExchangeOptions& options) {
  return std::any_of(
      options.faults.begin(), options.faults.end(),
      [](const Fault& fault) { return NeedsEarlierSession(fault.kind); });
}

void AddAccounts(const Scenario& scenario, World* world) {
  for (const ScenarioAccount& account : scenario.accounts) {
    AccountDatabase& accounts = world->accounts();
    accounts.Add(account.user, account.domain, account.password);
    accounts.Find(account.user, account.domain)->state = account.state;
  }
}

// Writes down what is sent.
class Eavesdropper final : public WireObserver {
 public:
  void OnSend(Direction direction, uint32_t /*leg*/, MessageKind kind,
              absl::Span<const uint8_t> payload) override {
    sent_.by_direction[static_cast<size_t>(direction)].push_back(
        {kind, {payload.begin(), payload.end()}});
  }
  void OnFault(const Fault& /*fault*/) override {}
  void OnReceive(Direction /*direction*/,
                 const Delivery& /*delivery*/) override {}
  void OnClose(Direction /*direction*/) override {}

  SentMessages Take() { return std::move(sent_); }

 private:
  SentMessages sent_;
};

WorldOptions WithSeed(WorldOptions options, uint64_t seed) {
  options.seed = seed;
  return options;
}

// An undisturbed session. Where the certificates for it cannot be made, nothing
// was sent.
SentMessages Overhear(const Scenario& scenario, SecurityFunctionTableW* table,
                      World& client, World& server) {
  if (!Furnish(scenario, client, server).ok()) {
    return {};
  }
  ExchangeOptions undisturbed = scenario.exchange;
  undisturbed.faults.clear();
  Eavesdropper eavesdropper;
  Exchange exchange({table, &client}, {table, &server});
  exchange.wire().set_observer(&eavesdropper);
  exchange.Run(undisturbed);
  exchange.StopService();
  return eavesdropper.Take();
}

}  // namespace

ScenarioWorlds::ScenarioWorlds(const Scenario& scenario)
    : client(WithSeed(scenario.client, 2 * scenario.seed)),
      server(WithSeed(scenario.server, 2 * scenario.seed + 1)) {}

absl::Status Furnish(const Scenario& scenario, World& client, World& server) {
  AddAccounts(scenario, &server);
  if (!scenario.realms.empty()) {
    // What both know is one and the same, its KDC's keys as well.
    client.realms() = MakeRealms(scenario);
    server.realms() = client.realms();
  }
  return MakeCertificates(scenario, client, server);
}

EarlierSessions RunEarlierSessions(const Scenario& scenario,
                                   SecurityFunctionTableW* table) {
  // Far from the seeds that people choose.
  constexpr uint64_t kAnotherSeed = uint64_t{1} << 40;
  Scenario earlier = scenario;
  earlier.seed += kAnotherSeed;
  EarlierSessions sessions;
  ScenarioWorlds worlds(earlier);
  sessions.same_roles = Overhear(earlier, table, worlds.client, worlds.server);
  // Whoever can log on at one machine can at the other.
  ScenarioWorlds others(earlier);
  sessions.swapped_roles =
      Overhear(earlier, table, others.server, others.client);
  return sessions;
}

namespace {

Outcome Run(const Scenario& scenario, SecurityFunctionTableW* table,
            Recorder* recorder, Checker* checker) {
  EarlierSessions earlier;
  const bool needs_earlier = NeedsEarlierSessions(scenario.exchange);
  if (needs_earlier) {
    earlier = RunEarlierSessions(scenario, table);
  }
  Outcome outcome;
  if (const absl::Status possible = CheckDeviations(scenario.deviations);
      !possible.ok()) {
    outcome.impossible = std::string(possible.message());
    return outcome;
  }
  ScenarioWorlds worlds(scenario);
  World& client_world = worlds.client;
  World& server_world = worlds.server;
  if (const absl::Status made = Furnish(scenario, client_world, server_world);
      !made.ok()) {
    outcome.impossible = std::string(made.message());
    return outcome;
  }
  Endpoint client = {table, &client_world};
  Endpoint server = {table, &server_world};
  WireToChecker to_checker(checker, recorder);
  WireObserver* observer = recorder;
  if (checker != nullptr) {
    client.table = checker->table(Side::kClient);
    server.table = checker->table(Side::kServer);
    checker->Watch(Side::kClient, &client_world);
    checker->Watch(Side::kServer, &server_world);
    observer = &to_checker;
  }
  if (recorder != nullptr) {
    client.table = recorder->Wrap(Side::kClient, client.table);
    server.table = recorder->Wrap(Side::kServer, server.table);
    recorder->Watch(Side::kClient, &client_world);
    recorder->Watch(Side::kServer, &server_world);
  }

  std::optional<DeviatingCallers> deviating;
  if (!scenario.deviations.empty()) {
    deviating.emplace(scenario, client, server);
    client.table = deviating->table(Side::kClient);
    server.table = deviating->table(Side::kServer);
  }

  Exchange exchange(client, server);
  exchange.wire().set_observer(observer);
  exchange.wire().set_field_finder(FindFieldPlace);
  if (needs_earlier) {
    exchange.wire().set_earlier_sessions(&earlier);
  }
  exchange.Run(scenario.exchange);
  exchange.StopService();
  if (deviating.has_value()) {
    deviating->CloseAll();
    outcome.deviation_surprises = deviating->Surprises();
  }

  outcome.client = exchange.client();
  outcome.server = exchange.server();
  outcome.stalled = exchange.stalled();
  outcome.same_key = exchange.same_key();
  outcome.gave_up_first = exchange.gave_up_first();
  outcome.leaked_allocations = client_world.memory().live_allocations() +
                               server_world.memory().live_allocations();
  outcome.ok = exchange.authenticated() && outcome.same_key &&
               exchange.messages_arrived(scenario.exchange);
  if (checker != nullptr) {
    checker->OnClaim(Side::kServer, outcome.server.authenticated());
    checker->Finish();
    outcome.broken = checker->broken();
  }
  if (recorder != nullptr) {
    recorder->Unwatch();
    recorder->Add(EndOf(Side::kClient, outcome.client));
    recorder->Add(EndOf(Side::kServer, outcome.server));
  }
  return outcome;
}

}  // namespace

Outcome RunScenario(const Scenario& scenario, SecurityFunctionTableW* table,
                    Recorder* recorder) {
  return Run(scenario, table, recorder, nullptr);
}

Outcome RunScenarioChecked(const Scenario& scenario,
                           SecurityFunctionTableW* table, Recorder* recorder) {
  Checker checker(table, table);
  return Run(scenario, table, recorder, &checker);
}

}  // namespace sspilab::sim
