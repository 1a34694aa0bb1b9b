#ifndef SSPILAB_CORE_NTLM_TRANSITIONS_H_
#define SSPILAB_CORE_NTLM_TRANSITIONS_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "core/machine.h"
#include "core/sspi.h"

// The machines of NTLM (MS-NLMP 3.1 and 3.2), whole: what is not here does not
// happen. initiator.cc and acceptor.cc say which event a call is.
namespace sspilab::ntlm {

struct InitiatorSpec {
  enum class State : uint8_t {
    kStart,
    kNegotiateSent,
    // The AUTHENTICATE message is with the caller, who must call
    // CompleteAuthToken before sending it.
    kAuthenticateUnfinished,
    kDone,
    kFailed,
  };
  enum class Event : uint8_t {
    kBegun,
    kAuthenticated,
    kAuthenticatedUnfinished,
    kCompleted,
    kNothingToComplete,
    kTokenDoesNotMatch,
    kCallOutOfSequence,
    kOutputTooSmall,
    kNoOutputToken,
    kOutOfMemory,
    kNoCredentials,
    kBindingsMalformed,
    kChallengeMalformed,
    kAcceptorUnnamed,
    kSecurityTooWeak,
    // By the administrator of the machine.
    kForbidden,
  };

  static constexpr std::string_view kName = "NTLM initiator";
  static constexpr std::array<std::string_view, 5> kStateNames = {
      "Start", "NegotiateSent", "AuthenticateUnfinished", "Done", "Failed"};
  static constexpr std::array<std::string_view, 16> kEventNames = {
      "Begun",
      "Authenticated",
      "AuthenticatedUnfinished",
      "Completed",
      "NothingToComplete",
      "TokenDoesNotMatch",
      "CallOutOfSequence",
      "OutputTooSmall",
      "NoOutputToken",
      "OutOfMemory",
      "NoCredentials",
      "BindingsMalformed",
      "ChallengeMalformed",
      "AcceptorUnnamed",
      "SecurityTooWeak",
      "Forbidden"};

  using S = State;
  using E = Event;
  static constexpr auto kTransitions = std::to_array<Transition<S, E>>({
      // clang-format off
      // The exchange.
      {S::kStart, E::kBegun, S::kNegotiateSent, SEC_I_CONTINUE_NEEDED},
      {S::kNegotiateSent, E::kAuthenticated, S::kDone, SEC_E_OK},
      {S::kNegotiateSent, E::kAuthenticatedUnfinished, S::kAuthenticateUnfinished, SEC_I_COMPLETE_NEEDED},
      {S::kAuthenticateUnfinished, E::kCompleted, S::kDone, SEC_E_OK},
      // Calls that can be made again, rightly this time.
      {S::kStart, E::kOutputTooSmall, S::kStart, SEC_E_BUFFER_TOO_SMALL},
      {S::kNegotiateSent, E::kOutputTooSmall, S::kNegotiateSent, SEC_E_BUFFER_TOO_SMALL},
      {S::kAuthenticateUnfinished, E::kTokenDoesNotMatch, S::kAuthenticateUnfinished, SEC_E_INVALID_TOKEN},
      // Ends.
      {S::kStart, E::kForbidden, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kStart, E::kNoCredentials, S::kFailed, SEC_E_NO_CREDENTIALS},
      {S::kStart, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kStart, E::kBindingsMalformed, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kNegotiateSent, E::kBindingsMalformed, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kNegotiateSent, E::kChallengeMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiateSent, E::kAcceptorUnnamed, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kNegotiateSent, E::kSecurityTooWeak, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kNegotiateSent, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiateSent, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      // Calls at the wrong time.
      {S::kAuthenticateUnfinished, E::kCallOutOfSequence, S::kAuthenticateUnfinished, SEC_E_OUT_OF_SEQUENCE},
      {S::kDone, E::kCallOutOfSequence, S::kDone, SEC_E_OUT_OF_SEQUENCE},
      {S::kFailed, E::kCallOutOfSequence, S::kFailed, SEC_E_OUT_OF_SEQUENCE},
      {S::kNegotiateSent, E::kNothingToComplete, S::kNegotiateSent, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kDone, E::kNothingToComplete, S::kDone, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kFailed, E::kNothingToComplete, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
      // clang-format on
  });
};

struct AcceptorSpec {
  enum class State : uint8_t {
    kStart,
    // The CHALLENGE message is with the caller, unfinished.
    kChallengeUnfinished,
    kChallengeSent,
    // The initiator is who it says; the caller has CompleteAuthToken to call.
    kAcceptanceUnfinished,
    kDone,
    kFailed,
  };
  enum class Event : uint8_t {
    kChallenged,
    kChallengedUnfinished,
    kAccepted,
    kAcceptedUnfinished,
    kCompleted,
    kNothingToComplete,
    kTokenDoesNotMatch,
    kCallOutOfSequence,
    kOutputTooSmall,
    kNoOutputToken,
    kOutOfMemory,
    kBindingsMalformed,
    kNegotiateMalformed,
    kAuthenticateMalformed,
    kSecurityTooWeak,
    kLogonDenied,
    kNoAuthority,
    kMicMismatch,
    kBindingsMismatch,
    // By the administrator of the machine.
    kForbidden,
  };

  static constexpr std::string_view kName = "NTLM acceptor";
  static constexpr std::array<std::string_view, 6> kStateNames = {
      "Start",         "ChallengeUnfinished",
      "ChallengeSent", "AcceptanceUnfinished",
      "Done",          "Failed"};
  static constexpr std::array<std::string_view, 20> kEventNames = {
      "Challenged",         "ChallengedUnfinished",
      "Accepted",           "AcceptedUnfinished",
      "Completed",          "NothingToComplete",
      "TokenDoesNotMatch",  "CallOutOfSequence",
      "OutputTooSmall",     "NoOutputToken",
      "OutOfMemory",        "BindingsMalformed",
      "NegotiateMalformed", "AuthenticateMalformed",
      "SecurityTooWeak",    "LogonDenied",
      "NoAuthority",        "MicMismatch",
      "BindingsMismatch",   "Forbidden"};

  using S = State;
  using E = Event;
  static constexpr auto kTransitions = std::to_array<Transition<S, E>>({
      // clang-format off
      // The exchange.
      {S::kStart, E::kChallenged, S::kChallengeSent, SEC_I_CONTINUE_NEEDED},
      {S::kChallengeSent, E::kAccepted, S::kDone, SEC_E_OK},
      {S::kStart, E::kChallengedUnfinished, S::kChallengeUnfinished, SEC_I_COMPLETE_AND_CONTINUE},
      {S::kChallengeUnfinished, E::kCompleted, S::kChallengeSent, SEC_E_OK},
      {S::kChallengeSent, E::kAcceptedUnfinished, S::kAcceptanceUnfinished, SEC_I_COMPLETE_NEEDED},
      {S::kAcceptanceUnfinished, E::kCompleted, S::kDone, SEC_E_OK},
      // Calls that can be made again, rightly this time.
      {S::kStart, E::kOutputTooSmall, S::kStart, SEC_E_BUFFER_TOO_SMALL},
      {S::kChallengeUnfinished, E::kTokenDoesNotMatch, S::kChallengeUnfinished, SEC_E_INVALID_TOKEN},
      // Ends.
      {S::kStart, E::kForbidden, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kStart, E::kBindingsMalformed, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kChallengeSent, E::kBindingsMalformed, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kStart, E::kNegotiateMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kSecurityTooWeak, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kStart, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kChallengeSent, E::kAuthenticateMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kChallengeSent, E::kSecurityTooWeak, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kChallengeSent, E::kLogonDenied, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kChallengeSent, E::kNoAuthority, S::kFailed, SEC_E_NO_AUTHENTICATING_AUTHORITY},
      {S::kChallengeSent, E::kMicMismatch, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kChallengeSent, E::kBindingsMismatch, S::kFailed, SEC_E_BAD_BINDINGS},
      {S::kChallengeSent, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      // Calls at the wrong time.
      {S::kChallengeUnfinished, E::kCallOutOfSequence, S::kChallengeUnfinished, SEC_E_OUT_OF_SEQUENCE},
      {S::kAcceptanceUnfinished, E::kCallOutOfSequence, S::kAcceptanceUnfinished, SEC_E_OUT_OF_SEQUENCE},
      {S::kDone, E::kCallOutOfSequence, S::kDone, SEC_E_OUT_OF_SEQUENCE},
      {S::kFailed, E::kCallOutOfSequence, S::kFailed, SEC_E_OUT_OF_SEQUENCE},
      {S::kChallengeSent, E::kNothingToComplete, S::kChallengeSent, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kDone, E::kNothingToComplete, S::kDone, SEC_E_UNSUPPORTED_FUNCTION},
      {S::kFailed, E::kNothingToComplete, S::kFailed, SEC_E_UNSUPPORTED_FUNCTION},
      // clang-format on
  });
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_TRANSITIONS_H_
