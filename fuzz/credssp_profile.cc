// CredSSP: TLS, Negotiate in it, and credentials that are delegated.

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "core/credssp/interactive_logon.h"
#include "core/sspi.h"
#include "core/wire/utf.h"
#include "fuzz/caller.h"
#include "fuzz/kerberos_world.h"
#include "fuzz/lab_certificates.h"
#include "fuzz/ntlm_world.h"
#include "fuzz/oracles.h"
#include "fuzz/people.h"
#include "fuzz/profile.h"
#include "fuzz/tls_flow.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

// SideSettings::policy[0] is NTLM's level.
// policy[1]: the certificate in the lower four bits, TLS's versions in the next
// two, and these: of an initiator, that credentials go to servers only whose
// identity rests on NTLM alone, and of an acceptor, that it asks for
// mechListMICs; that Kerberos is the first choice of machines in a domain.
constexpr uint8_t kWhenNtlmOnly = 0x40;
constexpr uint8_t kRequestsMic = 0x40;
constexpr uint8_t kInDomain = 0x80;
constexpr DWORD kProtocols[] = {0, SP_PROT_TLS1_2, SP_PROT_TLS1_3, 0};
// policy[2]: how much older the protocol's version is than the newest, in the
// lower three bits; the oracle's remediation; and these.
constexpr uint8_t kDenies = 0x20;
constexpr uint8_t kAsInVista = 0x40;
constexpr uint8_t kManual = 0x80;

constexpr const char16_t* kTargets[] = {
    u"TERMSRV/lab.ex",        nullptr, u"", u"HTTP/lab.ex", u"TERMSRV/other.ex",
    u"TERMSRV/lab.ex:3389/ex"};

sim::Settings OfNtlm(const sim::Settings& settings) {
  sim::Settings ntlm = settings;
  for (sim::SideSettings* side : {&ntlm.initiator, &ntlm.acceptor}) {
    side->policy[1] = side->policy[2] = 0;
  }
  return ntlm;
}

uint32_t VersionOf(const sim::SideSettings& side) {
  return static_cast<uint32_t>(std::max(2, 6 - (side.policy[2] & 7)));
}

EncryptionOracle EncryptionOracleOf(const sim::SideSettings& side) {
  return static_cast<EncryptionOracle>(2 - (side.policy[2] >> 3 & 3) % 3);
}

WorldOptions Options(const sim::Settings& settings, Role role,
                     Verification verification) {
  const sim::SideSettings& side = settings.side(role);
  WorldOptions options = NtlmOptionsOf(OfNtlm(settings), role, verification);
  options.credssp.version = VersionOf(side);
  options.credssp.encryption_oracle = EncryptionOracleOf(side);
  options.credssp.as_in_windows_vista = (side.policy[2] & kAsInVista) != 0;
  options.credssp.complete_auth_token = side.has(sim::kCompletesTokens);
  options.credssp.allow_default = options.credssp.allow_fresh;
  options.credssp.allow_default_when_ntlm_only = options.credssp.allow_fresh;
  if ((side.policy[2] & kDenies) != 0) {
    options.credssp.deny_fresh = {u"TERMSRV/other.ex", u"*"};
  }
  if (role == Role::kInitiator && (side.policy[1] & kWhenNtlmOnly) != 0) {
    options.credssp.allow_fresh.clear();
    options.credssp.allow_default.clear();
  }
  options.negotiate.request_mic =
      role == Role::kAcceptor && (side.policy[1] & kRequestsMic) != 0;
  if ((side.policy[1] & kInDomain) != 0) {
    const auto etypes = EtypeList(0);
    options.kerberos.etypes.assign(etypes.begin(), etypes.end());
  }
  return options;
}

void Furnish(const sim::Settings& settings, Role role, World& world) {
  if (role == Role::kAcceptor) AddAccounts(settings, world);
  const sim::SideSettings& side = settings.side(role);
  FurnishWithCertificates(side.policy[1] & 0x0F, role, world);
  if ((side.policy[1] & kInDomain) == 0) return;
  sim::Settings kerberos = OfNtlm(settings);
  kerberos.initiator.policy[0] = kerberos.acceptor.policy[0] = 0;
  FurnishWithRealms(kerberos, role, world);
}

SECURITY_STATUS WithAuthData(
    const sim::Settings& settings, Role role, World&,
    absl::FunctionRef<SECURITY_STATUS(void* auth_data)> acquire) {
  const sim::SideSettings& side = settings.side(role);
  SCHANNEL_CRED of_tls = {};
  of_tls.dwVersion = SCHANNEL_CRED_VERSION;
  of_tls.grbitEnabledProtocols =
      kProtocols[(side.policy[1] >> 4) % std::size(kProtocols)];
  if ((side.policy[2] & kManual) != 0) {
    of_tls.dwFlags = SCH_CRED_MANUAL_CRED_VALIDATION;
  }
  Identity identity(settings);
  CREDSSP_CRED credential = {};
  credential.Type = CredsspSubmitBufferBoth;
  credential.pSchannelCred = &of_tls;
  credential.pSpnegoCred = role == Role::kInitiator ? identity.get() : nullptr;
  return acquire(&credential);
}

bool MustComplete(const sim::Settings& settings) {
  const Profile& profile = CredSspProfile();
  const uint32_t initiator = profile.RequirementsOf(settings, Role::kInitiator);
  const uint32_t acceptor = profile.RequirementsOf(settings, Role::kAcceptor);
  const auto is_plain = [](const sim::SideSettings& side) {
    return side.policy[1] == 0 && (side.policy[2] & ~kManual) == 0 &&
           side.input_shape() != sim::InputShape::kTwoTokens &&
           side.bindings == 0;
  };
  return settings.target == 0 && is_plain(settings.initiator) &&
         is_plain(settings.acceptor) &&
         (initiator & ~(ISC_REQ_DELEGATE | ISC_REQ_MANUAL_CRED_VALIDATION |
                        ISC_REQ_STREAM | ISC_REQ_CONNECTION)) == 0 &&
         (acceptor & ~(ASC_REQ_STREAM | ASC_REQ_CONNECTION)) == 0 &&
         CredentialOf(settings).is_given() &&
         NtlmMustComplete(OfNtlm(settings), 0, 0);
}

bool CredentialIsRight(const sim::Settings& settings) {
  return CredentialOf(settings).IsRight();
}
bool NamesAgree(const sim::Settings&) { return true; }
bool TokensAreProtected(Tokens) { return true; }

// MS-CSSP 3.1.5: whether a machine that binds keys with a nonce, as of version
// 5, tolerates a peer that does not.
bool Tolerates(const sim::SideSettings& side, Role role,
               const sim::SideSettings& peer) {
  constexpr uint32_t kFirstWithNonce = 5;
  return VersionOf(side) < kFirstWithNonce ||
         VersionOf(peer) >= kFirstWithNonce ||
         EncryptionOracleOf(side) >= (role == Role::kInitiator
                                          ? EncryptionOracle::kVulnerable
                                          : EncryptionOracle::kMitigated);
}

// Both are done, so the initiator knew the password, and each tolerates the
// other's version; and what it delegated is what it was given, or empty where
// it was not asked to delegate.
void RequireResult(Caller& initiator, Caller& acceptor,
                   const sim::Settings& settings) {
  const CredentialKind& kind = CredentialOf(settings);
  Watch& watch = initiator.watch();
  watch.Require(kind.IsRight(), Rule::kNoForgery, "of the credential");
  watch.Require(
      Tolerates(settings.initiator, Role::kInitiator, settings.acceptor) &&
          Tolerates(settings.acceptor, Role::kAcceptor, settings.initiator),
      Rule::kNoForgery, "a version that the policy refuses");
  const auto packed = acceptor.DelegatedCredentials();
  // Without memory there is no answer.
  if (!packed.has_value()) return;
  KERB_INTERACTIVE_LOGON logon;
  watch.Require(packed->size() >= sizeof(logon), Rule::kCredentialsArrive,
                "they are too short");
  std::memcpy(&logon, packed->data(), sizeof(logon));
  const bool delegates =
      (CredSspProfile().RequirementsOf(settings, Role::kInitiator) &
       ISC_REQ_DELEGATE) != 0;
  const auto require = [&](const UNICODE_STRING& field,
                           std::u16string_view given, std::string_view name) {
    const auto begin = reinterpret_cast<size_t>(field.Buffer);
    watch.Require(
        begin <= packed->size() && field.Length <= packed->size() - begin,
        Rule::kCredentialsArrive, name);
    const std::u16string expected(delegates ? given : std::u16string_view());
    watch.Require(wire::Utf16LeBytes(expected) ==
                      Bytes(*packed).subspan(begin, field.Length),
                  Rule::kCredentialsArrive, name);
  };
  require(logon.UserName, kind.user, "user");
  require(logon.LogonDomainName, kind.domain, "domain");
  require(logon.Password, kind.password, "password");
}

}  // namespace

const Profile& CredSspProfile() {
  static constexpr Profile kProfile = {
      .package = Package::kCredSsp,
      .name = u"CREDSSP",
      // TLS, SPNEGO, two keys and the credentials; these once more; an alert.
      .max_tokens = 20,
      .stream = true,
      .authenticates_again = true,
      .failures = Profile::Failures::kTold,
      .room_comes_first = true,
      .initiator_requirements =
          {ISC_REQ_DELEGATE, ISC_REQ_STREAM, ISC_REQ_CONNECTION,
           ISC_REQ_EXTENDED_ERROR, ISC_REQ_MUTUAL_AUTH,
           ISC_REQ_USE_SUPPLIED_CREDS, ISC_REQ_SEQUENCE_DETECT,
           ISC_REQ_CONFIDENTIALITY, ISC_REQ_INTEGRITY, ISC_REQ_REPLAY_DETECT,
           ISC_REQ_DATAGRAM, ISC_REQ_NULL_SESSION, ISC_REQ_USE_DCE_STYLE,
           ISC_REQ_IDENTIFY, ISC_REQ_USE_SESSION_KEY, ISC_REQ_NO_INTEGRITY},
      .acceptor_requirements = {ASC_REQ_STREAM, ASC_REQ_CONNECTION,
                                ASC_REQ_EXTENDED_ERROR, ASC_REQ_MUTUAL_AUTH,
                                ASC_REQ_CONFIDENTIALITY, ASC_REQ_INTEGRITY,
                                ASC_REQ_REPLAY_DETECT, ASC_REQ_SEQUENCE_DETECT,
                                ASC_REQ_DATAGRAM, ASC_REQ_DELEGATE,
                                ASC_REQ_ALLOW_NULL_SESSION,
                                ASC_REQ_USE_DCE_STYLE, ASC_REQ_IDENTIFY,
                                ASC_REQ_USE_SESSION_KEY, ASC_REQ_LICENSING,
                                ASC_REQ_ALLOW_MISSING_BINDINGS},
      .always = 0,
      .targets = kTargets,
      .options = Options,
      .furnish = Furnish,
      .with_auth_data = WithAuthData,
      .acceptor_begins = nullptr,
      .must_complete = MustComplete,
      .credential_is_right = CredentialIsRight,
      .names_agree = NamesAgree,
      .same_attributes = {},
      .tokens_are_protected = TokensAreProtected,
      .require_proof = nullptr,
      .prove = nullptr,
      .require_result = RequireResult,
      .require_noticed = RequireTlsNoticed,
  };
  return kProfile;
}

}  // namespace sspilab::fuzz
