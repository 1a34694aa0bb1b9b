#ifndef SSPILAB_SIM_SCENARIO_H_
#define SSPILAB_SIM_SCENARIO_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/accounts.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/realm.h"
#include "core/status.h"
#include "core/tls/lab_certificates.h"
#include "core/world.h"
#include "sim/deviation.h"
#include "sim/exchange.h"

namespace sspilab::sim {

// An account of the server's authority.
struct ScenarioAccount {
  std::u16string user;
  std::u16string domain;
  std::u16string password;
  AccountState state = AccountState::kEnabled;
};

// A principal of a realm (core/kerberos/realm.h), as people write it.
struct ScenarioPrincipal {
  std::string name;
  std::vector<std::string> aliases;
  // Its keys are from the password, for each of the realm's encryption types;
  // or they are these.
  std::string password;
  std::vector<kerberos::Key> keys;
  AccountState state = AccountState::kEnabled;
  bool requires_preauthentication = true;
  bool may_be_delegated = true;
  bool trusted_for_delegation = false;

  friend bool operator==(const ScenarioPrincipal&,
                         const ScenarioPrincipal&) = default;
};

// A realm that both machines know; its KDC is one and the same for both.
struct ScenarioRealm {
  std::string name;
  // Empty: the first label of the name.
  std::string netbios_name;
  kerberos::RealmPolicy policy;
  bool reachable = true;
  std::vector<ScenarioPrincipal> principals;
  // The realms that trust it: its clients may have tickets for their services.
  std::vector<std::string> trusted_by;

  friend bool operator==(const ScenarioRealm&, const ScenarioRealm&) = default;
};

// One run, wholly described: the same Scenario is the same bytes.
struct Scenario {
  uint64_t seed = 0;
  // Their seeds come from the one above.
  WorldOptions client;
  WorldOptions server;
  std::vector<ScenarioAccount> accounts;
  // Without any, the machines are in no domain.
  std::vector<ScenarioRealm> realms;
  // Whether the server has a certificate for its DNS name, issued by whom the
  // client believes.
  bool server_certificate = false;
  tls::CertificateFlaw server_certificate_flaw = tls::CertificateFlaw::kNone;
  // For whom the client has one, issued by whom the server believes; empty: it
  // has none.
  std::string client_certificate;
  tls::CertificateFlaw client_certificate_flaw = tls::CertificateFlaw::kNone;
  ExchangeOptions exchange;
  // What its callers do otherwise; those at one place are done in this order.
  std::vector<Deviation> deviations;
};

// The reference exchange over a package: alice of EXAMPLE, at the machine
// CLIENT, logs on to SERVER, asks for everything that protects messages, and
// each side sends one. Over Schannel it is the server who shows who it is, with
// a certificate; over CredSSP both do, and alice's credentials are delegated;
// over Kerberos both do, and have a realm.
Scenario ReferenceScenario(Package package = Package::kNtlm);

// The realm EXAMPLE.TEST that scenarios over Kerberos have who name none: the
// client is in it, with the password that it says, and the server's machine,
// under the names of the services that a machine has.
ScenarioRealm ReferenceRealm(const Scenario& scenario);

// The package of that name, in any case, if there is a reference exchange over
// it. The error says which there are.
absl::StatusOr<Package> FindReferencePackage(std::string_view name);

// Makes the callers insist on sealing where they ask for it. A service whose
// flags nobody has chosen goes along with what the client wants.
void InsistOnSealing(bool server_chooses, ExchangeOptions* exchange);

// The client has a certificate for `name`, which it shows when it is told that
// one is wanted; the server asks for it.
void GiveClientCertificate(std::string name, Scenario* scenario);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SCENARIO_H_
