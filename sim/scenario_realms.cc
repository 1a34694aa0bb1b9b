#include "sim/scenario_realms.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/entropy.h"

namespace sspilab::sim {
namespace {

void AddPrincipal(const ScenarioPrincipal& described, kerberos::Realm* realm) {
  kerberos::Principal& principal =
      described.keys.empty()
          ? realm->AddFromPassword(described.name, described.password)
          : realm->Add({.name = described.name, .keys = described.keys});
  principal.aliases = described.aliases;
  principal.state = described.state;
  principal.requires_preauthentication = described.requires_preauthentication;
  principal.may_be_delegated = described.may_be_delegated;
  principal.trusted_for_delegation = described.trusted_for_delegation;
}

}  // namespace

kerberos::Realms MakeRealms(const Scenario& scenario) {
  // Far from the streams that a World gives out.
  constexpr uint64_t kRealmStream = uint64_t{1} << 40;
  Entropy entropy(2 * scenario.seed, kRealmStream);
  kerberos::Realms realms;
  for (const ScenarioRealm& described : scenario.realms) {
    kerberos::Realm& realm =
        realms.Add(described.name, entropy, described.policy);
    if (!described.netbios_name.empty()) {
      realm.set_netbios_name(described.netbios_name);
    }
    realm.set_reachable(described.reachable);
    for (const ScenarioPrincipal& principal : described.principals) {
      AddPrincipal(principal, &realm);
    }
  }
  for (const ScenarioRealm& described : scenario.realms) {
    for (const std::string& other : described.trusted_by) {
      kerberos::Realm* const service_realm = realms.Find(other);
      if (service_realm != nullptr) {
        kerberos::Realm::Trust(*realms.Find(described.name), *service_realm,
                               absl::StrCat(other, " trusts ", described.name));
      }
    }
  }
  return realms;
}

}  // namespace sspilab::sim
