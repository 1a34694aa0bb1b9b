#include "fuzz/ntlm_world.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "core/ntlm/negotiate_flags.h"

namespace sspilab::fuzz {
namespace {

// By SideSettings::policy[1].
constexpr uint32_t kMinimums[] = {
    ntlm::kNegotiate128, 0,
    ntlm::kNegotiate128 | ntlm::kNegotiateExtendedSessionSecurity,
    ntlm::kNegotiateSign | ntlm::kNegotiateSeal};

// By bit of SideSettings::policy[2].
constexpr uint32_t kUnsupported[8] = {
    ntlm::kNegotiateUnicode,     ntlm::kNegotiateExtendedSessionSecurity,
    ntlm::kNegotiate128,         ntlm::kNegotiate56,
    ntlm::kNegotiateKeyExchange, ntlm::kNegotiateVersion | ntlm::kRequestTarget,
    ntlm::kNegotiateAlwaysSign,  ntlm::kNegotiateOem | ntlm::kNegotiateLmKey};

}  // namespace

WorldOptions NtlmOptionsOf(const sim::Settings& settings, Role role,
                           Verification verification) {
  const sim::SideSettings& side = settings.side(role);
  const bool no_dns = side.has(sim::kNoDnsNames);
  const uint32_t minimum = kMinimums[side.policy[1] % std::size(kMinimums)];
  WorldOptions options = {
      .seed = settings.seed + (role == Role::kInitiator ? 0 : 0x100u),
      .names = {.computer = role == Role::kInitiator ? u"CLIENT" : u"LAB",
                .domain =
                    (side.options & sim::kNoDomain) != 0 ? u"" : u"EXAMPLE",
                .dns_computer = no_dns ? u"" : u"lab.ex",
                .dns_domain = no_dns ? u"" : u"ex",
                .dns_forest = no_dns ? u"" : u"ex"},
      .ntlm = {.lm_compatibility_level = NtlmLevelOf(side),
               .minimum_client_security = minimum,
               .minimum_server_security = minimum,
               .send_timestamp = (side.options & sim::kNoTimestamp) == 0,
               .complete_auth_token =
                   (side.options & sim::kCompletesTokens) != 0},
      .authority_reachable = (side.options & sim::kAuthorityUnreachable) == 0,
      .verification = verification};
  for (size_t bit = 0; bit < std::size(kUnsupported); ++bit) {
    if ((side.policy[2] >> bit & 1) != 0) {
      options.ntlm.unsupported_flags |= kUnsupported[bit];
    }
  }
  if ((side.options & sim::kClockAhead) != 0) {
    options.now += 48 * 3600 * kFileTimeSecond;
  }
  const CredentialKind& credential = CredentialOf(settings);
  if (role == Role::kInitiator &&
      credential.given == CredentialKind::Given::kByLogon) {
    options.logon = {std::u16string(credential.user),
                     std::u16string(credential.domain),
                     std::u16string(credential.password)};
  }
  return options;
}

bool NtlmMustComplete(const sim::Settings& settings,
                      uint32_t initiator_requirements,
                      uint32_t acceptor_requirements) {
  const sim::SideSettings& initiator = settings.initiator;
  const sim::SideSettings& acceptor = settings.acceptor;
  const auto is_ordinary = [](const sim::SideSettings& side) {
    return side.IsOrdinary() && side.policy[1] % std::size(kMinimums) == 0 &&
           side.policy[2] == 0;
  };
  const bool bindings_agree =
      acceptor.bindings == 0 ||
      (acceptor.bindings == initiator.bindings &&
       (acceptor.bindings == static_cast<uint8_t>(sim::Bindings::kUnique) ||
        acceptor.bindings == static_cast<uint8_t>(sim::Bindings::kEndpoint)));
  return CredentialOf(settings).IsRight() && is_ordinary(initiator) &&
         is_ordinary(acceptor) && initiator.bindings <= 3 && bindings_agree &&
         // NTLMv1 is refused by some, and has no bindings.
         (NtlmLevelOf(initiator) >= 3 ||
          (NtlmLevelOf(acceptor) <= 3 && acceptor.bindings == 0)) &&
         (initiator_requirements & (ISC_REQ_DATAGRAM | ISC_REQ_NULL_SESSION)) ==
             0 &&
         (acceptor_requirements & ASC_REQ_DATAGRAM) == 0;
}

Identity::Identity(const sim::Settings& settings)
    : kind_(CredentialOf(settings)), given_(kind_.is_given()) {
  if (!given_) return;
  const bool ansi = kind_.given == CredentialKind::Given::kByCallerAnsi;
  identity_.Flags =
      ansi ? SEC_WINNT_AUTH_IDENTITY_ANSI : SEC_WINNT_AUTH_IDENTITY_UNICODE;
  if (ansi) {
    Set(narrow_);
  } else {
    Set(wide_);
  }
}

template <typename Char>
void Identity::Set(std::array<std::array<Char, 64>, 3>& texts) {
  unsigned short** const fields[] = {&identity_.User, &identity_.Domain,
                                     &identity_.Password};
  ULONG* const lengths[] = {&identity_.UserLength, &identity_.DomainLength,
                            &identity_.PasswordLength};
  const std::u16string_view values[] = {kind_.user, kind_.domain,
                                        kind_.password};
  for (size_t i = 0; i < texts.size(); ++i) {
    std::transform(values[i].begin(), values[i].end(), texts[i].begin(),
                   [](char16_t unit) { return static_cast<Char>(unit); });
    *fields[i] = reinterpret_cast<unsigned short*>(texts[i].data());
    *lengths[i] = static_cast<ULONG>(values[i].size());
  }
}

}  // namespace sspilab::fuzz
