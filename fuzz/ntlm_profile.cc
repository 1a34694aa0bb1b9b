// NTLM alone.

#include <optional>

#include "fuzz/caller.h"
#include "fuzz/ntlm_proof.h"
#include "fuzz/ntlm_prover.h"
#include "fuzz/ntlm_world.h"
#include "fuzz/people.h"
#include "fuzz/profile.h"

namespace sspilab::fuzz {
namespace {

constexpr const char16_t* kTargets[] = {
    u"HTTP/lab", nullptr, u"", u"cifs/a.host.with.a.rather.long.name.example",
    u"\u65E5\u672C/\xD800"};

constexpr std::array<ULONG, 2> kSameAttributes[] = {
    {ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
    {ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
    {ISC_RET_DATAGRAM, ASC_RET_DATAGRAM},
    {ISC_RET_IDENTIFY, ASC_RET_IDENTIFY},
    {ISC_RET_NULL_SESSION, ASC_RET_NULL_SESSION},
};

void Furnish(const sim::Settings& settings, Role role, World& world) {
  if (role == Role::kAcceptor) AddAccounts(settings, world);
}

SECURITY_STATUS WithAuthData(
    const sim::Settings& settings, Role role, World&,
    absl::FunctionRef<SECURITY_STATUS(void* auth_data)> acquire) {
  if (role == Role::kAcceptor) return acquire(nullptr);
  Identity identity(settings);
  return acquire(identity.get());
}

bool MustComplete(const sim::Settings& settings) {
  const Profile& profile = NtlmProfile();
  return NtlmMustComplete(settings,
                          profile.RequirementsOf(settings, Role::kInitiator),
                          profile.RequirementsOf(settings, Role::kAcceptor));
}

bool CredentialIsRight(const sim::Settings& settings) {
  return CredentialOf(settings).IsRight();
}

// The OEM code page cannot say every name.
bool NamesAgree(const sim::Settings& settings) {
  return ((settings.initiator.policy[2] | settings.acceptor.policy[2]) & 1) ==
         0;
}

bool TokensAreProtected(Tokens sent) {
  return sent.size() == 3 && ClaimsMic(sent[2]);
}

void RequireProof(Caller& acceptor, const sim::Settings& settings,
                  Tokens tokens) {
  // What the acceptor sends last is empty.
  RequireNtlmProof(acceptor, settings,
                   tokens.size() >= 3
                       ? NtlmTokens{tokens[0], tokens[1], tokens[2]}
                       : NtlmTokens{});
  if (tokens.size() >= 3) RequireSameChannel(acceptor, tokens[2]);
}

void Prove(const Proving& proving, absl::Span<uint8_t> token) {
  const Account* const account = AccountOf(proving.settings, proving.world);
  if (account == nullptr || proving.before.size() < 2) return;
  ProveNtlm({.negotiate = proving.before[0], .challenge = proving.before[1]},
            *account, proving.sent, token);
}

}  // namespace

const Profile& NtlmProfile() {
  static constexpr Profile kProfile = {
      .package = Package::kNtlm,
      .name = u"NTLM",
      .max_tokens = 3,
      .stream = false,
      .failures = Profile::Failures::kSilent,
      .room_comes_first = false,
      .initiator_requirements = {ISC_REQ_INTEGRITY, ISC_REQ_CONFIDENTIALITY,
                                 ISC_REQ_REPLAY_DETECT, ISC_REQ_SEQUENCE_DETECT,
                                 ISC_REQ_DATAGRAM, ISC_REQ_NULL_SESSION,
                                 ISC_REQ_IDENTIFY, ISC_REQ_CONNECTION,
                                 ISC_REQ_MUTUAL_AUTH, ISC_REQ_DELEGATE,
                                 ISC_REQ_USE_DCE_STYLE, ISC_REQ_STREAM,
                                 ISC_REQ_EXTENDED_ERROR,
                                 ISC_REQ_USE_SESSION_KEY, ISC_REQ_NO_INTEGRITY,
                                 ISC_REQ_UNVERIFIED_TARGET_NAME},
      .acceptor_requirements = {ASC_REQ_ALLOW_NULL_SESSION,
                                ASC_REQ_ALLOW_MISSING_BINDINGS,
                                ASC_REQ_INTEGRITY, ASC_REQ_CONFIDENTIALITY,
                                ASC_REQ_DATAGRAM, ASC_REQ_REPLAY_DETECT,
                                ASC_REQ_SEQUENCE_DETECT, ASC_REQ_CONNECTION,
                                ASC_REQ_MUTUAL_AUTH, ASC_REQ_DELEGATE,
                                ASC_REQ_USE_DCE_STYLE, ASC_REQ_STREAM,
                                ASC_REQ_EXTENDED_ERROR, ASC_REQ_IDENTIFY,
                                ASC_REQ_USE_SESSION_KEY, ASC_REQ_LICENSING},
      .always = 0,
      .targets = kTargets,
      .options = NtlmOptionsOf,
      .furnish = Furnish,
      .with_auth_data = WithAuthData,
      .acceptor_begins = nullptr,
      .must_complete = MustComplete,
      .credential_is_right = CredentialIsRight,
      .names_agree = NamesAgree,
      .same_attributes = kSameAttributes,
      .tokens_are_protected = TokensAreProtected,
      .require_proof = RequireProof,
      .prove = Prove,
      .require_result = nullptr,
      .require_noticed = nullptr,
  };
  return kProfile;
}

}  // namespace sspilab::fuzz
