#include "fuzz/ntlm_proof.h"

#include <algorithm>
#include <string>

#include "core/ntlm/av_pairs.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/wire/oem.h"
#include "core/wire/upcase.h"
#include "core/wire/utf.h"

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

bool ProvesPassword(const Transcript& transcript, const Account& account,
                    const ntlm::Key& session_key) {
  const auto challenge = ntlm::ChallengeMessage::Parse(transcript.challenge);
  const auto message =
      ntlm::AuthenticateMessage::Parse(transcript.authenticate);
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
  if (!proved || !ClaimsMic(transcript.authenticate)) return proved;
  return message->mic.has_value() &&
         *message->mic == ntlm::ComputeMic(session_key, transcript.negotiate,
                                           transcript.challenge,
                                           transcript.authenticate);
}

}  // namespace sspilab::fuzz
