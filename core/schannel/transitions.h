#ifndef SSPILAB_CORE_SCHANNEL_TRANSITIONS_H_
#define SSPILAB_CORE_SCHANNEL_TRANSITIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/machine.h"
#include "core/sspi.h"

// The machines of Schannel, whole: what is not here does not happen. They say
// what a call means to SSPI's callers; TLS's own states (RFC 8446 appendix A)
// are OpenSSL's. context.cc says which event a call is. Messages that only
// carry data are no events.
namespace sspilab::schannel {

enum class State : uint8_t {
  kStart,
  kNegotiating,
  kDone,
  // A record that was no data went through DecryptMessage; the next leg must
  // bring it again, and takes away what is to be sent for it.
  kPostHandshake,
  // A close_notify or a fatal alert was sent or received.
  kShutDown,
  kFailed,
  // Acceptor: the client was asked for another handshake, and has not begun it.
  kRenegotiating,
  // Initiator: the server wants a certificate that the credential lacks.
  kWaitingForCredentials,
};

enum class Event : uint8_t {
  // The handshake.
  kContinued,
  kEstablished,
  kCredentialsWanted,
  kIncompleteMessage,
  kOutputTooSmall,
  // Afterwards.
  kLegNeeded,
  kRenegotiationAsked,
  kRenegotiationImpossible,
  kNotForThisCall,
  kAlertSent,
  kPeerClosed,
  kContextExpired,
  // Failures that are found here.
  kNotTls,
  kNoOutputToken,
  kOutOfMemory,
  kDatagramRequested,
  kCertificateWrongUsage,
  kWrongPrincipal,
  // Failures that are found here, or that the peer's alert tells of.
  kUnexpectedMessage,
  kMessageAltered,
  kDecryptFailure,
  kNoCommonAlgorithm,
  kNoCommonVersion,
  kNoCommonApplicationProtocol,
  kCertificateUnknown,
  kCertificateExpired,
  kUntrustedRoot,
  kLogonDenied,
  kPeerGaveUp,
  kInternalError,
};

inline constexpr std::array<std::string_view, 30> kEventNames = {
    "Continued",
    "Established",
    "CredentialsWanted",
    "IncompleteMessage",
    "OutputTooSmall",
    "LegNeeded",
    "RenegotiationAsked",
    "RenegotiationImpossible",
    "NotForThisCall",
    "AlertSent",
    "PeerClosed",
    "ContextExpired",
    "NotTls",
    "NoOutputToken",
    "OutOfMemory",
    "DatagramRequested",
    "CertificateWrongUsage",
    "WrongPrincipal",
    "UnexpectedMessage",
    "MessageAltered",
    "DecryptFailure",
    "NoCommonAlgorithm",
    "NoCommonVersion",
    "NoCommonApplicationProtocol",
    "CertificateUnknown",
    "CertificateExpired",
    "UntrustedRoot",
    "LogonDenied",
    "PeerGaveUp",
    "InternalError"};

namespace transitions_internal {

using S = State;
using E = Event;
using Row = Transition<S, E>;

// What a message can be refused for wherever messages come in, with the status
// that Microsoft's page "Schannel Error Codes for TLS and SSL Alerts" has.
struct Failure {
  E event;
  SECURITY_STATUS status;
};
inline constexpr Failure kFailures[] = {
    {E::kNotTls, SEC_E_INVALID_TOKEN},
    {E::kUnexpectedMessage, SEC_E_ILLEGAL_MESSAGE},
    {E::kMessageAltered, SEC_E_MESSAGE_ALTERED},
    {E::kDecryptFailure, SEC_E_DECRYPT_FAILURE},
    {E::kNoCommonAlgorithm, SEC_E_ALGORITHM_MISMATCH},
    {E::kNoCommonVersion, SEC_E_UNSUPPORTED_FUNCTION},
    {E::kNoCommonApplicationProtocol, SEC_E_APPLICATION_PROTOCOL_MISMATCH},
    {E::kCertificateUnknown, SEC_E_CERT_UNKNOWN},
    {E::kCertificateExpired, SEC_E_CERT_EXPIRED},
    {E::kUntrustedRoot, SEC_E_UNTRUSTED_ROOT},
    {E::kLogonDenied, SEC_E_LOGON_DENIED},
    {E::kPeerGaveUp, SEC_E_UNFINISHED_CONTEXT_DELETED},
    {E::kInternalError, SEC_E_INTERNAL_ERROR},
};

// The failures in every state of `From`.
template <S... From>
inline constexpr auto kFailuresIn = [] {
  std::array<Row, sizeof...(From) * std::size(kFailures)> rows{};
  size_t i = 0;
  for (const S from : {From...}) {
    for (const Failure& f : kFailures) {
      rows[i++] = {from, f.event, S::kFailed, f.status};
    }
  }
  return rows;
}();

template <size_t... N>
consteval auto Join(const std::array<Row, N>&... parts) {
  std::array<Row, (N + ...)> rows{};
  size_t i = 0;
  const auto append = [&](const auto& part) {
    for (const Row& row : part) rows[i++] = row;
  };
  (append(parts), ...);
  return rows;
}

// What both ends have.
inline constexpr auto kCommon = std::to_array<Row>({
    // clang-format off
    // The exchange.
    {S::kNegotiating, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
    {S::kNegotiating, E::kEstablished, S::kDone, SEC_E_OK},
    // What came after it.
    {S::kDone, E::kLegNeeded, S::kPostHandshake, SEC_I_RENEGOTIATE},
    {S::kPostHandshake, E::kEstablished, S::kDone, SEC_E_OK},
    {S::kPostHandshake, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
    // Calls that can be made again, rightly this time.
    {S::kNegotiating, E::kIncompleteMessage, S::kNegotiating, SEC_E_INCOMPLETE_MESSAGE},
    {S::kDone, E::kIncompleteMessage, S::kDone, SEC_E_INCOMPLETE_MESSAGE},
    {S::kPostHandshake, E::kIncompleteMessage, S::kPostHandshake, SEC_E_INCOMPLETE_MESSAGE},
    {S::kShutDown, E::kIncompleteMessage, S::kShutDown, SEC_E_INCOMPLETE_MESSAGE},
    {S::kStart, E::kOutputTooSmall, S::kStart, SEC_E_BUFFER_TOO_SMALL},
    {S::kNegotiating, E::kOutputTooSmall, S::kNegotiating, SEC_E_BUFFER_TOO_SMALL},
    {S::kDone, E::kOutputTooSmall, S::kDone, SEC_E_BUFFER_TOO_SMALL},
    {S::kPostHandshake, E::kOutputTooSmall, S::kPostHandshake, SEC_E_BUFFER_TOO_SMALL},
    {S::kShutDown, E::kOutputTooSmall, S::kShutDown, SEC_E_BUFFER_TOO_SMALL},
    {S::kDone, E::kNotForThisCall, S::kDone, SEC_E_INVALID_TOKEN},
    {S::kPostHandshake, E::kNotForThisCall, S::kPostHandshake, SEC_E_INVALID_TOKEN},
    {S::kDone, E::kRenegotiationImpossible, S::kDone, SEC_E_UNSUPPORTED_FUNCTION},
    // The end, with consent.
    {S::kNegotiating, E::kAlertSent, S::kShutDown, SEC_E_OK},
    {S::kDone, E::kAlertSent, S::kShutDown, SEC_E_OK},
    {S::kPostHandshake, E::kAlertSent, S::kShutDown, SEC_E_OK},
    {S::kShutDown, E::kAlertSent, S::kShutDown, SEC_E_OK},
    {S::kNegotiating, E::kPeerClosed, S::kShutDown, SEC_I_CONTEXT_EXPIRED},
    {S::kDone, E::kPeerClosed, S::kShutDown, SEC_I_CONTEXT_EXPIRED},
    {S::kShutDown, E::kPeerClosed, S::kShutDown, SEC_I_CONTEXT_EXPIRED},
    {S::kShutDown, E::kContextExpired, S::kShutDown, SEC_E_CONTEXT_EXPIRED},
    // Failures that no message is to blame for.
    {S::kStart, E::kDatagramRequested, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
    {S::kStart, E::kNotForThisCall, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kStart, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kNegotiating, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kDone, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kPostHandshake, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kShutDown, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kStart, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
    {S::kNegotiating, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
    {S::kDone, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
    {S::kPostHandshake, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
    {S::kShutDown, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
    {S::kNegotiating, E::kCertificateWrongUsage, S::kFailed, SEC_E_CERT_WRONG_USAGE},
    // Nothing more can be had of it.
    {S::kFailed, E::kNotForThisCall, S::kFailed, SEC_E_INVALID_TOKEN},
    // clang-format on
});

inline constexpr auto kInitiatorOnly = std::to_array<Row>({
    // clang-format off
    {S::kStart, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
    {S::kNegotiating, E::kWrongPrincipal, S::kFailed, SEC_E_WRONG_PRINCIPAL},
    // Another handshake of our own accord begins at once.
    {S::kDone, E::kRenegotiationAsked, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
    {S::kNegotiating, E::kCredentialsWanted, S::kWaitingForCredentials, SEC_I_INCOMPLETE_CREDENTIALS},
    {S::kWaitingForCredentials, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
    {S::kWaitingForCredentials, E::kEstablished, S::kDone, SEC_E_OK},
    {S::kWaitingForCredentials, E::kOutputTooSmall, S::kWaitingForCredentials, SEC_E_BUFFER_TOO_SMALL},
    // Behind the end of the server's flight, in the same record.
    {S::kWaitingForCredentials, E::kUnexpectedMessage, S::kFailed, SEC_E_ILLEGAL_MESSAGE},
    {S::kWaitingForCredentials, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kWaitingForCredentials, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
    {S::kWaitingForCredentials, E::kAlertSent, S::kShutDown, SEC_E_OK},
    // clang-format on
});

inline constexpr auto kAcceptorOnly = std::to_array<Row>({
    // clang-format off
    {S::kStart, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
    {S::kStart, E::kIncompleteMessage, S::kStart, SEC_E_INCOMPLETE_MESSAGE},
    // Whatever is no hello that can be answered.
    {S::kStart, E::kNotTls, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kStart, E::kUnexpectedMessage, S::kFailed, SEC_E_ILLEGAL_MESSAGE},
    {S::kStart, E::kNoCommonAlgorithm, S::kFailed, SEC_E_ALGORITHM_MISMATCH},
    {S::kStart, E::kNoCommonVersion, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
    {S::kStart, E::kNoCommonApplicationProtocol, S::kFailed, SEC_E_APPLICATION_PROTOCOL_MISMATCH},
    // The client is asked; it may send data before it does as it is told, and
    // may bring its hello to either call.
    {S::kDone, E::kRenegotiationAsked, S::kRenegotiating, SEC_I_CONTINUE_NEEDED},
    {S::kRenegotiating, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
    {S::kRenegotiating, E::kLegNeeded, S::kPostHandshake, SEC_I_RENEGOTIATE},
    {S::kRenegotiating, E::kIncompleteMessage, S::kRenegotiating, SEC_E_INCOMPLETE_MESSAGE},
    {S::kRenegotiating, E::kOutputTooSmall, S::kRenegotiating, SEC_E_BUFFER_TOO_SMALL},
    {S::kRenegotiating, E::kNotForThisCall, S::kRenegotiating, SEC_E_INVALID_TOKEN},
    {S::kRenegotiating, E::kAlertSent, S::kShutDown, SEC_E_OK},
    {S::kRenegotiating, E::kPeerClosed, S::kShutDown, SEC_I_CONTEXT_EXPIRED},
    {S::kRenegotiating, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
    {S::kRenegotiating, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
    // clang-format on
});

}  // namespace transitions_internal

struct InitiatorSpec {
  using State = schannel::State;
  using Event = schannel::Event;

  static constexpr std::string_view kName = "Schannel initiator";
  // There is no kRenegotiating in the rows: the name is there for the number.
  static constexpr std::array<std::string_view, 8> kStateNames = {
      "Start",    "Negotiating", "Done",          "PostHandshake",
      "ShutDown", "Failed",      "Renegotiating", "WaitingForCredentials"};
  static constexpr auto& kEventNames = schannel::kEventNames;
  static constexpr auto kTransitions = transitions_internal::Join(
      transitions_internal::kCommon, transitions_internal::kInitiatorOnly,
      transitions_internal::kFailuresIn<State::kNegotiating, State::kDone,
                                        State::kShutDown>);
};

struct AcceptorSpec {
  using State = schannel::State;
  using Event = schannel::Event;

  static constexpr std::string_view kName = "Schannel acceptor";
  static constexpr std::array<std::string_view, 7> kStateNames = {
      "Start",    "Negotiating", "Done",         "PostHandshake",
      "ShutDown", "Failed",      "Renegotiating"};
  static constexpr auto& kEventNames = schannel::kEventNames;
  static constexpr auto kTransitions = transitions_internal::Join(
      transitions_internal::kCommon, transitions_internal::kAcceptorOnly,
      transitions_internal::kFailuresIn<State::kNegotiating, State::kDone,
                                        State::kShutDown,
                                        State::kRenegotiating>);
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_TRANSITIONS_H_
