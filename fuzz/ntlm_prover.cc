#include "fuzz/ntlm_prover.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/crypto/digest.h"
#include "core/ntlm/keys.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/wire/oem.h"
#include "core/wire/utf.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

// Puts `bytes` where `part` stands in `token`.
void Overwrite(Bytes part, Bytes bytes, absl::Span<uint8_t> token) {
  std::copy(bytes.begin(), bytes.end(),
            token.begin() + (part.data() - token.data()));
}

void ProveV1(const ntlm::AuthenticateMessage& message, uint32_t flags,
             const ntlm::Challenge& challenge, const Account& account,
             absl::Span<uint8_t> token) {
  ntlm::Challenge client_challenge = {};
  if (message.lm_response.size() >= client_challenge.size()) {
    std::copy_n(message.lm_response.begin(), client_challenge.size(),
                client_challenge.begin());
  }
  const bool extended = (flags & ntlm::kNegotiateExtendedSessionSecurity) != 0;
  const ntlm::ResponsesV1 responses =
      extended ? ntlm::ComputeResponsesV1WithClientChallenge(
                     account.nt_hash, challenge, client_challenge)
               : ntlm::ComputeResponsesV1(account.nt_hash, account.lm_hash,
                                          challenge);
  Overwrite(message.nt_response, responses.nt, token);
}

// What a message with NTLMv2's response answers.
struct Answer {
  ntlm::NtlmV2Response response;
  // What is right for it.
  ntlm::ProofV2 proof;
};

uint32_t FlagsInForce(const ntlm::AuthenticateMessage& message,
                      const ntlm::ChallengeMessage& challenge) {
  return message.flags == 0 ? challenge.flags : message.flags & challenge.flags;
}

std::optional<Answer> AnswerIn(const ntlm::AuthenticateMessage& message,
                               const ntlm::ChallengeMessage& challenge,
                               const Account& account) {
  const auto response = ntlm::NtlmV2Response::Parse(message.nt_response);
  if (!response.ok()) return std::nullopt;
  const bool unicode =
      (FlagsInForce(message, challenge) & ntlm::kNegotiateUnicode) != 0;
  const auto text = [unicode](Bytes bytes) {
    return unicode ? wire::Utf16LeToUtf16(bytes) : wire::OemToUtf16(bytes);
  };
  const std::u16string user = text(message.user);
  const std::u16string domain = text(message.domain);
  const crypto::HmacMd5 owf(ntlm::NtOwfV2(
      account.nt_hash, wire::Utf16LeBytes(user), wire::Utf16LeBytes(domain)));
  return Answer{*response, ntlm::ComputeProofV2(owf, challenge.server_challenge,
                                                response->temp)};
}

// MS-NLMP 3.1.5.1.2.
bool ExchangesKey(const ntlm::AuthenticateMessage& message, uint32_t flags) {
  return (flags & ntlm::kNegotiateKeyExchange) != 0 &&
         (flags & (ntlm::kNegotiateSign | ntlm::kNegotiateSeal)) != 0 &&
         message.encrypted_session_key.size() == sizeof(ntlm::Key);
}

ntlm::Key KeyOf(Bytes bytes) {
  ntlm::Key key;
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

// The key that the initiator chose, encrypted with `key` instead of with that
// of the answer that it gave; what the message has, where it gave none, or
// where its own is no longer there.
ntlm::Key EncryptedAnew(Bytes encrypted, const ntlm::Key& key, Bytes sent,
                        const ntlm::ChallengeMessage& challenge,
                        const Account& account) {
  const auto message = ntlm::AuthenticateMessage::Parse(sent);
  if (!message.ok() || message->encrypted_session_key != encrypted) {
    return KeyOf(encrypted);
  }
  const auto answer = AnswerIn(*message, challenge, account);
  if (!answer.has_value() ||
      answer->response.proof != Bytes(answer->proof.nt_proof)) {
    return KeyOf(encrypted);
  }
  return ntlm::EncryptSessionKey(
      key, ntlm::EncryptSessionKey(answer->proof.session_base_key,
                                   KeyOf(encrypted)));
}

}  // namespace

void ProveNtlm(const NtlmTokens& before, const Account& account, Bytes sent,
               absl::Span<uint8_t> authenticate) {
  const auto challenge = ntlm::ChallengeMessage::Parse(before.challenge);
  const auto message = ntlm::AuthenticateMessage::Parse(authenticate);
  if (!challenge.ok() || !message.ok()) return;
  const uint32_t flags = FlagsInForce(*message, *challenge);
  if (message->nt_response.size() == ntlm::kResponseV1Size) {
    return ProveV1(*message, flags, challenge->server_challenge, account,
                   authenticate);
  }
  const auto answer = AnswerIn(*message, *challenge, account);
  if (!answer.has_value()) return;
  Overwrite(answer->response.proof, answer->proof.nt_proof, authenticate);
  ntlm::Key key = answer->proof.session_base_key;
  if (ExchangesKey(*message, flags)) {
    const Bytes place = message->encrypted_session_key;
    const ntlm::Key encrypted =
        EncryptedAnew(place, key, sent, *challenge, account);
    Overwrite(place, encrypted, authenticate);
    key = ntlm::EncryptSessionKey(key, encrypted);
  }
  if (!message->mic.has_value() || !ClaimsMic(authenticate)) return;
  const ntlm::Key mic =
      ntlm::ComputeMic(key, before.negotiate, before.challenge, authenticate);
  std::copy(mic.begin(), mic.end(),
            authenticate.begin() + ntlm::AuthenticateMessage::kMicOffset);
}

std::optional<ntlm::MessageProtection> NtlmProtection(const NtlmTokens& tokens,
                                                      const Account& account,
                                                      Role sender) {
  const auto challenge = ntlm::ChallengeMessage::Parse(tokens.challenge);
  const auto message = ntlm::AuthenticateMessage::Parse(tokens.authenticate);
  if (!challenge.ok() || !message.ok()) return std::nullopt;
  const auto answer = AnswerIn(*message, *challenge, account);
  if (!answer.has_value() ||
      answer->response.proof != Bytes(answer->proof.nt_proof)) {
    return std::nullopt;
  }
  const uint32_t flags = FlagsInForce(*message, *challenge);
  ntlm::Key key = answer->proof.session_base_key;
  if (ExchangesKey(*message, flags)) {
    key = ntlm::EncryptSessionKey(key, KeyOf(message->encrypted_session_key));
  }
  return ntlm::MessageProtection(key, flags, sender);
}

}  // namespace sspilab::fuzz
