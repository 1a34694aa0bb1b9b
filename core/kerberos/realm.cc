#include "core/kerberos/realm.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace sspilab::kerberos {
namespace {

std::string TicketGrantingName(std::string_view realm) {
  return absl::StrCat("krbtgt/", realm);
}

bool IsCalled(const Principal& principal, std::string_view name) {
  return absl::EqualsIgnoreCase(principal.name, name) ||
         std::any_of(principal.aliases.begin(), principal.aliases.end(),
                     [name](const std::string& alias) {
                       return absl::EqualsIgnoreCase(alias, name);
                     });
}

// Whether a host is the DNS domain itself, or in it.
bool IsInDomain(std::string_view host, std::string_view domain) {
  return absl::EqualsIgnoreCase(host, domain) ||
         absl::EndsWithIgnoreCase(host, absl::StrCat(".", domain));
}

}  // namespace

std::vector<Etype> DefaultEtypes() {
  return {Etype::kAes256CtsHmacSha1, Etype::kAes128CtsHmacSha1,
          Etype::kAes256CtsHmacSha384, Etype::kAes128CtsHmacSha256};
}

Realm::Realm(std::string name, RealmPolicy policy, Entropy& entropy)
    : name_(std::move(name)),
      netbios_name_(name_.substr(0, name_.find('.'))),
      policy_(std::move(policy)) {
  Add({.name = TicketGrantingName(name_),
       .keys = AccountKeys::Random(policy_.etypes, entropy)});
}

Principal& Realm::Add(Principal principal) {
  if (Principal* const same = Find(principal.name); same != nullptr) {
    *same = std::move(principal);
    return *same;
  }
  return principals_.emplace_back(std::move(principal));
}

Principal& Realm::AddFromPassword(std::string_view name,
                                  std::string_view password) {
  Principal principal{.name = std::string(name)};
  // RFC 4120 4: the realm and the parts of the name, with nothing between.
  principal.salt =
      absl::StrCat(name_, absl::StrJoin(absl::StrSplit(name, '/'), ""));
  principal.keys =
      AccountKeys::FromPassword(policy_.etypes, password, principal.salt);
  return Add(std::move(principal));
}

const Principal* Realm::Find(std::string_view name) const {
  const auto found =
      std::find_if(principals_.begin(), principals_.end(),
                   [name](const Principal& p) { return IsCalled(p, name); });
  return found != principals_.end() ? &*found : nullptr;
}

Principal* Realm::Find(std::string_view name) {
  return const_cast<Principal*>(std::as_const(*this).Find(name));
}

const Principal* Realm::Find(const PrincipalName& name) const {
  if (name.name_string.empty()) return nullptr;
  const std::string joined = JoinName(name);
  if (name.name_type == static_cast<int32_t>(NameType::kEnterprise)) {
    const std::pair<std::string_view, std::string_view> parts =
        absl::StrSplit(joined, absl::MaxSplits('@', 1));
    if (absl::EqualsIgnoreCase(parts.second, name_)) return Find(parts.first);
  }
  return Find(joined);
}

Principal& Realm::Trust(Realm& from, Realm& to, std::string_view password) {
  // The one principal that both realms have: krbtgt/TO@FROM.
  Principal between{.name = TicketGrantingName(to.name_)};
  between.salt = absl::StrCat(from.name_, "krbtgt", to.name_);
  between.keys =
      AccountKeys::FromPassword(from.policy_.etypes, password, between.salt);
  Principal& own = from.Add(between);
  // There, it is found by the realm that its tickets say they are from.
  between.name = absl::StrCat(between.name, "@", from.name_);
  to.Add(std::move(between));
  from.trusted_.push_back(to.name_);
  return own;
}

std::optional<std::string_view> Realm::ReferralFor(
    const PrincipalName& service) const {
  if (service.name_string.size() < 2) return std::nullopt;
  // The host is the second part, of those with a third one, too.
  const Text host = service.name_string[1];
  const auto found = std::find_if(
      trusted_.begin(), trusted_.end(),
      [host](const std::string& realm) { return IsInDomain(host, realm); });
  if (found == trusted_.end()) return std::nullopt;
  return *found;
}

Realm& Realms::Add(std::string_view name, Entropy& entropy,
                   RealmPolicy policy) {
  if (Realm* const same = Find(name); same != nullptr) return *same;
  return realms_.emplace_back(std::string(name), std::move(policy), entropy);
}

const Realm* Realms::Find(std::string_view name) const {
  const auto found =
      std::find_if(realms_.begin(), realms_.end(), [name](const Realm& realm) {
        return absl::EqualsIgnoreCase(realm.name(), name) ||
               absl::EqualsIgnoreCase(realm.netbios_name(), name);
      });
  return found != realms_.end() ? &*found : nullptr;
}

Realm* Realms::Find(std::string_view name) {
  return const_cast<Realm*>(std::as_const(*this).Find(name));
}

std::string JoinName(const PrincipalName& name) {
  return absl::StrJoin(name.name_string, "/");
}

NameType NameTypeOf(std::string_view name) {
  return absl::StrContains(name, '/') ? NameType::kServiceInstance
                                      : NameType::kPrincipal;
}

PrincipalName SplitName(std::string_view name, NameType type) {
  PrincipalName result{.name_type = static_cast<int32_t>(type)};
  for (const std::string_view part : absl::StrSplit(name, '/')) {
    result.name_string.push_back(part);
  }
  return result;
}

}  // namespace sspilab::kerberos
