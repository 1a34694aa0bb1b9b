#include "sim/run_scenario.h"

#include <utility>

#include "absl/status/status.h"
#include "core/tls/lab_certificates.h"
#include "core/world.h"
#include "sim/exchange.h"
#include "sim/trace.h"

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
    status.Update(tls::GiveServerCertificate(server, client));
  }
  if (!scenario.client_certificate.empty()) {
    status.Update(tls::GiveClientCertificate(client, server,
                                             scenario.client_certificate));
  }
  return status;
}

}  // namespace

Outcome RunScenario(const Scenario& scenario, SecurityFunctionTableW* table,
                    Recorder* recorder) {
  // Streams of entropy that no other seed and no other side has.
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

  Outcome outcome;
  if (const absl::Status made =
          MakeCertificates(scenario, client_world, server_world);
      !made.ok()) {
    outcome.impossible = std::string(made.message());
    return outcome;
  }

  Endpoint client = {table, &client_world};
  Endpoint server = {table, &server_world};
  if (recorder != nullptr) {
    client.table = recorder->Wrap(Side::kClient, table);
    server.table = recorder->Wrap(Side::kServer, table);
    recorder->Watch(Side::kClient, &client_world);
    recorder->Watch(Side::kServer, &server_world);
  }

  Exchange exchange(client, server);
  exchange.wire().set_observer(recorder);
  exchange.Run(scenario.exchange);
  exchange.StopService();

  outcome.client = exchange.client();
  outcome.server = exchange.server();
  outcome.stalled = exchange.stalled();
  outcome.same_key = exchange.same_key();
  outcome.gave_up_first = exchange.gave_up_first();
  outcome.leaked_allocations = client_world.memory().live_allocations() +
                               server_world.memory().live_allocations();
  outcome.ok = exchange.authenticated() && outcome.same_key &&
               exchange.messages_arrived(scenario.exchange);
  if (recorder != nullptr) {
    recorder->Unwatch();
    recorder->Add(EndOf(Side::kClient, outcome.client));
    recorder->Add(EndOf(Side::kServer, outcome.server));
  }
  return outcome;
}

}  // namespace sspilab::sim
