#include "fuzz/people.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string>

#include "core/ntlm/keys.h"
#include "fuzz/uncounted.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {
namespace {

using Given = CredentialKind::Given;

// The first is the one that all zeros mean. Names short enough to need no
// memory are cheap in every run.
constexpr CredentialKind kCredentials[] = {
    {.user = u"alice",
     .domain = u"EXAMPLE",
     .password = u"secret",
     .known_as = u"alice",
     .authority = u"EXAMPLE",
     .known_password = u"secret"},
    {.user = u"alice",
     .domain = u"EXAMPLE",
     .password = u"wrong",
     .known_as = u"alice",
     .authority = u"EXAMPLE",
     .known_password = u"secret"},
    {.user = u"mallory", .domain = u"EXAMPLE", .password = u"secret"},
    // Nobody: NTLM's anonymous user.
    {.user = u"", .domain = u"", .password = u""},
    {.user = u"alice@ex",
     .domain = u"",
     .password = u"secret",
     .known_as = u"alice",
     .authority = u"EXAMPLE",
     .known_password = u"secret"},
    {.user = u"ALICE",
     .domain = u"example",
     .password = u"secret",
     .known_as = u"alice",
     .authority = u"EXAMPLE",
     .known_password = u"secret"},
    {.user = u"dave",
     .domain = u"LAB",
     .password = u"secret",
     .known_as = u"dave",
     .authority = u"LAB",
     .known_password = u"secret"},
    {.user = u"alice",
     .domain = u"EXAMPLE",
     .password = u"secret",
     .known_as = u"alice",
     .authority = u"EXAMPLE",
     .known_password = u"secret",
     .state = AccountState::kDisabled},
    {.user = u"alice",
     .domain = u"EXAMPLE",
     .password = u"secret",
     .known_as = u"alice",
     .authority = u"EXAMPLE",
     .known_password = u"secret",
     .state = AccountState::kPasswordExpired},
    // In the OEM code page, and not in it.
    {.user = u"Zo\u00EB",
     .domain = u"EXAMPLE",
     .password = u"s\u00EBcret",
     .known_as = u"zo\u00EB",
     .authority = u"EXAMPLE",
     .known_password = u"s\u00EBcret"},
    {.user = u"\u65E5\u672C",
     .domain = u"EXAMPLE",
     .password = u"\u65E5",
     .known_as = u"\u65E5\u672C",
     .authority = u"EXAMPLE",
     .known_password = u"\u65E5"},
    {.given = Given::kNot},
    {.user = u"alice",
     .domain = u"EXAMPLE",
     .password = u"secret",
     .given = Given::kByLogon,
     .known_as = u"alice",
     .authority = u"EXAMPLE",
     .known_password = u"secret"},
    {.user = u"alice",
     .domain = u"EXAMPLE",
     .password = u"secret",
     .given = Given::kByCallerAnsi,
     .known_as = u"alice",
     .authority = u"EXAMPLE",
     .known_password = u"secret"},
    {.user = u"alice",
     .domain = u"",
     .password = u"",
     .known_as = u"alice",
     .authority = u"EXAMPLE"},
    // No LM hash: longer than 14 characters.
    {.user = u"a-user-whose-name-is-not-a-short-one",
     .domain = u"EXAMPLE",
     .password = u"correct horse battery staple",
     .known_as = u"a-user-whose-name-is-not-a-short-one",
     .authority = u"EXAMPLE",
     .known_password = u"correct horse battery staple"},
};
constexpr size_t kCredentialCount = std::size(kCredentials);

struct Hashes {
  ntlm::Key nt;
  std::optional<ntlm::Key> lm;
};

// By index of kCredentials. A function of constants, made when first asked.
const std::array<Hashes, kCredentialCount>& AccountHashes() {
  static const auto hashes = [] {
    const Uncounted once;
    std::array<Hashes, kCredentialCount> made;
    for (size_t i = 0; i < made.size(); ++i) {
      made[i] = {ntlm::NtOwfV1(kCredentials[i].known_password),
                 ntlm::LmOwfV1(kCredentials[i].known_password)};
    }
    return made;
  }();
  return hashes;
}

}  // namespace

const CredentialKind& CredentialOf(const sim::Settings& settings) {
  return kCredentials[settings.credential % kCredentialCount];
}

const Account* AccountOf(const sim::Settings& settings, const World& world) {
  const CredentialKind& kind = CredentialOf(settings);
  return world.accounts().Find(kind.known_as, kind.authority);
}

void AddAccounts(const sim::Settings& settings, World& world) {
  const CredentialKind& credential = CredentialOf(settings);
  if (credential.known_as.empty()) return;
  const Hashes& hashes =
      AccountHashes()[settings.credential % kCredentialCount];
  world.accounts().Add({.user = std::u16string(credential.known_as),
                        .domain = std::u16string(credential.authority),
                        .nt_hash = hashes.nt,
                        .lm_hash = hashes.lm,
                        .state = credential.state});
}

}  // namespace sspilab::fuzz
