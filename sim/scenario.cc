#include "sim/scenario.h"

#include "core/sspi.h"

namespace sspilab::sim {
namespace {

constexpr uint32_t kClientWants =
    ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_SEQUENCE_DETECT |
    ISC_REQ_REPLAY_DETECT | ISC_REQ_CONNECTION | ISC_REQ_ALLOCATE_MEMORY;
constexpr uint32_t kServerWants = ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY |
                                  ASC_REQ_SEQUENCE_DETECT |
                                  ASC_REQ_REPLAY_DETECT | ASC_REQ_CONNECTION;

}  // namespace

Scenario ReferenceScenario() {
  Scenario scenario;
  scenario.client.names.computer = u"CLIENT";
  scenario.client.names.dns_computer = u"client.example.test";
  scenario.server.names.computer = u"SERVER";
  scenario.server.names.dns_computer = u"server.example.test";
  scenario.accounts.push_back({u"alice", u"EXAMPLE", u"correct horse"});

  ExchangeOptions& exchange = scenario.exchange;
  exchange.client.caller.package = u"NTLM";
  exchange.client.caller.requirements = kClientWants;
  exchange.client.caller.insists_on = ISC_RET_CONFIDENTIALITY;
  exchange.client.caller.message = "Good morning, this is alice.";
  exchange.client.caller.full_view = true;
  exchange.client.identity = {u"alice", u"EXAMPLE", u"correct horse"};
  exchange.client.target = u"host/server.example.test";
  exchange.server.package = u"NTLM";
  exchange.server.requirements = kServerWants;
  exchange.server.insists_on = ASC_RET_CONFIDENTIALITY;
  exchange.server.message = "Good morning, alice.";
  exchange.server.full_view = true;
  return scenario;
}

}  // namespace sspilab::sim
