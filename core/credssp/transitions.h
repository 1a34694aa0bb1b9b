#ifndef SSPILAB_CORE_CREDSSP_TRANSITIONS_H_
#define SSPILAB_CORE_CREDSSP_TRANSITIONS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/machine.h"
#include "core/sspi.h"

// The machines of CredSSP (MS-CSSP 3.1.5), whole: what is not here does not
// happen. initiator.cc and acceptor.cc say which event a call is.
namespace sspilab::credssp {

enum class State : uint8_t {
  kStart,
  // Step 1: TLS.
  kHandshake,
  // Step 2: SPNEGO.
  kNegotiating,
  // Steps 3 and 4. Initiator: the server's answer to the key is awaited.
  // Acceptor: SPNEGO is done, but the client's key has not come with its end.
  kBinding,
  kDone,
  // A close_notify went out or came in.
  kShutDown,
  kFailed,
  // The token is with the caller, who must call CompleteAuthToken before
  // sending it.
  kNegotiatingUnfinished,
  kBindingUnfinished,
  // Initiator: kDone's token is. Acceptor: kDelegating's.
  kLastUnfinished,
  // Acceptor, step 5: the client's credentials are awaited.
  kDelegating,
  // Initiator: the server wants a certificate that the credential lacks.
  kCertificateWanted,
};

enum class Event : uint8_t {
  // The exchange.
  kContinued,
  kCertificateWanted,
  kSecured,
  kTokenSent,
  kAuthenticated,
  kKeySent,
  kCredentialsSent,
  kCredentialsReceived,
  kTokenSentUnfinished,
  kAuthenticatedUnfinished,
  kKeySentUnfinished,
  kCredentialsSentUnfinished,
  kCompleted,
  // Afterwards.
  kPostHandshake,
  kAlertSent,
  kPeerClosed,
  // Calls that can be made again, or that come at the wrong time.
  kIncompleteMessage,
  kOutputTooSmall,
  kTokenDoesNotMatch,
  kNothingToComplete,
  kOutOfSequence,
  // Failures, by what is said of them. Most come from the packages inside, or
  // from the server by way of errorCode.
  kInvalidToken,
  kOutOfMemory,
  kInternalError,
  kUnsupported,
  kIllegalMessage,
  kMessageAltered,
  kDecryptFailure,
  kAlgorithmMismatch,
  kCertificateUnknown,
  kCertificateExpired,
  kCertificateWrongUsage,
  kUntrustedRoot,
  kPeerGaveUp,
  kLogonDenied,
  kNoAuthority,
  kNoCredentials,
  kTargetUnknown,
  kWrongPrincipal,
  kMutualAuthFailed,
  kDelegationPolicy,
  kPolicyNtlmOnly,
  // What only Kerberos says.
  kTimeSkew,
  kEtypeUnknown,
  kTooManyReferrals,
  kKdcRefused,
  kDowngradeDetected,
  kNoKerberosKey,
  // A context inside has ended: Kerberos' with its ticket, or TLS because the
  // caller read the peer's close_notify and makes a leg all the same.
  kContextExpired,
};

inline constexpr auto kEventNames =
    std::to_array<std::string_view>({"Continued",
                                     "CertificateWanted",
                                     "Secured",
                                     "TokenSent",
                                     "Authenticated",
                                     "KeySent",
                                     "CredentialsSent",
                                     "CredentialsReceived",
                                     "TokenSentUnfinished",
                                     "AuthenticatedUnfinished",
                                     "KeySentUnfinished",
                                     "CredentialsSentUnfinished",
                                     "Completed",
                                     "PostHandshake",
                                     "AlertSent",
                                     "PeerClosed",
                                     "IncompleteMessage",
                                     "OutputTooSmall",
                                     "TokenDoesNotMatch",
                                     "NothingToComplete",
                                     "OutOfSequence",
                                     "InvalidToken",
                                     "OutOfMemory",
                                     "InternalError",
                                     "Unsupported",
                                     "IllegalMessage",
                                     "MessageAltered",
                                     "DecryptFailure",
                                     "AlgorithmMismatch",
                                     "CertificateUnknown",
                                     "CertificateExpired",
                                     "CertificateWrongUsage",
                                     "UntrustedRoot",
                                     "PeerGaveUp",
                                     "LogonDenied",
                                     "NoAuthority",
                                     "NoCredentials",
                                     "TargetUnknown",
                                     "WrongPrincipal",
                                     "MutualAuthFailed",
                                     "DelegationPolicy",
                                     "PolicyNtlmOnly",
                                     "TimeSkew",
                                     "EtypeUnknown",
                                     "TooManyReferrals",
                                     "KdcRefused",
                                     "DowngradeDetected",
                                     "NoKerberosKey",
                                     "ContextExpired"});

// A failure and what it is called outside.
struct Failure {
  Event event;
  SECURITY_STATUS status;
};

namespace transitions_internal {

using S = State;
using E = Event;
using Row = Transition<S, E>;

// What can be wrong in any leg.
inline constexpr auto kAnywhere = std::to_array<Failure>({
    {E::kInvalidToken, SEC_E_INVALID_TOKEN},
    {E::kOutOfMemory, SEC_E_INSUFFICIENT_MEMORY},
    {E::kInternalError, SEC_E_INTERNAL_ERROR},
    {E::kUnsupported, SEC_E_UNSUPPORTED_FUNCTION},
});
// What Schannel may say of a record.
inline constexpr auto kOfRecords = std::to_array<Failure>({
    {E::kIllegalMessage, SEC_E_ILLEGAL_MESSAGE},
    {E::kMessageAltered, SEC_E_MESSAGE_ALTERED},
    {E::kDecryptFailure, SEC_E_DECRYPT_FAILURE},
    {E::kAlgorithmMismatch, SEC_E_ALGORITHM_MISMATCH},
    {E::kCertificateUnknown, SEC_E_CERT_UNKNOWN},
    {E::kCertificateExpired, SEC_E_CERT_EXPIRED},
    {E::kCertificateWrongUsage, SEC_E_CERT_WRONG_USAGE},
    {E::kUntrustedRoot, SEC_E_UNTRUSTED_ROOT},
    {E::kPeerGaveUp, SEC_E_UNFINISHED_CONTEXT_DELETED},
    {E::kLogonDenied, SEC_E_LOGON_DENIED},
});
// What an authority, or the server by way of errorCode, may say besides.
inline constexpr auto kOfAuthentication = std::to_array<Failure>({
    {E::kNoAuthority, SEC_E_NO_AUTHENTICATING_AUTHORITY},
    {E::kNoCredentials, SEC_E_NO_CREDENTIALS},
    {E::kTargetUnknown, SEC_E_TARGET_UNKNOWN},
    {E::kWrongPrincipal, SEC_E_WRONG_PRINCIPAL},
    {E::kTimeSkew, SEC_E_TIME_SKEW},
    {E::kEtypeUnknown, SEC_E_KDC_UNKNOWN_ETYPE},
    {E::kDowngradeDetected, SEC_E_DOWNGRADE_DETECTED},
});
// What Kerberos may say before it sends anything.
inline constexpr auto kOfTickets = std::to_array<Failure>({
    {E::kNoAuthority, SEC_E_NO_AUTHENTICATING_AUTHORITY},
    {E::kNoCredentials, SEC_E_NO_CREDENTIALS},
    {E::kTargetUnknown, SEC_E_TARGET_UNKNOWN},
    {E::kTimeSkew, SEC_E_TIME_SKEW},
    {E::kEtypeUnknown, SEC_E_KDC_UNKNOWN_ETYPE},
    {E::kTooManyReferrals, SEC_E_MAX_REFERRALS_EXCEEDED},
    {E::kKdcRefused, SEC_E_KDC_INVALID_REQUEST},
    {E::kDowngradeDetected, SEC_E_DOWNGRADE_DETECTED},
});
// What it may say of a client's ticket.
inline constexpr auto kOfClients = std::to_array<Failure>({
    {E::kNoCredentials, SEC_E_NO_CREDENTIALS},
    {E::kTimeSkew, SEC_E_TIME_SKEW},
    {E::kNoKerberosKey, SEC_E_NO_KERB_KEY},
});
// What either context inside may say once it protects messages.
inline constexpr auto kOfProtection = std::to_array<Failure>({
    {E::kContextExpired, SEC_E_CONTEXT_EXPIRED},
});
// What the client finds about the server before it trusts it.
inline constexpr auto kOfTrust = std::to_array<Failure>({
    {E::kMutualAuthFailed, SEC_E_MUTUAL_AUTH_FAILED},
    {E::kDelegationPolicy, SEC_E_DELEGATION_POLICY},
    {E::kPolicyNtlmOnly, SEC_E_POLICY_NLTM_ONLY},
});

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

// The failures in every state of `From`.
template <S... From, size_t N>
consteval auto FailIn(const std::array<Failure, N>& failures) {
  std::array<Row, sizeof...(From) * N> rows{};
  size_t i = 0;
  for (const S from : {From...}) {
    for (const Failure& failure : failures) {
      rows[i++] = {from, failure.event, S::kFailed, failure.status};
    }
  }
  return rows;
}

// The same event with the same status in every state of `From`, which it
// leaves as it is.
template <S... From>
consteval auto StayIn(E event, SECURITY_STATUS status) {
  return std::array<Row, sizeof...(From)>{Row{From, event, From, status}...};
}

template <S... From>
consteval auto Close() {
  return std::array<Row, sizeof...(From)>{
      Row{From, E::kPeerClosed, S::kShutDown, SEC_I_CONTEXT_EXPIRED}...};
}

// What both ends have.
inline constexpr auto kCommon = Join(
    std::to_array<Row>({
        // clang-format off
        {S::kHandshake, E::kContinued, S::kHandshake, SEC_I_CONTINUE_NEEDED},
        // Records that say nothing to CredSSP, and parts of a TSRequest.
        {S::kNegotiating, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
        {S::kBinding, E::kContinued, S::kBinding, SEC_I_CONTINUE_NEEDED},
        {S::kDone, E::kContinued, S::kDone, SEC_I_CONTINUE_NEEDED},
        {S::kNegotiatingUnfinished, E::kCompleted, S::kNegotiating, SEC_E_OK},
        {S::kBindingUnfinished, E::kCompleted, S::kBinding, SEC_E_OK},
        {S::kDone, E::kPostHandshake, S::kDone, SEC_E_OK},
        // The end, with consent.
        {S::kHandshake, E::kAlertSent, S::kShutDown, SEC_E_OK},
        {S::kNegotiating, E::kAlertSent, S::kShutDown, SEC_E_OK},
        {S::kBinding, E::kAlertSent, S::kShutDown, SEC_E_OK},
        {S::kDone, E::kAlertSent, S::kShutDown, SEC_E_OK},
        // Authenticating once more.
        {S::kDone, E::kTokenSent, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
        {S::kDone, E::kTokenSentUnfinished, S::kNegotiatingUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
        {S::kNegotiating, E::kTokenSent, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
        {S::kNegotiating, E::kTokenSentUnfinished, S::kNegotiatingUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
        // clang-format on
    }),
    StayIn<S::kHandshake, S::kNegotiating, S::kBinding, S::kDone>(
        E::kIncompleteMessage, SEC_E_INCOMPLETE_MESSAGE),
    StayIn<S::kStart, S::kHandshake, S::kNegotiating, S::kBinding, S::kDone>(
        E::kOutputTooSmall, SEC_E_BUFFER_TOO_SMALL),
    StayIn<S::kNegotiatingUnfinished, S::kBindingUnfinished,
           S::kLastUnfinished>(E::kTokenDoesNotMatch, SEC_E_INVALID_TOKEN),
    StayIn<S::kHandshake, S::kNegotiating, S::kBinding, S::kDone, S::kShutDown,
           S::kFailed>(E::kNothingToComplete, SEC_E_UNSUPPORTED_FUNCTION),
    StayIn<S::kNegotiatingUnfinished, S::kBindingUnfinished, S::kLastUnfinished,
           S::kShutDown, S::kFailed>(E::kOutOfSequence, SEC_E_OUT_OF_SEQUENCE),
    Close<S::kHandshake, S::kNegotiating, S::kBinding, S::kDone>(),
    FailIn<S::kStart, S::kHandshake, S::kNegotiating, S::kBinding, S::kDone>(
        kAnywhere),
    FailIn<S::kHandshake, S::kNegotiating, S::kBinding, S::kDone>(kOfRecords),
    FailIn<S::kNegotiating, S::kBinding, S::kDone>(kOfProtection));

}  // namespace transitions_internal

struct InitiatorSpec {
  using State = credssp::State;
  using Event = credssp::Event;

  static constexpr std::string_view kName = "CredSSP initiator";
  // No row has kDelegating: its name keeps its number.
  static constexpr auto kStateNames = std::to_array<std::string_view>(
      {"Start", "Handshake", "Negotiating", "KeySent", "Done", "ShutDown",
       "Failed", "NegotiatingUnfinished", "KeySentUnfinished", "DoneUnfinished",
       "-", "CertificateWanted"});
  static constexpr auto& kEventNames = credssp::kEventNames;

  using S = State;
  using E = Event;
  static constexpr auto kTransitions = transitions_internal::Join(
      std::to_array<Transition<S, E>>({
          // clang-format off
          {S::kStart, E::kContinued, S::kHandshake, SEC_I_CONTINUE_NEEDED},
          {S::kHandshake, E::kTokenSent, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
          {S::kHandshake, E::kTokenSentUnfinished, S::kNegotiatingUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
          {S::kHandshake, E::kCertificateWanted, S::kCertificateWanted, SEC_I_INCOMPLETE_CREDENTIALS},
          {S::kCertificateWanted, E::kContinued, S::kHandshake, SEC_I_CONTINUE_NEEDED},
          {S::kCertificateWanted, E::kTokenSent, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
          {S::kCertificateWanted, E::kTokenSentUnfinished, S::kNegotiatingUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
          {S::kNegotiating, E::kKeySent, S::kBinding, SEC_I_CONTINUE_NEEDED},
          {S::kNegotiating, E::kKeySentUnfinished, S::kBindingUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
          {S::kBinding, E::kCredentialsSent, S::kDone, SEC_E_OK},
          {S::kBinding, E::kCredentialsSentUnfinished, S::kLastUnfinished, SEC_I_COMPLETE_NEEDED},
          {S::kLastUnfinished, E::kCompleted, S::kDone, SEC_E_OK},
          {S::kCertificateWanted, E::kAlertSent, S::kShutDown, SEC_E_OK},
          {S::kCertificateWanted, E::kOutputTooSmall, S::kCertificateWanted, SEC_E_BUFFER_TOO_SMALL},
          {S::kCertificateWanted, E::kNothingToComplete, S::kCertificateWanted, SEC_E_UNSUPPORTED_FUNCTION},
          {S::kCertificateWanted, E::kLogonDenied, S::kFailed, SEC_E_LOGON_DENIED},
          {S::kStart, E::kNoCredentials, S::kFailed, SEC_E_NO_CREDENTIALS},
          {S::kStart, E::kTargetUnknown, S::kFailed, SEC_E_TARGET_UNKNOWN},
          {S::kStart, E::kDelegationPolicy, S::kFailed, SEC_E_DELEGATION_POLICY},
          // clang-format on
      }),
      transitions_internal::FailIn<S::kCertificateWanted>(
          transitions_internal::kAnywhere),
      transitions_internal::FailIn<S::kHandshake, S::kCertificateWanted,
                                   S::kDone>(transitions_internal::kOfTickets),
      transitions_internal::FailIn<S::kNegotiating, S::kBinding>(
          transitions_internal::kOfAuthentication),
      transitions_internal::FailIn<S::kNegotiating>(
          transitions_internal::kOfTrust),
      transitions_internal::kCommon);
};

struct AcceptorSpec {
  using State = credssp::State;
  using Event = credssp::Event;

  static constexpr std::string_view kName = "CredSSP acceptor";
  static constexpr auto kStateNames = std::to_array<std::string_view>(
      {"Start", "Handshake", "Negotiating", "KeyAwaited", "Done", "ShutDown",
       "Failed", "NegotiatingUnfinished", "KeyAwaitedUnfinished",
       "DelegatingUnfinished", "Delegating"});
  static constexpr auto& kEventNames = credssp::kEventNames;

  using S = State;
  using E = Event;
  static constexpr auto kTransitions = transitions_internal::Join(
      std::to_array<Transition<S, E>>({
          // clang-format off
          {S::kStart, E::kContinued, S::kHandshake, SEC_I_CONTINUE_NEEDED},
          {S::kHandshake, E::kSecured, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
          {S::kNegotiating, E::kAuthenticated, S::kBinding, SEC_I_CONTINUE_NEEDED},
          {S::kNegotiating, E::kAuthenticatedUnfinished, S::kBindingUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
          {S::kNegotiating, E::kKeySent, S::kDelegating, SEC_I_CONTINUE_NEEDED},
          {S::kNegotiating, E::kKeySentUnfinished, S::kLastUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
          {S::kBinding, E::kKeySent, S::kDelegating, SEC_I_CONTINUE_NEEDED},
          {S::kBinding, E::kKeySentUnfinished, S::kLastUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
          {S::kLastUnfinished, E::kCompleted, S::kDelegating, SEC_E_OK},
          {S::kDelegating, E::kContinued, S::kDelegating, SEC_I_CONTINUE_NEEDED},
          {S::kDelegating, E::kCredentialsReceived, S::kDone, SEC_E_OK},
          {S::kDelegating, E::kAlertSent, S::kShutDown, SEC_E_OK},
          {S::kStart, E::kIncompleteMessage, S::kStart, SEC_E_INCOMPLETE_MESSAGE},
          {S::kDelegating, E::kIncompleteMessage, S::kDelegating, SEC_E_INCOMPLETE_MESSAGE},
          // TLS may have to answer: to another handshake, say.
          {S::kDelegating, E::kOutputTooSmall, S::kDelegating, SEC_E_BUFFER_TOO_SMALL},
          {S::kDelegating, E::kNothingToComplete, S::kDelegating, SEC_E_UNSUPPORTED_FUNCTION},
          {S::kStart, E::kNoCredentials, S::kFailed, SEC_E_NO_CREDENTIALS},
          {S::kNegotiating, E::kNoAuthority, S::kFailed, SEC_E_NO_AUTHENTICATING_AUTHORITY},
          // Kerberos is done with its first token, also once more.
          {S::kDone, E::kAuthenticated, S::kBinding, SEC_I_CONTINUE_NEEDED},
          {S::kDone, E::kAuthenticatedUnfinished, S::kBindingUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
          // clang-format on
      }),
      transitions_internal::FailIn<S::kNegotiating, S::kDone>(
          transitions_internal::kOfClients),
      transitions_internal::Close<S::kStart, S::kDelegating>(),
      transitions_internal::FailIn<S::kDelegating>(
          transitions_internal::kAnywhere),
      transitions_internal::FailIn<S::kStart, S::kDelegating>(
          transitions_internal::kOfRecords),
      transitions_internal::FailIn<S::kDelegating>(
          transitions_internal::kOfProtection),
      transitions_internal::kCommon);
};

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_TRANSITIONS_H_
