// Kerberos alone.

#include <array>
#include <iterator>
#include <string>

#include "fuzz/kerberos_proof.h"
#include "fuzz/kerberos_prover.h"
#include "fuzz/kerberos_world.h"
#include "fuzz/ntlm_world.h"
#include "fuzz/profile.h"

namespace sspilab::fuzz {
namespace {

constexpr const char16_t* kTargets[] = {
    u"HTTP/lab.ex", nullptr,      u"",
    u"HTTP/no.ex",  u"alice",     u"HTTP/web.other",
    u"LAB$@other",  u"krbtgt/EX", u"\u65E5\u672C/\xD800"};

constexpr std::array<ULONG, 2> kSameAttributes[] = {
    {ISC_RET_DELEGATE, ASC_RET_DELEGATE},
    {ISC_RET_MUTUAL_AUTH, ASC_RET_MUTUAL_AUTH},
    {ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
    {ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
    {ISC_RET_USED_DCE_STYLE, ASC_RET_USED_DCE_STYLE},
    {ISC_RET_IDENTIFY, ASC_RET_IDENTIFY},
};

SECURITY_STATUS WithAuthData(
    const sim::Settings& settings, Role role, World&,
    absl::FunctionRef<SECURITY_STATUS(void* auth_data)> acquire) {
  if (role == Role::kInitiator) {
    Identity identity(settings);
    return acquire(identity.get());
  }
  if ((settings.acceptor.policy[1] & kNamesItself) == 0) {
    return acquire(nullptr);
  }
  std::u16string user = u"LAB$", domain = u"EXAMPLE";
  std::u16string password(kMachinePassword);
  const auto text = [](std::u16string& s) {
    return reinterpret_cast<unsigned short*>(s.data());
  };
  SEC_WINNT_AUTH_IDENTITY_W identity = {};
  identity.User = text(user);
  identity.UserLength = static_cast<ULONG>(user.size());
  identity.Domain = text(domain);
  identity.DomainLength = static_cast<ULONG>(domain.size());
  identity.Password = text(password);
  identity.PasswordLength = static_cast<ULONG>(password.size());
  identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
  return acquire(&identity);
}

bool MustComplete(const sim::Settings& settings) {
  const Profile& profile = KerberosProfile();
  return settings.target % std::size(kTargets) == 0 &&
         KerberosMustComplete(
             settings, profile.RequirementsOf(settings, Role::kInitiator),
             profile.RequirementsOf(settings, Role::kAcceptor));
}

bool NamesAgree(const sim::Settings&) { return true; }

// What is done was either told by who has the keys, or is nobody's to rely on.
bool TokensAreProtected(Tokens) { return true; }

void RequireProof(Caller& acceptor, const sim::Settings& settings,
                  Tokens tokens) {
  RequireKerberosProof(acceptor, KeysThatCallerGave(settings.acceptor), tokens);
  RequireTakenOnce(acceptor, settings, tokens);
}

void Prove(const Proving& proving, absl::Span<uint8_t> token) {
  ProveKerberos(proving.world, proving.before, proving.sent, token);
}

}  // namespace

const Profile& KerberosProfile() {
  static constexpr Profile kProfile = {
      .package = Package::kKerberos,
      .name = u"Kerberos",
      // User-to-user, DCE style.
      .max_tokens = 5,
      .stream = false,
      .failures = Profile::Failures::kToldWhenAsked,
      .room_comes_first = false,
      .initiator_requirements = {ISC_REQ_MUTUAL_AUTH, ISC_REQ_CONFIDENTIALITY,
                                 ISC_REQ_INTEGRITY, ISC_REQ_REPLAY_DETECT,
                                 ISC_REQ_SEQUENCE_DETECT, ISC_REQ_USE_DCE_STYLE,
                                 ISC_REQ_IDENTIFY, ISC_REQ_EXTENDED_ERROR,
                                 ISC_REQ_DELEGATE, ISC_REQ_USE_SESSION_KEY,
                                 ISC_REQ_CONNECTION, ISC_REQ_DATAGRAM,
                                 ISC_REQ_NULL_SESSION, ISC_REQ_STREAM,
                                 ISC_REQ_NO_INTEGRITY,
                                 ISC_REQ_UNVERIFIED_TARGET_NAME},
      .acceptor_requirements = {ASC_REQ_EXTENDED_ERROR,
                                ASC_REQ_ALLOW_MISSING_BINDINGS,
                                ASC_REQ_MUTUAL_AUTH, ASC_REQ_CONFIDENTIALITY,
                                ASC_REQ_INTEGRITY, ASC_REQ_REPLAY_DETECT,
                                ASC_REQ_SEQUENCE_DETECT, ASC_REQ_USE_DCE_STYLE,
                                ASC_REQ_DELEGATE, ASC_REQ_USE_SESSION_KEY,
                                ASC_REQ_IDENTIFY, ASC_REQ_CONNECTION,
                                ASC_REQ_DATAGRAM, ASC_REQ_ALLOW_NULL_SESSION,
                                ASC_REQ_STREAM, ASC_REQ_LICENSING},
      .always = 0,
      .targets = kTargets,
      .options = KerberosOptionsOf,
      .furnish = FurnishWithRealms,
      .with_auth_data = WithAuthData,
      .acceptor_begins = nullptr,
      .must_complete = MustComplete,
      .credential_is_right = RealmKnows,
      .names_agree = NamesAgree,
      .same_attributes = kSameAttributes,
      .tokens_are_protected = TokensAreProtected,
      .require_proof = RequireProof,
      .prove = Prove,
      .require_result = nullptr,
      .require_noticed = RequireKerberosNoticed,
  };
  return kProfile;
}

}  // namespace sspilab::fuzz
