#include "fuzz/ntlm_proof.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/crypto/digest.h"
#include "core/ntlm/av_pairs.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/wire/oem.h"
#include "core/wire/upcase.h"
#include "core/wire/utf.h"
#include "fuzz/people.h"
#include "fuzz/rules.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

bool IsName(const Account& account, std::u16string_view user) {
  // The account's own name, or user@domain.
  return wire::EqualIgnoringCase(user, account.user) ||
         wire::EqualIgnoringCase(user.substr(0, user.rfind(u'@')),
                                 account.user);
}

// An NT response shorter than any kind is none.
bool IsLmAlone(const ntlm::AuthenticateMessage& message) {
  return message.nt_response.size() < ntlm::kResponseV1Size;
}

bool ProvesV1(const ntlm::AuthenticateMessage& message,
              const ntlm::Challenge& challenge, const Account& account) {
  if (message.nt_response.size() > ntlm::kResponseV1Size) return false;
  ntlm::Challenge client_challenge = {};
  if (message.lm_response.size() >= client_challenge.size()) {
    std::copy_n(message.lm_response.begin(), client_challenge.size(),
                client_challenge.begin());
  }
  const ntlm::ResponsesV1 plain =
      ntlm::ComputeResponsesV1(account.nt_hash, account.lm_hash, challenge);
  const ntlm::ResponsesV1 extended =
      ntlm::ComputeResponsesV1WithClientChallenge(account.nt_hash, challenge,
                                                  client_challenge);
  if (!IsLmAlone(message)) {
    return message.nt_response == Bytes(plain.nt) ||
           message.nt_response == Bytes(extended.nt);
  }
  return message.lm_response == Bytes(plain.lm);
}

bool ProvesLmV2(const ntlm::AuthenticateMessage& message,
                const ntlm::Challenge& challenge, const crypto::HmacMd5& owf) {
  if (!IsLmAlone(message) ||
      message.lm_response.size() != ntlm::kResponseV1Size) {
    return false;
  }
  ntlm::Challenge client_challenge;
  std::copy_n(message.lm_response.begin() + sizeof(ntlm::Key),
              client_challenge.size(), client_challenge.begin());
  return message.lm_response ==
         Bytes(ntlm::ComputeLmResponseV2(owf, challenge, client_challenge));
}

// MS-NLMP 3.3.2: NTProofStr.
bool ProvesV2(const ntlm::AuthenticateMessage& message,
              const ntlm::Challenge& challenge, const crypto::HmacMd5& owf) {
  const auto response = ntlm::NtlmV2Response::Parse(message.nt_response);
  return response.ok() &&
         response->proof == Bytes(owf.Of({challenge, response->temp}));
}

// MS-NLMP 3.1.5.1.2: over all three, AUTHENTICATE's with zeros in its place.
crypto::Digest16 MicOf(const NtlmTokens& tokens, const ntlm::Key& session_key) {
  constexpr ntlm::AuthenticateMessage::Mic kNone{};
  const size_t begin = ntlm::AuthenticateMessage::kMicOffset;
  return crypto::HmacMd5(session_key)
      .Of({tokens.negotiate, tokens.challenge, tokens.authenticate.first(begin),
           kNone, tokens.authenticate.subspan(begin + kNone.size())});
}

// Or there is no memory to say who it is.
bool IsWithNobody(Caller& acceptor) {
  const std::optional<ULONG> attributes = acceptor.Attributes();
  return !attributes.has_value() || (*attributes & ASC_RET_NULL_SESSION) != 0;
}

// Whether the channel that AUTHENTICATE names, if it names one, is the
// acceptor's, if it has one (MS-NLMP 3.2.5.1.2).
bool IsOverTheSameChannel(const Caller& acceptor, Bytes authenticate) {
  if (!acceptor.bindings_hash().has_value()) return true;
  const auto message = ntlm::AuthenticateMessage::Parse(authenticate);
  std::optional<Bytes> named;
  if (message.ok() && message->nt_response.size() > ntlm::kResponseV1Size) {
    const auto response = ntlm::NtlmV2Response::Parse(message->nt_response);
    if (response.ok()) {
      named = response->client_challenge.av_pairs.Find(
          ntlm::AvId::kChannelBindings);
    }
  }
  constexpr crypto::Digest16 kNone{};
  if (!named.has_value() || *named == Bytes(kNone)) {
    return (acceptor.requirements() & ASC_REQ_ALLOW_MISSING_BINDINGS) != 0;
  }
  return *named == Bytes(*acceptor.bindings_hash());
}

}  // namespace

bool ClaimsMic(Bytes authenticate) {
  const auto message = ntlm::AuthenticateMessage::Parse(authenticate);
  if (!message.ok() || message->nt_response.size() <= ntlm::kResponseV1Size) {
    return false;
  }
  const auto response = ntlm::NtlmV2Response::Parse(message->nt_response);
  return response.ok() && (response->client_challenge.av_pairs.Flags() &
                           ntlm::kAvFlagMicProvided) != 0;
}

bool ProvesPassword(const NtlmTokens& tokens, const Account& account,
                    const ntlm::Key& session_key) {
  const auto challenge = ntlm::ChallengeMessage::Parse(tokens.challenge);
  const auto message = ntlm::AuthenticateMessage::Parse(tokens.authenticate);
  if (!challenge.ok() || !message.ok()) return false;
  const bool unicode =
      (challenge->flags & ntlm::kNegotiateUnicode) != 0 &&
      (message->flags == 0 || (message->flags & ntlm::kNegotiateUnicode) != 0);
  const auto text = [unicode](Bytes bytes) {
    return unicode ? wire::Utf16LeToUtf16(bytes) : wire::OemToUtf16(bytes);
  };
  const std::u16string user = text(message->user);
  if (!IsName(account, user)) return false;

  bool proved = ProvesV1(*message, challenge->server_challenge, account);
  // MS-NLMP 3.2.5.1.2 lets the domain be left out of the key.
  for (const std::u16string& domain :
       {text(message->domain), std::u16string()}) {
    const crypto::HmacMd5 owf(ntlm::NtOwfV2(
        account.nt_hash, wire::Utf16LeBytes(user), wire::Utf16LeBytes(domain)));
    proved = proved || ProvesV2(*message, challenge->server_challenge, owf) ||
             ProvesLmV2(*message, challenge->server_challenge, owf);
  }
  if (!proved || !ClaimsMic(tokens.authenticate)) return proved;
  return message->mic.has_value() &&
         *message->mic == MicOf(tokens, session_key);
}

void RequireNtlmProof(Caller& acceptor, const sim::Settings& settings,
                      const NtlmTokens& tokens) {
  if (IsWithNobody(acceptor)) return;
  const std::optional<Caller::Key> session_key = acceptor.SessionKey();
  if (!session_key.has_value()) return;
  ntlm::Key key;
  acceptor.watch().Require(session_key->size() == key.size(), Rule::kNoForgery,
                           "a session key of another size");
  std::copy(session_key->begin(), session_key->end(), key.begin());
  const Account* const account = AccountOf(settings, acceptor.world());
  acceptor.watch().Require(account != nullptr &&
                               account->state == AccountState::kEnabled &&
                               ProvesPassword(tokens, *account, key),
                           Rule::kNoForgery);
}

void RequireSameChannel(Caller& acceptor, Bytes authenticate) {
  if (IsWithNobody(acceptor)) return;
  acceptor.watch().Require(IsOverTheSameChannel(acceptor, authenticate),
                           Rule::kNoForgery,
                           "the response is for another channel");
}

}  // namespace sspilab::fuzz
