#include "sim/swarm/wrong_token.h"

#include <array>
#include <iterator>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/kerberos/gss.h"
#include "core/negotiate/messages.h"
#include "core/sspi.h"
#include "core/wire/der.h"
#include "sim/swarm/wrong_kerberos_token.h"

namespace sspilab::sim {
namespace {

using negotiate::NegState;
using negotiate::NegTokenInit;
using negotiate::NegTokenResp;

constexpr uint8_t kAlertRecord = 21;
constexpr uint8_t kHandshakeRecord = 22;
constexpr uint8_t kDataRecord = 23;

// Those that alone mean something are there twice.
constexpr std::array<uint8_t, 38> kAlerts = {
    TLS1_ALERT_CLOSE_NOTIFY,         TLS1_ALERT_UNEXPECTED_MESSAGE,
    TLS1_ALERT_BAD_RECORD_MAC,       TLS1_ALERT_DECRYPTION_FAILED,
    TLS1_ALERT_RECORD_OVERFLOW,      TLS1_ALERT_DECOMPRESSION_FAIL,
    TLS1_ALERT_HANDSHAKE_FAILURE,    TLS1_ALERT_BAD_CERTIFICATE,
    TLS1_ALERT_UNSUPPORTED_CERT,     TLS1_ALERT_CERTIFICATE_REVOKED,
    TLS1_ALERT_CERTIFICATE_EXPIRED,  TLS1_ALERT_CERTIFICATE_UNKNOWN,
    TLS1_ALERT_ILLEGAL_PARAMETER,    TLS1_ALERT_UNKNOWN_CA,
    TLS1_ALERT_ACCESS_DENIED,        TLS1_ALERT_DECODE_ERROR,
    TLS1_ALERT_DECRYPT_ERROR,        TLS1_ALERT_EXPORT_RESTRICTION,
    TLS1_ALERT_PROTOCOL_VERSION,     TLS1_ALERT_INSUFFIENT_SECURITY,
    TLS1_ALERT_INTERNAL_ERROR,       TLS1_ALERT_USER_CANCELED,
    TLS1_ALERT_NO_RENEGOTIATION,     TLS1_ALERT_UNSUPPORTED_EXT,
    TLS1_ALERT_UNKNOWN_PSK_IDENTITY, TLS1_ALERT_NO_APP_PROTOCOL,
    TLS1_ALERT_DECRYPTION_FAILED,    TLS1_ALERT_BAD_CERTIFICATE,
    TLS1_ALERT_CERTIFICATE_EXPIRED,  TLS1_ALERT_UNKNOWN_CA,
    TLS1_ALERT_ACCESS_DENIED,        TLS1_ALERT_PROTOCOL_VERSION,
    TLS1_ALERT_INSUFFIENT_SECURITY,  TLS1_ALERT_USER_CANCELED,
    TLS1_ALERT_NO_APP_PROTOCOL,      TLS1_ALERT_NO_APP_PROTOCOL,
    TLS1_ALERT_NO_APP_PROTOCOL,      121};  // There is none of this number.

constexpr std::string_view kGarbage[] = {
    "HTTP/1.1 400 Bad Request",
    "\x16\x03\x03",
    {"\x16\x03\x03\xFF\xFF", 5},
    {"NTLMSSP\0\x03\0\0\0", 12},
    "\xA1\x02",
    // A first word of SPNEGO's without a token: of somebody who has only a
    // mechanism that nobody knows, and of one who has NTLM behind it.
    {"\x60\x15\x06\x06\x2B\x06\x01\x05\x05\x02\xA0\x0B\x30\x09\xA0\x07\x30\x05"
     "\x06\x03\x2A\x03\x04",
     23},
    {"\x60\x21\x06\x06\x2B\x06\x01\x05\x05\x02\xA0\x17\x30\x15\xA0\x13\x30\x11"
     "\x06\x03\x2A\x03\x04\x06\x0A\x2B\x06\x01\x04\x01\x82\x37\x02\x02\x0A",
     35},
};

constexpr std::array<NegState, 4> kStates = {
    NegState::kAcceptCompleted, NegState::kAcceptIncomplete, NegState::kReject,
    NegState::kRequestMic};

template <typename Message>
std::vector<uint8_t> Written(const Message& message) {
  wire::DerWriter counter;
  message.WriteTo(&counter);
  std::vector<uint8_t> bytes(counter.size());
  wire::DerWriter writer(absl::MakeSpan(bytes));
  message.WriteTo(&writer);
  return bytes;
}

// A part of a message, as it was, missing, or something that it is not.
std::optional<absl::Span<const uint8_t>> Other(
    Dice& dice, const std::optional<absl::Span<const uint8_t>>& part) {
  static constexpr uint8_t kNonsense[] = {9, 9, 9};
  switch (dice.Below(4)) {
    case 0:
      return std::nullopt;
    case 1:
      return kNonsense;
    default:
      return part;
  }
}

// An answer that may stand for itself, or be made of another one.
std::vector<uint8_t> Reworded(Dice& dice, NegTokenResp resp) {
  if (dice.Once(2)) {
    resp.neg_state = dice.Of(kStates);
  } else if (dice.Once(4)) {
    resp.neg_state.reset();
  }
  if (dice.Once(4)) {
    resp.supported_mech = dice.Once(2)
                              ? absl::Span<const uint8_t>(negotiate::oid::kNtlm)
                              : negotiate::oid::kKerberos;
  }
  resp.response_token = Other(dice, resp.response_token);
  resp.mech_list_mic = Other(dice, resp.mech_list_mic);
  return Written(resp);
}

}  // namespace

std::vector<uint8_t> WrongToken(Dice& dice) {
  switch (dice.Below(8)) {
    case 0: {
      std::vector<uint8_t> record = {kDataRecord, 3, 3, 0, 32};
      record.resize(37);
      return record;
    }
    case 1:
      return {kHandshakeRecord, 3, 3, 0, 4, 0, 0, 0, 0};
    case 2:
    case 3: {
      const uint8_t number = dice.Of(kAlerts);
      const uint8_t level = number == TLS1_ALERT_CLOSE_NOTIFY
                                ? TLS1_ALERT_WARNING
                                : TLS1_ALERT_FATAL;
      return {kAlertRecord, 3, 3, 0, 2, level, number};
    }
    case 4:
    case 5:
      return Reworded(dice, NegTokenResp());
    default: {
      const std::string_view text = kGarbage[dice.Below(std::size(kGarbage))];
      return {text.begin(), text.end()};
    }
  }
}

std::vector<uint8_t> Reworded(Dice& dice, absl::Span<const uint8_t> token) {
  if (absl::StatusOr<NegTokenResp> resp = NegTokenResp::Parse(token);
      resp.ok()) {
    return Reworded(dice, *resp);
  }
  if (absl::StatusOr<NegTokenInit> init = NegTokenInit::Parse(token);
      init.ok()) {
    // What is inside, without SPNEGO, is a token, too.
    if (init->mech_token.has_value() && dice.Once(4)) {
      return {init->mech_token->begin(), init->mech_token->end()};
    }
    init->mech_token = Other(dice, init->mech_token);
    init->mech_list_mic = Other(dice, init->mech_list_mic);
    return Written(*init);
  }
  if (const absl::StatusOr<kerberos::GssToken> framed =
          kerberos::GssToken::Parse(token);
      framed.ok()) {
    return Reworded(dice, *framed);
  }
  return WrongToken(dice);
}

std::vector<uint32_t> ControlToken(Dice& dice) {
  switch (dice.Below(8)) {
    case 0:
      return {SCHANNEL_RENEGOTIATE};
    case 1:
    case 2:
      return {SCHANNEL_SHUTDOWN};
    case 3:
      return {SCHANNEL_SESSION, static_cast<uint32_t>(1 + dice.Below(3))};
    case 4:
      return {static_cast<uint32_t>(dice.Below(6))};
    default: {
      const uint32_t level =
          dice.Once(8) ? TLS1_ALERT_WARNING : TLS1_ALERT_FATAL;
      return {SCHANNEL_ALERT, level, dice.Of(kAlerts)};
    }
  }
}

std::vector<uint32_t> AlertToken(Dice& dice) {
  return {SCHANNEL_ALERT, TLS1_ALERT_FATAL, dice.Of(kAlerts)};
}

}  // namespace sspilab::sim
