// Negotiate, with NTLM inside, or Kerberos where the Worlds have a realm.

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "core/negotiate/messages.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/sealing.h"
#include "fuzz/caller.h"
#include "fuzz/kerberos_proof.h"
#include "fuzz/kerberos_prover.h"
#include "fuzz/kerberos_world.h"
#include "fuzz/ntlm_proof.h"
#include "fuzz/ntlm_prover.h"
#include "fuzz/ntlm_world.h"
#include "fuzz/oracles.h"
#include "fuzz/people.h"
#include "fuzz/profile.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using negotiate::MechTypeList;
using negotiate::NegTokenInit;
using negotiate::NegTokenResp;

// SideSettings::policy[1]: the package list in the lower three bits, and these.
constexpr uint8_t kRequestsMic = 0x08;
constexpr uint8_t kSpeaksFirst = 0x10;
constexpr uint8_t kInDomain = 0x20;

constexpr std::u16string_view kPackageLists[] = {
    u"",           u"ntlm",     u"!kerberos",
    u"!ntlm",      u"kerberos", u"NTLM, Negotiate",
    u"!ntlm,ntlm", u",,!,"};

bool IsInDomain(const sim::SideSettings& side) {
  return (side.policy[1] & kInDomain) != 0;
}

WorldOptions Options(const sim::Settings& settings, Role role,
                     Verification verification) {
  // NTLM's policy has another use for the byte.
  sim::Settings ntlm = settings;
  ntlm.initiator.policy[1] = ntlm.acceptor.policy[1] = 0;
  WorldOptions options = NtlmOptionsOf(ntlm, role, verification);
  options.negotiate.request_mic =
      (settings.side(role).policy[1] & kRequestsMic) != 0;
  if (IsInDomain(settings.side(role))) {
    const auto etypes = EtypeList(0);
    options.kerberos.etypes.assign(etypes.begin(), etypes.end());
  }
  return options;
}

// As Kerberos has it by default.
sim::Settings OfKerberos(const sim::Settings& settings) {
  sim::Settings kerberos = settings;
  for (sim::SideSettings* side : {&kerberos.initiator, &kerberos.acceptor}) {
    std::fill(std::begin(side->policy), std::end(side->policy), uint8_t{0});
  }
  return kerberos;
}

void Furnish(const sim::Settings& settings, Role role, World& world) {
  if (role == Role::kAcceptor) AddAccounts(settings, world);
  if (IsInDomain(settings.side(role))) {
    FurnishWithRealms(OfKerberos(settings), role, world);
  }
}

SECURITY_STATUS WithAuthData(
    const sim::Settings& settings, Role role, World&,
    absl::FunctionRef<SECURITY_STATUS(void* auth_data)> acquire) {
  const std::u16string_view list =
      kPackageLists[settings.side(role).policy[1] % std::size(kPackageLists)];
  Identity identity(settings);
  const bool given = role == Role::kInitiator && identity.get() != nullptr;
  if (list.empty()) return acquire(given ? identity.get() : nullptr);
  std::array<char16_t, 32> packages;
  std::copy(list.begin(), list.end(), packages.begin());
  SEC_WINNT_AUTH_IDENTITY_EXW with_list = {};
  with_list.Version = SEC_WINNT_AUTH_IDENTITY_VERSION;
  with_list.Length = sizeof(with_list);
  with_list.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
  if (given) {
    const auto& plain =
        *static_cast<const SEC_WINNT_AUTH_IDENTITY_W*>(identity.get());
    with_list.User = plain.User;
    with_list.UserLength = plain.UserLength;
    with_list.Domain = plain.Domain;
    with_list.DomainLength = plain.DomainLength;
    with_list.Password = plain.Password;
    with_list.PasswordLength = plain.PasswordLength;
    with_list.Flags = plain.Flags;
  }
  // The list has the characters that Flags says.
  std::array<char, 32> narrow;
  if (with_list.Flags == SEC_WINNT_AUTH_IDENTITY_ANSI) {
    std::transform(list.begin(), list.end(), narrow.begin(),
                   [](char16_t unit) { return static_cast<char>(unit); });
    with_list.PackageList = reinterpret_cast<unsigned short*>(narrow.data());
  } else {
    with_list.PackageList = reinterpret_cast<unsigned short*>(packages.data());
  }
  with_list.PackageListLength = static_cast<ULONG>(list.size());
  return acquire(&with_list);
}

bool AcceptorBegins(const sim::Settings& settings) {
  return (settings.acceptor.policy[1] & kSpeaksFirst) != 0;
}

bool MustComplete(const sim::Settings& settings) {
  const Profile& profile = NegotiateProfile();
  const auto has_all = [](const sim::SideSettings& side) {
    return side.policy[1] % std::size(kPackageLists) <= 2;
  };
  sim::Settings ntlm = settings;
  ntlm.initiator.policy[1] = ntlm.acceptor.policy[1] = 0;
  // A list without a name is an identity, too: nobody's.
  const bool is_named =
      CredentialOf(settings).is_given() ||
      settings.initiator.policy[1] % std::size(kPackageLists) == 0;
  const uint32_t initiator = profile.RequirementsOf(settings, Role::kInitiator);
  const uint32_t acceptor = profile.RequirementsOf(settings, Role::kAcceptor);
  const bool in_domain =
      IsInDomain(settings.initiator) || IsInDomain(settings.acceptor);
  return has_all(settings.initiator) && has_all(settings.acceptor) &&
         is_named && NtlmMustComplete(ntlm, initiator, acceptor) &&
         (!in_domain ||
          KerberosMustComplete(OfKerberos(settings), initiator, acceptor));
}

// The mechanism's token that is in `token`; empty where none is.
Bytes Inside(Bytes token) {
  switch (negotiate::KindOf(token)) {
    case negotiate::TokenKind::kInit: {
      const auto init = NegTokenInit::Parse(token);
      return init.ok() ? init->mech_token.value_or(Bytes()) : Bytes();
    }
    case negotiate::TokenKind::kResp: {
      const auto resp = NegTokenResp::Parse(token);
      return resp.ok() ? resp->response_token.value_or(Bytes()) : Bytes();
    }
    case negotiate::TokenKind::kRawNtlm:
      return token;
    case negotiate::TokenKind::kUnknown:
      break;
  }
  return {};
}

// NTLM's three, of those that passed; the last of each kind.
NtlmTokens InsideOf(Tokens tokens) {
  NtlmTokens inside;
  Bytes* const by_type[] = {&inside.negotiate, &inside.challenge,
                            &inside.authenticate};
  for (const Bytes token : tokens) {
    const Bytes message = Inside(token);
    constexpr std::string_view kSignature("NTLMSSP\0", 8);
    if (message.size() <= kSignature.size() ||
        !std::equal(kSignature.begin(), kSignature.end(), message.begin())) {
      continue;
    }
    const unsigned type = message[kSignature.size()];
    if (type >= 1 && type <= std::size(by_type)) *by_type[type - 1] = message;
  }
  return inside;
}

// The mechanism's tokens in the same places.
absl::InlinedVector<Bytes, 8> AllInside(Tokens tokens) {
  absl::InlinedVector<Bytes, 8> inside;
  for (const Bytes token : tokens) inside.push_back(Inside(token));
  return inside;
}

// Whether no token of NTLM's went to the acceptor, but one of Kerberos'.
bool IsKerberos(Tokens tokens) {
  return InsideOf(tokens).authenticate.empty() && HasApReq(AllInside(tokens));
}

bool TokensAreProtected(Tokens sent) {
  return ClaimsMic(InsideOf(sent).authenticate) || IsKerberos(sent);
}

void RequireProof(Caller& acceptor, const sim::Settings& settings,
                  Tokens tokens) {
  if (IsKerberos(tokens)) {
    RequireKerberosProof(acceptor, {}, AllInside(tokens));
  } else {
    const NtlmTokens inside = InsideOf(tokens);
    RequireNtlmProof(acceptor, settings, inside);
    // A mechanism gets the channel of the legs that it has, which may not be
    // all.
    if (settings.acceptor.names_one_channel()) {
      RequireSameChannel(acceptor, inside.authenticate);
    }
  }
}

// The list that the initiator's first token has; empty where there is none.
Bytes MechTypesOf(Tokens tokens, bool acceptor_began) {
  const size_t first = acceptor_began ? 1 : 0;
  if (tokens.size() <= first) return {};
  const auto init = NegTokenInit::Parse(tokens[first]);
  return init.ok() ? init->mech_types.der() : Bytes();
}

// Where `part`, which is of the token, stands in it.
absl::Span<uint8_t> PlaceOf(Bytes part, absl::Span<uint8_t> token) {
  return token.subspan(static_cast<size_t>(part.data() - token.data()),
                       part.size());
}

// The mechListMIC, over the list that who receives it has, with the key that it
// has.
void ProveMic(const Proving& proving, const Account* account,
              absl::Span<uint8_t> token) {
  const auto resp = NegTokenResp::Parse(token);
  if (!resp.ok() || !resp->mech_list_mic.has_value()) return;
  const Tokens before = proving.from == Role::kInitiator
                            ? proving.before
                            : proving.before_at_initiator;
  absl::InlinedVector<Bytes, 8> tokens(before.begin(), before.end());
  tokens.push_back(token);
  const Bytes list = MechTypesOf(tokens, AcceptorBegins(proving.settings));
  const absl::Span<uint8_t> mic = PlaceOf(*resp->mech_list_mic, token);
  if (IsKerberos(tokens)) {
    auto protection =
        KerberosProtection(proving.world, AllInside(tokens), proving.from);
    if (protection.has_value() && protection->mic_size() == mic.size()) {
      protection->Sign({&list, 1}, mic);
    }
  } else if (account != nullptr) {
    auto protection = NtlmProtection(InsideOf(tokens), *account, proving.from);
    if (!protection.has_value()) return;
    // What is signed is not written to.
    const ntlm::Segment signed_part = {
        .bytes = {const_cast<uint8_t*>(list.data()), list.size()}};
    const auto signature = protection->Sign({&signed_part, 1}, 0);
    if (signature.size() == mic.size()) {
      std::copy(signature.begin(), signature.end(), mic.begin());
    }
  }
}

// What is inside, which stands in the token, and the mechListMIC.
void Prove(const Proving& proving, absl::Span<uint8_t> token) {
  const Account* const account = AccountOf(proving.settings, proving.world);
  const Bytes inside = Inside(token);
  if (!inside.empty()) {
    const absl::Span<uint8_t> message = PlaceOf(inside, token);
    ProveKerberos(proving.world, AllInside(proving.before),
                  Inside(proving.sent), message);
    if (account != nullptr) {
      ProveNtlm(InsideOf(proving.before), *account, Inside(proving.sent),
                message);
    }
  }
  ProveMic(proving, account, token);
}

bool PutsNtlmFirst(Bytes mech_types) {
  const auto list = MechTypeList::Parse(mech_types);
  if (!list.ok()) return false;
  auto rest = list->Begin();
  Bytes first;
  return MechTypeList::Next(&rest, &first) &&
         first == absl::MakeConstSpan(negotiate::oid::kNtlm);
}

// RFC 4178 5: the list of mechanisms is protected by MICs where the mechanism
// has integrity, and is not the acceptor's taking of the first choice; with
// NTLM, which says in AUTHENTICATE that a MIC is due, also then.
void RequireNoticed(Watch& watch, const Passage& passage) {
  if (IsKerberos(passage.arrived)) {
    Passage inside = passage;
    const auto all_sent = AllInside(passage.sent);
    const auto all_arrived = AllInside(passage.arrived);
    inside.sent = all_sent;
    inside.arrived = all_arrived;
    return RequireKerberosNoticed(watch, inside);
  }
  const Bytes sent = MechTypesOf(passage.sent, passage.acceptor_began);
  const Bytes arrived = MechTypesOf(passage.arrived, passage.acceptor_began);
  if (sent == arrived || arrived.empty()) return;
  const Bytes authenticate = InsideOf(passage.arrived).authenticate;
  const auto message = ntlm::AuthenticateMessage::Parse(authenticate);
  if (!message.ok() || (message->flags & ntlm::kNegotiateSign) == 0) return;
  watch.Require(PutsNtlmFirst(arrived) && !ClaimsMic(authenticate),
                Rule::kNoForgery, "the list of mechanisms was changed");
}

}  // namespace

const Profile& NegotiateProfile() {
  // What is not said is as NTLM has it.
  static const Profile kProfile = [] {
    Profile profile = NtlmProfile();
    profile.package = Package::kNegotiate;
    profile.name = u"Negotiate";
    // With a hint before them, and a second choice among them.
    profile.max_tokens = 7;
    profile.room_comes_first = true;
    profile.failures = Profile::Failures::kToldWhenAsked;
    profile.options = Options;
    profile.furnish = Furnish;
    profile.with_auth_data = WithAuthData;
    profile.acceptor_begins = AcceptorBegins;
    profile.must_complete = MustComplete;
    profile.tokens_are_protected = TokensAreProtected;
    profile.require_proof = RequireProof;
    profile.prove = Prove;
    profile.require_noticed = RequireNoticed;
    return profile;
  }();
  return kProfile;
}

}  // namespace sspilab::fuzz
