#include "fuzz/ntlm_settings.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <string>

#include "core/ntlm/keys.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/sspi.h"

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
    {},
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

constexpr uint32_t kMinimums[] = {
    ntlm::kNegotiate128, 0,
    ntlm::kNegotiate128 | ntlm::kNegotiateExtendedSessionSecurity,
    ntlm::kNegotiateSign | ntlm::kNegotiateSeal};

// By bit of SideSettings::unsupported.
constexpr uint32_t kUnsupported[8] = {
    ntlm::kNegotiateUnicode,     ntlm::kNegotiateExtendedSessionSecurity,
    ntlm::kNegotiate128,         ntlm::kNegotiate56,
    ntlm::kNegotiateKeyExchange, ntlm::kNegotiateVersion | ntlm::kRequestTarget,
    ntlm::kNegotiateAlwaysSign,  ntlm::kNegotiateOem | ntlm::kNegotiateLmKey};

// By bit of SideSettings::requirements.
constexpr uint32_t kInitiatorRequirements[16] = {
    ISC_REQ_INTEGRITY,      ISC_REQ_CONFIDENTIALITY,
    ISC_REQ_REPLAY_DETECT,  ISC_REQ_SEQUENCE_DETECT,
    ISC_REQ_DATAGRAM,       ISC_REQ_NULL_SESSION,
    ISC_REQ_IDENTIFY,       ISC_REQ_CONNECTION,
    ISC_REQ_MUTUAL_AUTH,    ISC_REQ_DELEGATE,
    ISC_REQ_USE_DCE_STYLE,  ISC_REQ_STREAM,
    ISC_REQ_EXTENDED_ERROR, ISC_REQ_USE_SESSION_KEY,
    ISC_REQ_NO_INTEGRITY,   ISC_REQ_UNVERIFIED_TARGET_NAME};
constexpr uint32_t kAcceptorRequirements[16] = {
    ASC_REQ_ALLOW_NULL_SESSION, ASC_REQ_ALLOW_MISSING_BINDINGS,
    ASC_REQ_INTEGRITY,          ASC_REQ_CONFIDENTIALITY,
    ASC_REQ_DATAGRAM,           ASC_REQ_REPLAY_DETECT,
    ASC_REQ_SEQUENCE_DETECT,    ASC_REQ_CONNECTION,
    ASC_REQ_MUTUAL_AUTH,        ASC_REQ_DELEGATE,
    ASC_REQ_USE_DCE_STYLE,      ASC_REQ_STREAM,
    ASC_REQ_EXTENDED_ERROR,     ASC_REQ_IDENTIFY,
    ASC_REQ_USE_SESSION_KEY,    ASC_REQ_LICENSING};

constexpr const char16_t* kTargets[] = {
    u"HTTP/lab", nullptr, u"", u"cifs/a.host.with.a.rather.long.name.example",
    u"\u65E5\u672C/\xD800"};

struct Hashes {
  ntlm::Key nt;
  std::optional<ntlm::Key> lm;
};

// By index of kCredentials. A function of constants, made when first asked.
const std::array<Hashes, kCredentialCount>& AccountHashes() {
  static const auto hashes = [] {
    std::array<Hashes, kCredentialCount> made;
    for (size_t i = 0; i < made.size(); ++i) {
      made[i] = {ntlm::NtOwfV1(kCredentials[i].known_password),
                 ntlm::LmOwfV1(kCredentials[i].known_password)};
    }
    return made;
  }();
  return hashes;
}

// Zero is Windows' default.
int LevelOf(const SideSettings& side) { return (side.level + 3) % 6; }

bool IsOrdinary(const SideSettings& side) {
  constexpr uint8_t kHarmless =
      kCompletesTokens | kNoTimestamp | kFreesCredentialEarly;
  const auto output = static_cast<OutputShape>(side.output % kOutputShapes);
  const auto input = static_cast<InputShape>(side.input % kInputShapes);
  const auto completing =
      static_cast<Completing>(side.completing % kCompletings);
  return side.minimum_security % std::size(kMinimums) == 0 &&
         side.unsupported == 0 && (side.options & ~kHarmless) == 0 &&
         (output == OutputShape::kAmple || output == OutputShape::kAllocated ||
          output == OutputShape::kTooSmall) &&
         (input == InputShape::kToken || input == InputShape::kAmongOthers ||
          input == InputShape::kTwoTokens || input == InputShape::kReadOnly) &&
         completing != Completing::kNever && side.refused_allocation == 0;
}

}  // namespace

NtlmSettings NtlmSettings::TakeFrom(absl::Span<const uint8_t>* input) {
  NtlmSettings settings = {};
  const size_t size = std::min(input->size(), sizeof(settings));
  if (size != 0) std::memcpy(&settings, input->data(), size);
  input->remove_prefix(size);
  return settings;
}

bool NtlmSettings::MustComplete() const {
  const uint32_t initiator_requirements =
      RequirementsOf(*this, Role::kInitiator);
  const bool bindings_agree =
      acceptor.bindings == 0 ||
      (acceptor.bindings == initiator.bindings &&
       (acceptor.bindings == static_cast<uint8_t>(Bindings::kUnique) ||
        acceptor.bindings == static_cast<uint8_t>(Bindings::kEndpoint)));
  return CredentialOf(*this).IsRight() && IsOrdinary(initiator) &&
         IsOrdinary(acceptor) && initiator.bindings <= 3 && bindings_agree &&
         // NTLMv1 is refused by some, and has no bindings.
         (LevelOf(initiator) >= 3 ||
          (LevelOf(acceptor) <= 3 && acceptor.bindings == 0)) &&
         (initiator_requirements & (ISC_REQ_DATAGRAM | ISC_REQ_NULL_SESSION)) ==
             0 &&
         (RequirementsOf(*this, Role::kAcceptor) & ASC_REQ_DATAGRAM) == 0;
}

const CredentialKind& CredentialOf(const NtlmSettings& settings) {
  return kCredentials[settings.credential % kCredentialCount];
}

WorldOptions OptionsOf(const NtlmSettings& settings, Role role,
                       Verification verification) {
  const SideSettings& side = settings.side(role);
  const bool no_dns = (side.options & kNoDnsNames) != 0;
  WorldOptions options = {
      .seed = settings.seed + (role == Role::kInitiator ? 0 : 0x100u),
      .names = {.computer = role == Role::kInitiator ? u"CLIENT" : u"LAB",
                .domain = (side.options & kNoDomain) != 0 ? u"" : u"EXAMPLE",
                .dns_computer = no_dns ? u"" : u"lab.ex",
                .dns_domain = no_dns ? u"" : u"ex",
                .dns_forest = no_dns ? u"" : u"ex"},
      .ntlm = {.lm_compatibility_level = LevelOf(side),
               .minimum_client_security =
                   kMinimums[side.minimum_security % std::size(kMinimums)],
               .minimum_server_security =
                   kMinimums[side.minimum_security % std::size(kMinimums)],
               .send_timestamp = (side.options & kNoTimestamp) == 0,
               .complete_auth_token = (side.options & kCompletesTokens) != 0},
      .authority_reachable = (side.options & kAuthorityUnreachable) == 0,
      .verification = verification};
  for (size_t bit = 0; bit < std::size(kUnsupported); ++bit) {
    if ((side.unsupported >> bit & 1) != 0) {
      options.ntlm.unsupported_flags |= kUnsupported[bit];
    }
  }
  if ((side.options & kClockAhead) != 0) {
    options.now += 48 * 3600 * kFileTimeSecond;
  }
  const CredentialKind& credential = CredentialOf(settings);
  if (role == Role::kInitiator && credential.given == Given::kByLogon) {
    options.logon = {std::u16string(credential.user),
                     std::u16string(credential.domain),
                     std::u16string(credential.password)};
  }
  return options;
}

void AddAccounts(const NtlmSettings& settings, World& world) {
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

uint32_t RequirementsOf(const NtlmSettings& settings, Role role) {
  const SideSettings& side = settings.side(role);
  const auto& table =
      role == Role::kInitiator ? kInitiatorRequirements : kAcceptorRequirements;
  const unsigned mask = side.requirements[0] | side.requirements[1] << 8;
  uint32_t requirements = 0;
  for (size_t bit = 0; bit < std::size(table); ++bit) {
    if ((mask >> bit & 1) != 0) requirements |= table[bit];
  }
  return requirements;
}

const char16_t* TargetOf(const NtlmSettings& settings) {
  return kTargets[settings.target % std::size(kTargets)];
}

Bindings BindingsOf(const SideSettings& side, int leg) {
  constexpr uint8_t kAbsent[] = {0x10, 0x20};
  if (leg < 2 && (side.bindings & kAbsent[leg]) != 0) return Bindings::kNone;
  const int kind = side.bindings & 0x0F;
  const int change = leg == 0 ? 0 : side.bindings >> 6;
  return static_cast<Bindings>((kind + change) % kBindingsKinds);
}

}  // namespace sspilab::fuzz
