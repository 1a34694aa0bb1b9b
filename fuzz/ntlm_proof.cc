#include "fuzz/ntlm_proof.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/ntlm/av_pairs.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/wire/oem.h"
#include "core/wire/upcase.h"
#include "core/wire/utf.h"
#include "fuzz/oracles.h"
#include "fuzz/people.h"

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

bool ProvesV2(const ntlm::AuthenticateMessage& message,
              const ntlm::Challenge& challenge, const crypto::HmacMd5& owf) {
  const auto response = ntlm::NtlmV2Response::Parse(message.nt_response);
  return response.ok() &&
         response->proof ==
             Bytes(
                 ntlm::ComputeProofV2(owf, challenge, response->temp).nt_proof);
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
         *message->mic == ntlm::ComputeMic(session_key, tokens.negotiate,
                                           tokens.challenge,
                                           tokens.authenticate);
}

void RequireNtlmProof(Caller& acceptor, const sim::Settings& settings,
                      const NtlmTokens& tokens) {
  const std::optional<ULONG> attributes = acceptor.Attributes();
  if (!attributes.has_value() || (*attributes & ASC_RET_NULL_SESSION) != 0) {
    return;
  }
  const std::optional<Caller::Key> session_key = acceptor.SessionKey();
  if (!session_key.has_value()) return;
  ntlm::Key key;
  acceptor.watch().Require(session_key->size() == key.size(), Rule::kNoForgery,
                           "a session key of another size");
  std::copy(session_key->begin(), session_key->end(), key.begin());
  const CredentialKind& kind = CredentialOf(settings);
  const Account* account =
      acceptor.world().accounts().Find(kind.known_as, kind.authority);
  acceptor.watch().Require(account != nullptr &&
                               account->state == AccountState::kEnabled &&
                               ProvesPassword(tokens, *account, key),
                           Rule::kNoForgery);
}

}  // namespace sspilab::fuzz
