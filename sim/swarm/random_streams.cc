#include "sim/swarm/random_streams.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/sspi.h"

namespace sspilab::sim {
namespace {

constexpr FileTime kDay = 86'400 * kFileTimeSecond;

// More of the older one, which has more states.
constexpr std::array<uint32_t, 8> kVersions = {0,
                                               0,
                                               0,
                                               SP_PROT_TLS1_2,
                                               SP_PROT_TLS1_2,
                                               SP_PROT_TLS1_2,
                                               SP_PROT_TLS1_2,
                                               SP_PROT_TLS1_3};

void RollTlsPolicy(Dice& dice, SchannelPolicy* policy) {
  constexpr std::array<uint32_t, 2> kLifetimes = {0, 1000};
  if (dice.Once(8)) {
    policy->enabled_protocols = dice.Once(2) ? SP_PROT_TLS1_2 : SP_PROT_TLS1_3;
  }
  if (dice.Once(8)) {
    policy->cache_time = dice.Of(kLifetimes);
  }
  if (dice.Once(8)) {
    policy->maximum_cache_size = dice.Below(2);
  }
  policy->send_trusted_issuer_list = !dice.Once(3);
  policy->disable_renegotiation_on_client = dice.Once(6);
  policy->disable_renegotiation_on_server = dice.Once(6);
}

void RollApplicationProtocols(Dice& dice, TlsOptions* tls) {
  constexpr std::array<std::string_view, 4> kProtocols = {"h2", "http/1.1",
                                                          "imap", "x"};
  if (!dice.Once(4)) {
    return;
  }
  for (uint64_t i = 1 + dice.Below(2); i > 0; --i) {
    tls->application_protocols.emplace_back(dice.Of(kProtocols));
  }
}

// A certificate that is not, not yet or not any more, for somebody else, or
// from somebody nobody knows.
void RollCertificates(Dice& dice, Scenario* scenario) {
  constexpr std::array<FileTime, 3> kYears = {kFileTimeGenesis - 400 * kDay,
                                              kFileTimeGenesis + 400 * kDay,
                                              kFileTimeGenesis + 364 * kDay};
  switch (dice.Below(32)) {
    case 0:
      scenario->server_certificate = false;
      break;
    case 1:
      scenario->client.now = dice.Of(kYears);
      break;
    case 2:
      scenario->server.now = dice.Of(kYears);
      break;
    case 3:
      scenario->exchange.client.target = u"TERMSRV/other.example.test";
      break;
    case 4:
      scenario->exchange.client.target.clear();
      break;
    default:
      break;
  }
  TlsOptions& client = scenario->exchange.client.caller.tls;
  if (dice.Once(2)) {
    constexpr std::array<ShowsCertificate, 3> kShows = {
        ShowsCertificate::kNever, ShowsCertificate::kOnDemand,
        ShowsCertificate::kAlways};
    scenario->exchange.server.requirements |= ASC_REQ_MUTUAL_AUTH;
    scenario->client_certificate = dice.Once(3) ? "" : "alice";
    client.shows_certificate = dice.Of(kShows);
  }
  if (dice.Once(32)) {
    scenario->exchange.server.tls.shows_certificate = ShowsCertificate::kNever;
  }
}

void RollTlsCallers(Dice& dice, Scenario* scenario) {
  constexpr std::array<uint32_t, 4> kFlags = {
      SCH_CRED_NO_DEFAULT_CREDS, 0,
      SCH_CRED_NO_DEFAULT_CREDS | SCH_CRED_MANUAL_CRED_VALIDATION,
      SCH_CRED_NO_DEFAULT_CREDS | SCH_CRED_NO_SERVERNAME_CHECK};
  // Also none, and more than a record holds.
  constexpr std::array<size_t, 4> kSizes = {0, 300, 700, 40'000};
  RollCertificates(dice, scenario);
  ExchangeOptions& exchange = scenario->exchange;
  CallerOptions& client = exchange.client.caller;
  CallerOptions& server = exchange.server;
  client.tls.protocols = dice.Of(kVersions);
  server.tls.protocols = dice.Of(kVersions);
  if (dice.Once(3)) {
    client.tls.flags = dice.Of(kFlags);
    server.tls.flags = dice.Of(kFlags);
  }
  RollApplicationProtocols(dice, &client.tls);
  RollApplicationProtocols(dice, &server.tls);
  for (CallerOptions* caller : {&client, &server}) {
    if (dice.Once(3)) {
      caller->message.assign(dice.Of(kSizes), 'm');
    }
    caller->full_view = dice.Once(2);
  }
  client.requirements ^= dice.Once(2) ? ISC_REQ_ALLOCATE_MEMORY : 0;
  server.requirements ^= dice.Once(2) ? ASC_REQ_ALLOCATE_MEMORY : 0;
  client.requirements ^= dice.Once(3) ? ISC_REQ_EXTENDED_ERROR : 0;
  server.requirements ^= dice.Once(3) ? ASC_REQ_EXTENDED_ERROR : 0;
  client.requirements |= dice.Once(64) ? ISC_REQ_DATAGRAM : 0;
  server.requirements |= dice.Once(64) ? ASC_REQ_DATAGRAM : 0;
  client.requirements |= dice.Once(4) ? ISC_REQ_MUTUAL_AUTH : 0;
  client.requirements |= dice.Once(8) ? ISC_REQ_USE_SUPPLIED_CREDS : 0;
  client.requirements |= dice.Once(8) ? ISC_REQ_MANUAL_CRED_VALIDATION : 0;
  if (dice.Once(4)) {
    exchange.form = WireForm::kStream;
  }
}

void RollDelegationPolicy(Dice& dice, CredSspPolicy* policy) {
  using Servers = CredSspPolicy::Servers;
  const std::array<Servers, 4> lists = {Servers{}, Servers{u"*"},
                                        Servers{u"TERMSRV/*"},
                                        Servers{u"TERMSRV/other.*", u"HTTP/*"}};
  for (Servers* servers : {&policy->allow_fresh, &policy->allow_default,
                           &policy->allow_fresh_when_ntlm_only,
                           &policy->allow_default_when_ntlm_only}) {
    if (dice.Once(6)) {
      *servers = dice.Of(lists);
    }
  }
  for (Servers* servers : {&policy->deny_fresh, &policy->deny_default}) {
    if (dice.Once(16)) {
      *servers = dice.Of(lists);
    }
  }
}

}  // namespace

void RollSchannelWorld(Dice& dice, WorldOptions* world) {
  RollTlsPolicy(dice, &world->schannel);
}

void RollSchannelCallers(Dice& dice, Scenario* scenario) {
  RollTlsCallers(dice, scenario);
}

void RollCredSspWorld(Dice& dice, WorldOptions* world) {
  constexpr std::array<EncryptionOracle, 3> kOracles = {
      EncryptionOracle::kForceUpdatedClients, EncryptionOracle::kMitigated,
      EncryptionOracle::kVulnerable};
  RollTlsPolicy(dice, &world->schannel);
  CredSspPolicy& policy = world->credssp;
  if (dice.Once(6)) {
    policy.version = static_cast<uint32_t>(2 + dice.Below(5));
    policy.encryption_oracle = dice.Of(kOracles);
  }
  if (dice.Once(3)) {
    RollDelegationPolicy(dice, &policy);
  }
  policy.as_in_windows_vista = dice.Once(16);
  policy.complete_auth_token = dice.Once(4);
  world->negotiate.request_mic = dice.Once(4);
  if (dice.Once(6)) {
    world->ntlm.lm_compatibility_level = static_cast<int>(dice.Below(6));
  }
}

void RollCredSspCallers(Dice& dice, Scenario* scenario) {
  RollTlsCallers(dice, scenario);
  ExchangeOptions& exchange = scenario->exchange;
  exchange.client.caller.requirements ^= dice.Once(4) ? ISC_REQ_DELEGATE : 0;
  if (dice.Once(24)) {
    exchange.client.target = u"/";
  }
}

}  // namespace sspilab::sim
