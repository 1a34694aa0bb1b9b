#ifndef SSPILAB_CORE_KERBEROS_REALM_H_
#define SSPILAB_CORE_KERBEROS_REALM_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/account_state.h"
#include "core/entropy.h"
#include "core/kerberos/account_keys.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"

// The realms of a World: what their KDCs know. Names are UTF-8 and compare
// without regard to ASCII's case, as Windows compares them.
namespace sspilab::kerberos {

// One account of a realm: a user, or a service under any number of names.
struct Principal {
  // "alice", "HTTP/lab.example.test", "krbtgt/EXAMPLE.TEST"; and the other
  // names that it is known by.
  std::string name;
  std::vector<std::string> aliases;
  AccountKeys keys;
  uint32_t kvno = 1;
  // What goes into its keys with the password.
  std::string salt;

  AccountState state = AccountState::kEnabled;
  // False is Windows' "Do not require Kerberos preauthentication".
  bool requires_preauthentication = true;
  // False is Windows' "Account is sensitive and cannot be delegated": its
  // tickets are never forwardable.
  bool may_be_delegated = true;
  // Of a service: clients may hand their tickets on to it ("Trust this computer
  // for delegation to any service", OK-AS-DELEGATE). Of the krbtgt of a trust:
  // to services of the other realm that are trusted there (EnableTGTDelegation,
  // and always within a forest).
  bool trusted_for_delegation = false;
};

// The encryption types that a domain has by default, and RC4 by policy only.
std::vector<Etype> DefaultEtypes();

// What its administrator decided. Times are seconds.
struct RealmPolicy {
  // KDC policy, and of the keys that are made from passwords.
  std::vector<Etype> etypes = DefaultEtypes();
  int64_t max_ticket_life = 10 * 3600;
  int64_t max_renewable_life = 7 * 24 * 3600;
  // Between any two clocks (RFC 4120 1.6).
  int64_t max_clock_skew = 5 * 60;

  friend bool operator==(const RealmPolicy&, const RealmPolicy&) = default;
};

class Realm {
 public:
  // With its krbtgt, whose keys `entropy` gives.
  Realm(std::string name, RealmPolicy policy, Entropy& entropy);

  const std::string& name() const { return name_; }
  // What Windows calls its domain in "EXAMPLE\\alice": the first label of the
  // name, unless it is set.
  const std::string& netbios_name() const { return netbios_name_; }
  void set_netbios_name(std::string name) { netbios_name_ = std::move(name); }
  // False when its KDC does not answer anyone.
  bool reachable() const { return reachable_; }
  void set_reachable(bool reachable) { reachable_ = reachable; }
  RealmPolicy& policy() { return policy_; }
  const RealmPolicy& policy() const { return policy_; }

  // Adds a principal, or replaces the one of the same name. The references
  // stay good.
  Principal& Add(Principal principal);
  // With keys from a password and the usual salt: realm and name.
  Principal& AddFromPassword(std::string_view name, std::string_view password);
  // Null where there is none.
  const Principal* Find(std::string_view name) const;
  Principal* Find(std::string_view name);
  // By the name of a request. An enterprise name has the realm in it.
  const Principal* Find(const PrincipalName& name) const;
  // In the order in which they were added.
  const std::deque<Principal>& principals() const { return principals_; }

  // Who answers for this realm instead of our own KDC: a request's bytes in, an
  // answer's out, and nothing where nobody answers. Not set: kdc.h's Kdc.
  using Exchange = std::function<std::vector<uint8_t>(Bytes request)>;
  const Exchange& exchange() const { return exchange_; }
  void set_exchange(Exchange exchange) { exchange_ = std::move(exchange); }

  // Clients of the one may have tickets for services of the other; the key
  // between the two is from `password`. Both ways take two calls. Returns what
  // the one has of it: "krbtgt/TO".
  static Principal& Trust(Realm& from, Realm& to, std::string_view password);
  // The realm, of those that this one's clients have tickets for, in whose DNS
  // domain a service is: "HTTP/web.partner.test" is in PARTNER.TEST. Nothing
  // where there is none.
  std::optional<std::string_view> ReferralFor(
      const PrincipalName& service) const;

 private:
  std::string name_;
  std::string netbios_name_;
  bool reachable_ = true;
  RealmPolicy policy_;
  std::deque<Principal> principals_;
  std::vector<std::string> trusted_;
  Exchange exchange_;
};

// All realms whose KDCs a machine can reach.
class Realms {
 public:
  // Adds a realm, or returns the one of the same name.
  Realm& Add(std::string_view name, Entropy& entropy, RealmPolicy policy = {});
  // By either of its names. Null where there is none.
  const Realm* Find(std::string_view name) const;
  Realm* Find(std::string_view name);
  bool empty() const { return realms_.empty(); }
  const std::deque<Realm>& all() const { return realms_; }

 private:
  std::deque<Realm> realms_;
};

// "HTTP/lab.example.test" for a name's two strings, and back. Those of "/" are
// not told apart from their parts' own.
std::string JoinName(const PrincipalName& name);
// The views are of `name`. `type` is what it says of itself.
PrincipalName SplitName(std::string_view name, NameType type);

// What a name in a request is said to be: a service's, or an account's own.
NameType NameTypeOf(std::string_view name);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_REALM_H_
