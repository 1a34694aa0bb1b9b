#ifndef SSPILAB_CORE_KERBEROS_TRANSITIONS_H_
#define SSPILAB_CORE_KERBEROS_TRANSITIONS_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "core/machine.h"
#include "core/sspi.h"

// The machines of Kerberos (RFC 4120 3.2, RFC 4121, MS-KILE 3.2 and 3.4),
// whole: what is not here does not happen. initiator.cc and acceptor.cc say
// which event a call is.
namespace sspilab::kerberos {

struct InitiatorSpec {
  enum class State : uint8_t {
    kStart,
    // The AP-REQ is out, and the acceptor owes its proof.
    kApReqSent,
    kDone,
    kFailed,
    // User-to-user: the acceptor owes its ticket-granting ticket.
    kTgtRequested,
  };
  enum class Event : uint8_t {
    // The AP-REQ, where nothing is to come back, and where an AP-REP is.
    kSent,
    kSentForMutual,
    kTgtRequestSent,
    // The AP-REP is the acceptor's; with DCE style it is answered.
    kAcceptorProven,
    kCallOutOfSequence,
    kOutputTooSmall,
    kNoOutputToken,
    kOutOfMemory,
    kNoCredentials,
    kBindingsMalformed,
    kTargetMissing,
    // What the KDC said, or that it said nothing.
    kNoAuthority,
    kLogonDenied,
    kTargetUnknown,
    kTimeSkew,
    kEtypeUnknown,
    kTgtOfAnother,
    kTooManyReferrals,
    kKdcRefused,
    kKdcReplyInvalid,
    // What the acceptor said.
    kTgtReplyMalformed,
    kNoTgtReply,
    kApRepMalformed,
    kAcceptorNotProven,
    kAcceptorTimeSkew,
    kAcceptorHasOtherKey,
    kAcceptorRefused,
  };

  static constexpr std::string_view kName = "Kerberos initiator";
  static constexpr std::array<std::string_view, 5> kStateNames = {
      "Start", "ApReqSent", "Done", "Failed", "TgtRequested"};
  static constexpr std::array<std::string_view, 27> kEventNames = {
      "Sent",
      "SentForMutual",
      "TgtRequestSent",
      "AcceptorProven",
      "CallOutOfSequence",
      "OutputTooSmall",
      "NoOutputToken",
      "OutOfMemory",
      "NoCredentials",
      "BindingsMalformed",
      "TargetMissing",
      "NoAuthority",
      "LogonDenied",
      "TargetUnknown",
      "TimeSkew",
      "EtypeUnknown",
      "TgtOfAnother",
      "TooManyReferrals",
      "KdcRefused",
      "KdcReplyInvalid",
      "TgtReplyMalformed",
      "NoTgtReply",
      "ApRepMalformed",
      "AcceptorNotProven",
      "AcceptorTimeSkew",
      "AcceptorHasOtherKey",
      "AcceptorRefused"};

  using S = State;
  using E = Event;
  static constexpr auto kTransitions = std::to_array<Transition<S, E>>({
      // clang-format off
      // The exchange.
      {S::kStart, E::kSent, S::kDone, SEC_E_OK},
      {S::kStart, E::kSentForMutual, S::kApReqSent, SEC_I_CONTINUE_NEEDED},
      {S::kApReqSent, E::kAcceptorProven, S::kDone, SEC_E_OK},
      // User-to-user, because the caller or the KDC wants it; and because the
      // acceptor does, who has just refused an AP-REQ.
      {S::kStart, E::kTgtRequestSent, S::kTgtRequested, SEC_I_CONTINUE_NEEDED},
      {S::kTgtRequested, E::kSent, S::kDone, SEC_E_OK},
      {S::kTgtRequested, E::kSentForMutual, S::kApReqSent, SEC_I_CONTINUE_NEEDED},
      {S::kApReqSent, E::kSentForMutual, S::kApReqSent, SEC_I_CONTINUE_NEEDED},
      // Calls that can be made again, rightly this time.
      {S::kStart, E::kOutputTooSmall, S::kStart, SEC_E_BUFFER_TOO_SMALL},
      {S::kApReqSent, E::kOutputTooSmall, S::kApReqSent, SEC_E_BUFFER_TOO_SMALL},
      {S::kTgtRequested, E::kOutputTooSmall, S::kTgtRequested, SEC_E_BUFFER_TOO_SMALL},
      // Ends.
      {S::kStart, E::kNoCredentials, S::kFailed, SEC_E_NO_CREDENTIALS},
      {S::kStart, E::kBindingsMalformed, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kStart, E::kTargetMissing, S::kFailed, SEC_E_TARGET_UNKNOWN},
      {S::kStart, E::kNoAuthority, S::kFailed, SEC_E_NO_AUTHENTICATING_AUTHORITY},
      {S::kStart, E::kLogonDenied, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kStart, E::kTargetUnknown, S::kFailed, SEC_E_TARGET_UNKNOWN},
      {S::kStart, E::kTimeSkew, S::kFailed, SEC_E_TIME_SKEW},
      {S::kStart, E::kEtypeUnknown, S::kFailed, SEC_E_KDC_UNKNOWN_ETYPE},
      {S::kStart, E::kTooManyReferrals, S::kFailed, SEC_E_MAX_REFERRALS_EXCEEDED},
      {S::kStart, E::kKdcRefused, S::kFailed, SEC_E_KDC_INVALID_REQUEST},
      {S::kStart, E::kKdcReplyInvalid, S::kFailed, SEC_E_INTERNAL_ERROR},
      {S::kStart, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      // The KDC, when it is asked for a user-to-user ticket.
      {S::kTgtRequested, E::kNoCredentials, S::kFailed, SEC_E_NO_CREDENTIALS},
      {S::kTgtRequested, E::kNoAuthority, S::kFailed, SEC_E_NO_AUTHENTICATING_AUTHORITY},
      {S::kTgtRequested, E::kLogonDenied, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kTgtRequested, E::kTargetUnknown, S::kFailed, SEC_E_TARGET_UNKNOWN},
      {S::kTgtRequested, E::kTimeSkew, S::kFailed, SEC_E_TIME_SKEW},
      {S::kTgtRequested, E::kEtypeUnknown, S::kFailed, SEC_E_KDC_UNKNOWN_ETYPE},
      {S::kTgtRequested, E::kTgtOfAnother, S::kFailed, SEC_E_WRONG_PRINCIPAL},
      {S::kTgtRequested, E::kTooManyReferrals, S::kFailed, SEC_E_MAX_REFERRALS_EXCEEDED},
      {S::kTgtRequested, E::kKdcRefused, S::kFailed, SEC_E_KDC_INVALID_REQUEST},
      {S::kTgtRequested, E::kKdcReplyInvalid, S::kFailed, SEC_E_INTERNAL_ERROR},
      {S::kApReqSent, E::kNoCredentials, S::kFailed, SEC_E_NO_CREDENTIALS},
      {S::kApReqSent, E::kNoAuthority, S::kFailed, SEC_E_NO_AUTHENTICATING_AUTHORITY},
      {S::kApReqSent, E::kLogonDenied, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kApReqSent, E::kTargetUnknown, S::kFailed, SEC_E_TARGET_UNKNOWN},
      {S::kApReqSent, E::kTimeSkew, S::kFailed, SEC_E_TIME_SKEW},
      {S::kApReqSent, E::kEtypeUnknown, S::kFailed, SEC_E_KDC_UNKNOWN_ETYPE},
      {S::kApReqSent, E::kTgtOfAnother, S::kFailed, SEC_E_WRONG_PRINCIPAL},
      {S::kApReqSent, E::kTooManyReferrals, S::kFailed, SEC_E_MAX_REFERRALS_EXCEEDED},
      {S::kApReqSent, E::kKdcRefused, S::kFailed, SEC_E_KDC_INVALID_REQUEST},
      {S::kApReqSent, E::kKdcReplyInvalid, S::kFailed, SEC_E_INTERNAL_ERROR},
      {S::kTgtRequested, E::kTgtReplyMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kTgtRequested, E::kAcceptorTimeSkew, S::kFailed, SEC_E_TIME_SKEW},
      {S::kTgtRequested, E::kAcceptorHasOtherKey, S::kFailed, SEC_E_WRONG_PRINCIPAL},
      {S::kTgtRequested, E::kAcceptorRefused, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kTgtRequested, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kTgtRequested, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      // The acceptor.
      {S::kApReqSent, E::kNoTgtReply, S::kFailed, SEC_E_NO_TGT_REPLY},
      {S::kApReqSent, E::kApRepMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kApReqSent, E::kAcceptorNotProven, S::kFailed, SEC_E_MUTUAL_AUTH_FAILED},
      {S::kApReqSent, E::kAcceptorTimeSkew, S::kFailed, SEC_E_TIME_SKEW},
      {S::kApReqSent, E::kAcceptorHasOtherKey, S::kFailed, SEC_E_WRONG_PRINCIPAL},
      {S::kApReqSent, E::kAcceptorRefused, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kApReqSent, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kApReqSent, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      // Calls at the wrong time.
      {S::kDone, E::kCallOutOfSequence, S::kDone, SEC_E_OUT_OF_SEQUENCE},
      {S::kFailed, E::kCallOutOfSequence, S::kFailed, SEC_E_OUT_OF_SEQUENCE},
      // clang-format on
  });
};

struct AcceptorSpec {
  enum class State : uint8_t {
    kStart,
    // DCE style: the AP-REP is out, and the initiator's is to come.
    kApRepSent,
    kDone,
    kFailed,
    // User-to-user: our ticket-granting ticket is out, and an AP-REQ with a
    // ticket for its session key is to come.
    kTgtSent,
  };
  enum class Event : uint8_t {
    kAccepted,
    kAcceptedAwaitingProof,
    kInitiatorProven,
    kTgtReplied,
    // An AP-REQ came that was not for user-to-user, which the caller wants.
    kUserToUserDemanded,
    kCallOutOfSequence,
    kOutputTooSmall,
    kNoOutputToken,
    kOutOfMemory,
    kNoCredentials,
    kNoAuthority,
    kBindingsMalformed,
    kApReqMalformed,
    kNoKey,
    kTicketNotForUs,
    kTicketExpired,
    kAuthenticatorAltered,
    kTimeSkew,
    kReplayed,
    kBindingsMismatch,
    kInitiatorNotProven,
  };

  static constexpr std::string_view kName = "Kerberos acceptor";
  static constexpr std::array<std::string_view, 5> kStateNames = {
      "Start", "ApRepSent", "Done", "Failed", "TgtSent"};
  static constexpr std::array<std::string_view, 21> kEventNames = {
      "Accepted",
      "AcceptedAwaitingProof",
      "InitiatorProven",
      "TgtReplied",
      "UserToUserDemanded",
      "CallOutOfSequence",
      "OutputTooSmall",
      "NoOutputToken",
      "OutOfMemory",
      "NoCredentials",
      "NoAuthority",
      "BindingsMalformed",
      "ApReqMalformed",
      "NoKey",
      "TicketNotForUs",
      "TicketExpired",
      "AuthenticatorAltered",
      "TimeSkew",
      "Replayed",
      "BindingsMismatch",
      "InitiatorNotProven"};

  using S = State;
  using E = Event;
  static constexpr auto kTransitions = std::to_array<Transition<S, E>>({
      // clang-format off
      // The exchange.
      {S::kStart, E::kAccepted, S::kDone, SEC_E_OK},
      {S::kStart, E::kAcceptedAwaitingProof, S::kApRepSent, SEC_I_CONTINUE_NEEDED},
      {S::kApRepSent, E::kInitiatorProven, S::kDone, SEC_E_OK},
      // User-to-user.
      {S::kStart, E::kTgtReplied, S::kTgtSent, SEC_I_CONTINUE_NEEDED},
      {S::kStart, E::kUserToUserDemanded, S::kTgtSent, SEC_I_CONTINUE_NEEDED},
      {S::kTgtSent, E::kAccepted, S::kDone, SEC_E_OK},
      {S::kTgtSent, E::kAcceptedAwaitingProof, S::kApRepSent, SEC_I_CONTINUE_NEEDED},
      // Calls that can be made again, rightly this time.
      {S::kStart, E::kOutputTooSmall, S::kStart, SEC_E_BUFFER_TOO_SMALL},
      {S::kTgtSent, E::kOutputTooSmall, S::kTgtSent, SEC_E_BUFFER_TOO_SMALL},
      // Ends.
      {S::kStart, E::kNoCredentials, S::kFailed, SEC_E_NO_CREDENTIALS},
      {S::kStart, E::kNoAuthority, S::kFailed, SEC_E_NO_AUTHENTICATING_AUTHORITY},
      {S::kStart, E::kBindingsMalformed, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kStart, E::kApReqMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kNoKey, S::kFailed, SEC_E_NO_KERB_KEY},
      {S::kStart, E::kTicketNotForUs, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kStart, E::kTicketExpired, S::kFailed, SEC_E_CONTEXT_EXPIRED},
      {S::kStart, E::kAuthenticatorAltered, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kStart, E::kTimeSkew, S::kFailed, SEC_E_TIME_SKEW},
      {S::kStart, E::kReplayed, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kStart, E::kBindingsMismatch, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kStart, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kApRepSent, E::kInitiatorNotProven, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kApRepSent, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kTgtSent, E::kNoCredentials, S::kFailed, SEC_E_NO_CREDENTIALS},
      {S::kTgtSent, E::kBindingsMalformed, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kTgtSent, E::kApReqMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kTgtSent, E::kNoKey, S::kFailed, SEC_E_NO_KERB_KEY},
      {S::kTgtSent, E::kTicketNotForUs, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kTgtSent, E::kTicketExpired, S::kFailed, SEC_E_CONTEXT_EXPIRED},
      {S::kTgtSent, E::kAuthenticatorAltered, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kTgtSent, E::kTimeSkew, S::kFailed, SEC_E_TIME_SKEW},
      {S::kTgtSent, E::kReplayed, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kTgtSent, E::kBindingsMismatch, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kTgtSent, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kTgtSent, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      // Calls at the wrong time.
      {S::kDone, E::kCallOutOfSequence, S::kDone, SEC_E_OUT_OF_SEQUENCE},
      {S::kFailed, E::kCallOutOfSequence, S::kFailed, SEC_E_OUT_OF_SEQUENCE},
      // clang-format on
  });
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_TRANSITIONS_H_
