#ifndef SSPILAB_CORE_NEGOTIATE_TRANSITIONS_H_
#define SSPILAB_CORE_NEGOTIATE_TRANSITIONS_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "core/machine.h"
#include "core/sspi.h"

// The machines of Negotiate (RFC 4178, MS-SPNG 3.1 and 3.2), whole: what is not
// here does not happen. initiator.cc and acceptor.cc say which event a call is.
// The mechanism inside has a machine of its own, which moves first.
namespace sspilab::negotiate {

struct InitiatorSpec {
  enum class State : uint8_t {
    kStart,
    // NegTokenInit is away, with the token of a mechanism that is only guessed.
    kInitSent,
    // Both sides know the mechanism, whose exchange goes on.
    kNegotiating,
    // The mechanism is established here. The acceptor has the last word.
    kFinishAwaited,
    kDone,
    kFailed,
  };
  enum class Event : uint8_t {
    kBegun,
    kContinued,
    // The mechanism's last token is sent.
    kMechanismDone,
    kCompleted,
    kCallOutOfSequence,
    kOutputTooSmall,
    kNoOutputToken,
    kOutOfMemory,
    kTokenMalformed,
    // A token of the right form that says what it may not say now.
    kTokenOutOfTurn,
    kNoCommonMechanism,
    kRejected,
    kMicMissing,
    kMicMismatch,
    // The mechanism failed, and says why.
    kMechanismFailed,
    // Another mechanism would have to take the place of the only one that the
    // user may be authenticated by.
    kDowngradeDetected,
  };

  static constexpr std::string_view kName = "Negotiate initiator";
  static constexpr std::array<std::string_view, 6> kStateNames = {
      "Start", "InitSent", "Negotiating", "FinishAwaited", "Done", "Failed"};
  static constexpr std::array<std::string_view, 16> kEventNames = {
      "Begun",
      "Continued",
      "MechanismDone",
      "Completed",
      "CallOutOfSequence",
      "OutputTooSmall",
      "NoOutputToken",
      "OutOfMemory",
      "TokenMalformed",
      "TokenOutOfTurn",
      "NoCommonMechanism",
      "Rejected",
      "MicMissing",
      "MicMismatch",
      "MechanismFailed",
      "DowngradeDetected"};

  using S = State;
  using E = Event;
  static constexpr auto kTransitions = std::to_array<Transition<S, E>>({
      // clang-format off
      // The exchange.
      {S::kStart, E::kBegun, S::kInitSent, SEC_I_CONTINUE_NEEDED},
      {S::kInitSent, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
      {S::kInitSent, E::kMechanismDone, S::kFinishAwaited, SEC_I_CONTINUE_NEEDED},
      {S::kInitSent, E::kCompleted, S::kDone, SEC_E_OK},
      {S::kNegotiating, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
      {S::kNegotiating, E::kMechanismDone, S::kFinishAwaited, SEC_I_CONTINUE_NEEDED},
      {S::kNegotiating, E::kCompleted, S::kDone, SEC_E_OK},
      {S::kFinishAwaited, E::kCompleted, S::kDone, SEC_E_OK},
      // Calls that can be made again, rightly this time.
      {S::kStart, E::kOutputTooSmall, S::kStart, SEC_E_BUFFER_TOO_SMALL},
      {S::kInitSent, E::kOutputTooSmall, S::kInitSent, SEC_E_BUFFER_TOO_SMALL},
      {S::kNegotiating, E::kOutputTooSmall, S::kNegotiating, SEC_E_BUFFER_TOO_SMALL},
      // Ends.
      {S::kStart, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kStart, E::kTokenMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kNoCommonMechanism, S::kFailed, SEC_E_BAD_PKGID},
      {S::kStart, E::kMechanismFailed, S::kFailed, kStatusFromInside},
      {S::kStart, E::kDowngradeDetected, S::kFailed, SEC_E_DOWNGRADE_DETECTED},
      {S::kInitSent, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kInitSent, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kInitSent, E::kTokenMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kInitSent, E::kTokenOutOfTurn, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kInitSent, E::kNoCommonMechanism, S::kFailed, SEC_E_BAD_PKGID},
      {S::kInitSent, E::kRejected, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kInitSent, E::kMicMissing, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kInitSent, E::kMicMismatch, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kInitSent, E::kMechanismFailed, S::kFailed, kStatusFromInside},
      {S::kInitSent, E::kDowngradeDetected, S::kFailed, SEC_E_DOWNGRADE_DETECTED},
      {S::kNegotiating, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiating, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kNegotiating, E::kTokenMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiating, E::kTokenOutOfTurn, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiating, E::kRejected, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kNegotiating, E::kMicMissing, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiating, E::kMicMismatch, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kNegotiating, E::kMechanismFailed, S::kFailed, kStatusFromInside},
      {S::kFinishAwaited, E::kTokenMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kFinishAwaited, E::kTokenOutOfTurn, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kFinishAwaited, E::kRejected, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kFinishAwaited, E::kMicMissing, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kFinishAwaited, E::kMicMismatch, S::kFailed, SEC_E_MESSAGE_ALTERED},
      // Calls at the wrong time.
      {S::kDone, E::kCallOutOfSequence, S::kDone, SEC_E_OUT_OF_SEQUENCE},
      {S::kFailed, E::kCallOutOfSequence, S::kFailed, SEC_E_OUT_OF_SEQUENCE},
      // clang-format on
  });
};

struct AcceptorSpec {
  enum class State : uint8_t {
    kStart,
    // The caller spoke first: NegTokenInit2 is away (MS-SPNG 3.2.5.2).
    kHintSent,
    // The mechanism is chosen, and its exchange goes on.
    kNegotiating,
    // The mechanism is established here, and the initiator owes its MIC.
    kMicAwaited,
    // A mechanism's own tokens, without SPNEGO around them.
    kRaw,
    kDone,
    kFailed,
  };
  enum class Event : uint8_t {
    kHinted,
    // The mechanism is another than the initiator guessed, or it guessed none.
    kChosen,
    kContinued,
    // The mechanism's last token is sent, and our MIC with it.
    kMechanismDone,
    kCompleted,
    kRawBegun,
    kCallOutOfSequence,
    kOutputTooSmall,
    kNoOutputToken,
    kOutOfMemory,
    kTokenMalformed,
    kTokenOutOfTurn,
    kNoCommonMechanism,
    kRejected,
    kMicMissing,
    kMicMismatch,
    kMechanismFailed,
  };

  static constexpr std::string_view kName = "Negotiate acceptor";
  static constexpr std::array<std::string_view, 7> kStateNames = {
      "Start", "HintSent", "Negotiating", "MicAwaited",
      "Raw",   "Done",     "Failed"};
  static constexpr std::array<std::string_view, 17> kEventNames = {
      "Hinted",
      "Chosen",
      "Continued",
      "MechanismDone",
      "Completed",
      "RawBegun",
      "CallOutOfSequence",
      "OutputTooSmall",
      "NoOutputToken",
      "OutOfMemory",
      "TokenMalformed",
      "TokenOutOfTurn",
      "NoCommonMechanism",
      "Rejected",
      "MicMissing",
      "MicMismatch",
      "MechanismFailed"};

  using S = State;
  using E = Event;
  static constexpr auto kTransitions = std::to_array<Transition<S, E>>({
      // clang-format off
      // The exchange.
      {S::kStart, E::kHinted, S::kHintSent, SEC_I_CONTINUE_NEEDED},
      {S::kStart, E::kChosen, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
      {S::kStart, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
      {S::kStart, E::kMechanismDone, S::kMicAwaited, SEC_I_CONTINUE_NEEDED},
      {S::kStart, E::kCompleted, S::kDone, SEC_E_OK},
      {S::kStart, E::kRawBegun, S::kRaw, kStatusFromInside},
      {S::kHintSent, E::kChosen, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
      {S::kHintSent, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
      {S::kHintSent, E::kMechanismDone, S::kMicAwaited, SEC_I_CONTINUE_NEEDED},
      {S::kHintSent, E::kCompleted, S::kDone, SEC_E_OK},
      {S::kHintSent, E::kRawBegun, S::kRaw, kStatusFromInside},
      {S::kNegotiating, E::kContinued, S::kNegotiating, SEC_I_CONTINUE_NEEDED},
      {S::kNegotiating, E::kMechanismDone, S::kMicAwaited, SEC_I_CONTINUE_NEEDED},
      {S::kNegotiating, E::kCompleted, S::kDone, SEC_E_OK},
      {S::kMicAwaited, E::kCompleted, S::kDone, SEC_E_OK},
      {S::kRaw, E::kCompleted, S::kDone, kStatusFromInside},
      // Calls that can be made again, rightly this time.
      {S::kStart, E::kOutputTooSmall, S::kStart, SEC_E_BUFFER_TOO_SMALL},
      {S::kHintSent, E::kOutputTooSmall, S::kHintSent, SEC_E_BUFFER_TOO_SMALL},
      {S::kNegotiating, E::kOutputTooSmall, S::kNegotiating, SEC_E_BUFFER_TOO_SMALL},
      // Ends.
      {S::kStart, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kStart, E::kTokenMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kTokenOutOfTurn, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kStart, E::kNoCommonMechanism, S::kFailed, SEC_E_BAD_PKGID},
      {S::kStart, E::kMicMismatch, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kStart, E::kMechanismFailed, S::kFailed, kStatusFromInside},
      {S::kHintSent, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kHintSent, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kHintSent, E::kTokenMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kHintSent, E::kTokenOutOfTurn, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kHintSent, E::kNoCommonMechanism, S::kFailed, SEC_E_BAD_PKGID},
      {S::kHintSent, E::kMicMismatch, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kHintSent, E::kMechanismFailed, S::kFailed, kStatusFromInside},
      {S::kNegotiating, E::kNoOutputToken, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiating, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kNegotiating, E::kTokenMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiating, E::kTokenOutOfTurn, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiating, E::kRejected, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kNegotiating, E::kMicMissing, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kNegotiating, E::kMicMismatch, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kNegotiating, E::kMechanismFailed, S::kFailed, kStatusFromInside},
      {S::kMicAwaited, E::kTokenMalformed, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kMicAwaited, E::kTokenOutOfTurn, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kMicAwaited, E::kRejected, S::kFailed, SEC_E_LOGON_DENIED},
      {S::kMicAwaited, E::kMicMissing, S::kFailed, SEC_E_INVALID_TOKEN},
      {S::kMicAwaited, E::kMicMismatch, S::kFailed, SEC_E_MESSAGE_ALTERED},
      {S::kRaw, E::kOutOfMemory, S::kFailed, SEC_E_INSUFFICIENT_MEMORY},
      {S::kRaw, E::kMechanismFailed, S::kFailed, kStatusFromInside},
      // Calls at the wrong time.
      {S::kDone, E::kCallOutOfSequence, S::kDone, SEC_E_OUT_OF_SEQUENCE},
      {S::kFailed, E::kCallOutOfSequence, S::kFailed, SEC_E_OUT_OF_SEQUENCE},
      // clang-format on
  });
};

}  // namespace sspilab::negotiate

#endif  // SSPILAB_CORE_NEGOTIATE_TRANSITIONS_H_
