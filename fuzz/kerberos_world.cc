#include "fuzz/kerberos_world.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/sspi.h"
#include "core/wire/utf.h"
#include "fuzz/ntlm_world.h"
#include "fuzz/people.h"
#include "fuzz/uncounted.h"

namespace sspilab::fuzz {
namespace {

using kerberos::Etype;
using kerberos::Key;
using kerberos::Principal;
using kerberos::Realm;

constexpr Etype kAll[] = {Etype::kAes256CtsHmacSha1, Etype::kAes128CtsHmacSha1,
                          Etype::kAes256CtsHmacSha384,
                          Etype::kAes128CtsHmacSha256, Etype::kRc4Hmac};
constexpr Etype kLists[][2] = {{Etype::kAes256CtsHmacSha1, Etype::kRc4Hmac},
                               {Etype::kAes128CtsHmacSha1, Etype::kRc4Hmac},
                               {Etype::kAes256CtsHmacSha384, Etype::kRc4Hmac},
                               {Etype::kAes128CtsHmacSha256, Etype::kRc4Hmac},
                               {Etype::kRc4Hmac, Etype::kAes128CtsHmacSha1}};

// By SideSettings::policy[2]: seconds.
constexpr int64_t kClocks[] = {0,    60,        240,           360,
                               -360, 11 * 3600, 8 * 24 * 3600, -24 * 3600};
constexpr int64_t kSkews[] = {5 * 60, 0, 3600, 5};

constexpr std::string_view kOther = "OTHER";

sim::SideSettings WithoutPolicy(sim::SideSettings side) {
  std::fill(std::begin(side.policy), std::end(side.policy), uint8_t{0});
  return side;
}

// Made when first asked, of constants.
const std::vector<Key>& KeysOfPerson(const CredentialKind& kind, bool has_aes) {
  static auto& made =
      *new std::map<std::pair<const CredentialKind*, bool>, std::vector<Key>>;
  const std::pair<const CredentialKind*, bool> which(&kind, has_aes);
  const auto found = made.find(which);
  if (found != made.end()) return found->second;
  const Uncounted once;
  constexpr Etype kKeys[] = {Etype::kAes128CtsHmacSha1, Etype::kRc4Hmac};
  const std::string name = wire::Utf16ToUtf8Lossy(kind.known_as);
  return made[which] = kerberos::AccountKeys::FromPassword(
                           absl::MakeConstSpan(kKeys).subspan(has_aes ? 0 : 1),
                           wire::Utf16ToUtf8Lossy(kind.known_password),
                           absl::StrCat(kRealm, name))
                           .All();
}

// Realms without people, which are the same in both Worlds. Made when first
// asked.
const kerberos::Realms& EmptyRealms(uint8_t etypes, bool two) {
  static auto& made =
      *new std::map<std::pair<unsigned, bool>, kerberos::Realms>;
  const std::pair<unsigned, bool> which(etypes % kEtypeLists, two);
  const auto [at, is_new] = made.try_emplace(which);
  if (!is_new) return at->second;
  const Uncounted once;
  const auto list = EtypeList(etypes);
  const kerberos::RealmPolicy policy = {.etypes = {list.begin(), list.end()}};
  Entropy entropy(1, 1);
  Realm& realm = at->second.Add(kRealm, entropy, policy);
  realm.set_netbios_name("EXAMPLE");
  if (two) {
    Realm& other = at->second.Add(kOther, entropy, policy);
    Trust(realm, other, entropy);
  }
  TakeUpKeys(at->second);
  return at->second;
}

void SetPolicy(const sim::SideSettings& side, Realm& realm) {
  realm.policy().max_clock_skew = kSkews[side.policy[2] >> 3 & 3];
  if ((side.policy[2] & kShortTickets) != 0) {
    realm.policy().max_ticket_life = 90;
  }
  if ((side.policy[2] & kNothingRenewable) != 0) {
    realm.policy().max_renewable_life = 0;
  }
}

void AddMachine(const sim::SideSettings& side, bool is_acceptor,
                std::vector<std::string> services, Realm& realm) {
  const bool other_password =
      is_acceptor && (side.policy[1] & kOtherPassword) != 0;
  Principal machine{.name = std::string(kMachine),
                    .aliases = std::move(services)};
  machine.keys =
      OfTypes(KeysOfMachine(other_password), EtypeList(side.policy[1]));
  machine.salt = absl::StrCat(kRealm, kMachine);
  machine.trusted_for_delegation =
      !is_acceptor && (side.policy[1] & kTrustedForDelegation) != 0;
  realm.Add(std::move(machine));
}

}  // namespace

absl::Span<const Etype> EtypeList(uint8_t choice) {
  const auto all = absl::MakeConstSpan(kAll);
  switch (const int list = choice % kEtypeLists) {
    case 0:
      return all;
    case 6:
      return all.last(1);
    case 7:
      // What people have no key of.
      return all.first(4);
    default:
      return kLists[list - 1];
  }
}

void Trust(Realm& from, Realm& to, Entropy& entropy) {
  Principal& between = Realm::Trust(from, to, /*password=*/"");
  between.keys = kerberos::AccountKeys::Random(from.policy().etypes, entropy);
  to.Find(absl::StrCat(between.name, "@", from.name()))->keys = between.keys;
}

void TakeUpKeys(const kerberos::Realms& realms) {
  for (const Realm& realm : realms.all()) {
    for (const Principal& principal : realm.principals()) {
      (void)principal.keys.All();
    }
  }
}

const std::vector<Key>& KeysOfMachine(bool other_password) {
  static const auto& made = *[] {
    const Uncounted once;
    const std::string salt = absl::StrCat(kRealm, kMachine);
    const auto of = [&salt](std::string_view password) {
      return kerberos::AccountKeys::FromPassword(kAll, password, salt).All();
    };
    return new std::array<std::vector<Key>, 2>{
        of(wire::Utf16ToUtf8Lossy(kMachinePassword)), of("another")};
  }();
  return made[other_password ? 1 : 0];
}

absl::Span<const Key> KeysThatCallerGave(const sim::SideSettings& acceptor) {
  if ((acceptor.policy[1] & kNamesItself) == 0) return {};
  return KeysOfMachine();
}

std::vector<Key> OfTypes(absl::Span<const Key> keys,
                         absl::Span<const Etype> etypes) {
  std::vector<Key> chosen;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(chosen),
               [etypes](const Key& key) {
                 return std::find(etypes.begin(), etypes.end(),
                                  key.type().etype) != etypes.end();
               });
  return chosen;
}

WorldOptions KerberosOptionsOf(const sim::Settings& settings, Role role,
                               Verification verification) {
  sim::Settings ntlm = settings;
  ntlm.initiator = WithoutPolicy(ntlm.initiator);
  ntlm.acceptor = WithoutPolicy(ntlm.acceptor);
  WorldOptions options = NtlmOptionsOf(ntlm, role, verification);
  const sim::SideSettings& side = settings.side(role);
  const auto etypes = EtypeList(side.policy[0]);
  options.kerberos.etypes.assign(etypes.begin(), etypes.end());
  // Who names itself has its password hashed in every run.
  if (role == Role::kAcceptor && (side.policy[1] & kNamesItself) != 0) {
    options.kerberos.etypes = {Etype::kRc4Hmac};
  }
  options.kerberos.max_clock_skew = kSkews[side.policy[2] >> 3 & 3];
  options.now += static_cast<FileTime>(kClocks[side.policy[2] & 7] *
                                       int64_t{kFileTimeSecond});
  return options;
}

void FurnishWithRealms(const sim::Settings& settings, Role role, World& world) {
  const sim::SideSettings& side = settings.side(role);
  if ((side.policy[1] & kNoRealm) != 0) return;
  const bool is_acceptor = role == Role::kAcceptor;
  const bool two = (side.policy[1] & kTwoRealms) != 0;
  world.realms() = EmptyRealms(side.policy[1], two);
  Realm& realm = *world.realms().Find(kRealm);
  SetPolicy(side, realm);
  const CredentialKind& kind = CredentialOf(settings);
  if (!kind.known_as.empty() && kind.authority == u"EXAMPLE") {
    const bool has_aes =
        (settings.initiator.policy[2] & kHasAes) != 0 && !is_acceptor;
    Principal person{.name = wire::Utf16ToUtf8Lossy(kind.known_as)};
    person.keys = KeysOfPerson(kind, has_aes);
    person.salt = absl::StrCat(kRealm, person.name);
    person.state = kind.state;
    person.requires_preauthentication =
        is_acceptor || (side.policy[1] & kNoPreauthentication) == 0;
    person.may_be_delegated =
        is_acceptor || (side.policy[1] & kMayNotBeDelegated) == 0;
    realm.Add(std::move(person));
  }
  if (!is_acceptor || (side.policy[1] & kNoMachineAccount) == 0) {
    AddMachine(side, is_acceptor, {"HTTP/lab.ex", "HTTP/lab", "TERMSRV/lab.ex"},
               realm);
  }
  if (!two) return;
  Realm& other = *world.realms().Find(kOther);
  SetPolicy(side, other);
  AddMachine(side, is_acceptor, {"HTTP/web.other"}, other);
}

bool RealmKnows(const sim::Settings& settings) {
  const CredentialKind& kind = CredentialOf(settings);
  return kind.IsRight() && kind.authority == u"EXAMPLE";
}

bool KerberosMustComplete(const sim::Settings& settings,
                          uint32_t initiator_requirements,
                          uint32_t acceptor_requirements) {
  const sim::SideSettings& initiator = settings.initiator;
  const sim::SideSettings& acceptor = settings.acceptor;
  const auto is_plain = [](const sim::SideSettings& side, uint8_t harmless) {
    return side.IsOrdinary() && side.policy[0] == 0 &&
           (side.policy[1] & ~harmless) == 0 && side.policy[2] == 0;
  };
  const bool bindings_agree =
      acceptor.bindings == 0 ||
      (acceptor.bindings == initiator.bindings &&
       (acceptor.bindings == static_cast<uint8_t>(sim::Bindings::kUnique) ||
        acceptor.bindings == static_cast<uint8_t>(sim::Bindings::kEndpoint)));
  constexpr uint32_t kInTheWay = ISC_REQ_USE_SESSION_KEY | ISC_REQ_DELEGATE |
                                 ISC_REQ_DATAGRAM | ISC_REQ_NULL_SESSION;
  return RealmKnows(settings) &&
         is_plain(initiator, kNoPreauthentication | kMayNotBeDelegated |
                                 kTrustedForDelegation) &&
         is_plain(acceptor, 0) && initiator.bindings <= 3 && bindings_agree &&
         (initiator_requirements & kInTheWay) == 0 &&
         (acceptor_requirements & ASC_REQ_USE_SESSION_KEY) == 0;
}

}  // namespace sspilab::fuzz
