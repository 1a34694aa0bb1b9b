#include "sim/scenario.h"

#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "core/wire/utf.h"
#include "sim/did_you_mean.h"

namespace sspilab::sim {
namespace {

// What makes the exchange over one package other than that over another.
struct Reference {
  Package package;
  std::u16string_view target;
  uint32_t client_requirements;
  uint32_t server_requirements;
  // An account, a certificate of the server's, or both; a realm.
  bool has_identity;
  bool has_certificate;
  bool has_realm;
};

constexpr uint32_t kClientOfTokens =
    ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_SEQUENCE_DETECT |
    ISC_REQ_REPLAY_DETECT | ISC_REQ_CONNECTION | ISC_REQ_ALLOCATE_MEMORY;
constexpr uint32_t kServerOfTokens =
    ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_SEQUENCE_DETECT |
    ASC_REQ_REPLAY_DETECT | ASC_REQ_CONNECTION;
constexpr uint32_t kClientOfStreams =
    ISC_REQ_CONFIDENTIALITY | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_REPLAY_DETECT |
    ISC_REQ_STREAM | ISC_REQ_EXTENDED_ERROR | ISC_REQ_ALLOCATE_MEMORY;
constexpr uint32_t kServerOfStreams =
    ASC_REQ_CONFIDENTIALITY | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_REPLAY_DETECT |
    ASC_REQ_STREAM | ASC_REQ_EXTENDED_ERROR;

constexpr Reference kReferences[] = {
    {Package::kNtlm, u"host/server.example.test", kClientOfTokens,
     kServerOfTokens, true, false, false},
    {Package::kNegotiate, u"host/server.example.test", kClientOfTokens,
     kServerOfTokens, true, false, false},
    {Package::kKerberos, u"host/server.example.test",
     kClientOfTokens | ISC_REQ_MUTUAL_AUTH | ISC_REQ_EXTENDED_ERROR,
     kServerOfTokens | ASC_REQ_MUTUAL_AUTH | ASC_REQ_EXTENDED_ERROR, true,
     false, true},
    {Package::kSchannel, u"server.example.test", kClientOfStreams,
     kServerOfStreams, false, true, false},
    {Package::kCredSsp, u"TERMSRV/server.example.test",
     kClientOfStreams | ISC_REQ_DELEGATE, kServerOfStreams, true, true, false},
};

// Of the names that services of a machine have on Windows, those that go with
// its DNS name.
constexpr std::string_view kMachineServices[] = {
    "host", "HTTP", "cifs", "ldap", "TERMSRV", "RestrictedKrbHost"};

}  // namespace

Scenario ReferenceScenario(Package package) {
  Scenario scenario;
  scenario.client.names.computer = u"CLIENT";
  scenario.client.names.dns_computer = u"client.example.test";
  scenario.server.names.computer = u"SERVER";
  scenario.server.names.dns_computer = u"server.example.test";
  scenario.accounts.push_back({u"alice", u"EXAMPLE", u"correct horse"});

  ExchangeOptions& exchange = scenario.exchange;
  CallerOptions& client = exchange.client.caller;
  CallerOptions& server = exchange.server;
  client.insists_on = ISC_RET_CONFIDENTIALITY;
  client.message = "Good morning, this is alice.";
  client.full_view = true;
  server.insists_on = ASC_RET_CONFIDENTIALITY;
  server.message = "Good morning, alice.";
  server.full_view = true;
  for (const Reference& reference : kReferences) {
    if (reference.package != package) {
      continue;
    }
    client.package = wire::Utf8ToUtf16Lossy(PackageName(package));
    server.package = client.package;
    client.requirements = reference.client_requirements;
    server.requirements = reference.server_requirements;
    exchange.client.target = reference.target;
    if (reference.has_identity) {
      exchange.client.identity = {u"alice", u"EXAMPLE", u"correct horse"};
    }
    if (reference.has_realm) {
      scenario.realms = {ReferenceRealm(scenario)};
    }
    if (reference.has_certificate) {
      scenario.server_certificate = true;
      // It is the caller who decides about a certificate, not Schannel for it.
      client.tls.flags = SCH_CRED_NO_DEFAULT_CREDS;
      server.tls.shows_certificate = ShowsCertificate::kAlways;
    }
  }
  return scenario;
}

ScenarioRealm ReferenceRealm(const Scenario& scenario) {
  ScenarioRealm realm{.name = "EXAMPLE.TEST"};
  const auto add_user = [&realm](const std::u16string& user,
                                 const std::u16string& password) {
    realm.principals.push_back({.name = wire::Utf16ToUtf8Lossy(user),
                                .password = wire::Utf16ToUtf8Lossy(password)});
  };
  if (const auto& identity = scenario.exchange.client.identity) {
    add_user(identity->user, identity->password);
  } else if (const auto& logon = scenario.client.logon) {
    add_user(logon->user, logon->password);
  }
  const MachineNames& names = scenario.server.names;
  ScenarioPrincipal machine{
      .name = absl::StrCat(wire::Utf16ToUtf8Lossy(names.computer), "$"),
      .password = "the machine's own"};
  for (const std::string_view service : kMachineServices) {
    machine.aliases.push_back(
        absl::StrCat(service, "/", wire::Utf16ToUtf8Lossy(names.dns_computer)));
  }
  realm.principals.push_back(std::move(machine));
  return realm;
}

absl::StatusOr<Package> FindReferencePackage(std::string_view name) {
  std::vector<std::string_view> known;
  for (const Reference& reference : kReferences) {
    known.push_back(PackageName(reference.package));
    if (absl::EqualsIgnoreCase(known.back(), name)) {
      return reference.package;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no package '", name, "'; ", DidYouMean(name, known)));
}

void InsistOnSealing(bool server_chooses, ExchangeOptions* exchange) {
  CallerOptions& client = exchange->client.caller;
  CallerOptions& server = exchange->server;
  client.insists_on = client.requirements & ISC_RET_CONFIDENTIALITY;
  server.insists_on = server.requirements & ASC_RET_CONFIDENTIALITY;
  if (!server_chooses) {
    server.insists_on &= client.insists_on;
    if ((client.requirements & ISC_REQ_DATAGRAM) != 0) {
      server.requirements &= ~uint32_t{ASC_REQ_CONNECTION};
      server.requirements |= ASC_REQ_DATAGRAM;
    }
  }
}

void GiveClientCertificate(std::string name, Scenario* scenario) {
  scenario->client_certificate = std::move(name);
  scenario->exchange.client.caller.tls.shows_certificate =
      ShowsCertificate::kOnDemand;
  scenario->exchange.server.requirements |= ASC_REQ_MUTUAL_AUTH;
}

}  // namespace sspilab::sim
