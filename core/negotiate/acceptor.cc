#include "core/negotiate/acceptor.h"

#include <algorithm>
#include <utility>

namespace sspilab::negotiate {
namespace {

absl::Span<const uint8_t> TokenOf(const Leg& leg) {
  const SecBuffer* input = leg.input.Find(SECBUFFER_TOKEN);
  return input != nullptr ? BytesOf(*input) : absl::Span<uint8_t>();
}

absl::Span<const uint8_t> HintName() {
  return {reinterpret_cast<const uint8_t*>(kHintName.data()), kHintName.size()};
}

// `message`, which has no token in it, as the whole output.
template <typename Message>
SECURITY_STATUS Send(const Message& message, OutputToken& output) {
  wire::DerWriter counter;
  message.WriteTo(&counter);
  absl::Span<uint8_t> reserved;
  const SECURITY_STATUS status = output.Reserve(counter.size(), &reserved);
  if (status != SEC_E_OK) return status;
  wire::DerWriter writer(reserved);
  message.WriteTo(&writer);
  return SEC_E_OK;
}

// Whether the initiator is to blame, and waits for an answer.
bool IsRefusal(AcceptorSpec::Event event) {
  using Event = AcceptorSpec::Event;
  switch (event) {
    case Event::kTokenMalformed:
    case Event::kTokenOutOfTurn:
    case Event::kNoCommonMechanism:
    case Event::kMicMissing:
    case Event::kMicMismatch:
    case Event::kMechanismFailed:
      return true;
    default:
      return false;
  }
}

}  // namespace

Acceptor::Acceptor(World& world, const SecurityPackage& package,
                   CredentialTable::Pin credential)
    : NegotiateContext(world, package, Role::kAcceptor, std::move(credential)) {
}

SECURITY_STATUS Acceptor::Advance(Leg& leg) {
  // In NTLM alone there is nobody to understand a reject.
  const bool can_reject = machine_.state() != State::kRaw &&
                          KindOf(TokenOf(leg)) != TokenKind::kRawNtlm;
  Event event = Event::kCallOutOfSequence;
  switch (machine_.state()) {
    case State::kStart:
    case State::kHintSent:
      event = Begin(leg);
      break;
    case State::kNegotiating:
      event = Receive(leg);
      break;
    case State::kMicAwaited:
      event = ReceiveMic(leg);
      break;
    case State::kRaw:
      event = ContinueRaw(leg);
      break;
    case State::kDone:
    case State::kFailed:
      break;
  }
  const SECURITY_STATUS status =
      machine_.Take(event, world().observer(), inside_);
  if (machine_.state() == State::kDone) SetEstablished();
  if (can_reject && IsRefusal(event)) Reject(leg);
  return status;
}

// RFC 4178 4.2.2: the initiator is told, where the caller asked for that. What
// was wrong is not said.
void Acceptor::Reject(Leg& leg) {
  if (leg.error_token) return;
  if ((leg.requirements & ASC_REQ_EXTENDED_ERROR) == 0) return;
  NegTokenResp reject;
  reject.neg_state = NegState::kReject;
  // Without room the status alone says it.
  leg.error_token = Send(reject, leg.output) == SEC_E_OK;
  if (leg.error_token) leg.attributes |= ASC_RET_EXTENDED_ERROR;
}

// The same where the mechanism has something to say about it.
void Acceptor::RejectWith(const Turn& turn, Bytes error, Leg& leg) {
  NegTokenResp reject;
  reject.neg_state = NegState::kReject;
  reject.supported_mech = turn.supported_mech;
  reject.response_token = error;
  Frame(reject,
        RespOverhead(turn.supported_mech.value_or(Bytes())) + error.size(),
        leg.output);
  leg.error_token = true;
  leg.attributes |= ASC_RET_EXTENDED_ERROR;
}

ULONG Acceptor::negotiation_state() const {
  return machine_.state() == State::kDone ? SECPKG_NEGOTIATION_COMPLETE
                                          : SECPKG_NEGOTIATION_IN_PROGRESS;
}

Acceptor::Event Acceptor::Begin(Leg& leg) {
  const Bytes token = TokenOf(leg);
  if (token.empty() && machine_.state() == State::kStart) return SendHint(leg);
  switch (KindOf(token)) {
    case TokenKind::kInit:
      return Choose(token, leg);
    case TokenKind::kRawNtlm:
      return BeginRaw(token, leg);
    case TokenKind::kResp:
    case TokenKind::kUnknown:
      break;
  }
  return Event::kTokenMalformed;
}

// MS-SPNG 3.2.5.2.
Acceptor::Event Acceptor::SendHint(Leg& leg) {
  std::array<uint8_t, 64> storage;
  wire::DerWriter list(absl::MakeSpan(storage));
  NegotiateCredential::WriteMechTypes(choices().choices(), &list);
  const absl::StatusOr<MechTypeList> types =
      MechTypeList::Parse(list.written());
  NegTokenInit hint;
  hint.mech_types = *types;
  hint.hint_name = HintName();
  const SECURITY_STATUS sent = Send(hint, leg.output);
  return sent == SEC_E_OK ? Event::kHinted : OutputFailure<Event>(sent);
}

// Windows' Negotiate takes an NTLM message in place of a NegTokenInit, and
// answers in kind. There is no list then, and nothing to protect, and what NTLM
// says goes to the caller, CompleteAuthToken's statuses too.
Acceptor::Event Acceptor::BeginRaw(Bytes token, Leg& leg) {
  const Choice* choice = choices().Find(oid::kNtlm);
  if (choice == nullptr) return Event::kNoCommonMechanism;
  BudgetPtr<Context> inner;
  if (NewInner(*choice, &inner) != SEC_E_OK) return Event::kOutOfMemory;
  const Step step = RunAlone(*inner, token, leg, leg.output);
  inside_ = step.status;
  if (step.status < 0) {
    return MechanismFailure<Event>(step.status);
  }
  inner_ = std::move(inner);
  mechanism_ = choice->mechanism;
  Keep(leg, step);
  raw_ = true;
  return Event::kRawBegun;
}

Acceptor::Event Acceptor::ContinueRaw(Leg& leg) {
  const Step step = RunAlone(*inner_, TokenOf(leg), leg, leg.output);
  inside_ = step.status;
  if (step.status < 0) {
    return MechanismFailure<Event>(step.status);
  }
  Keep(leg, step);
  if (step.done()) return Event::kCompleted;
  // NTLM has one leg more, and not two.
  inside_ = SEC_E_INTERNAL_ERROR;
  return Event::kMechanismFailed;
}

// In SPNEGO nothing is left unfinished (Run).
SECURITY_STATUS Acceptor::Complete(const BufferList& token) {
  return raw_ ? inner_->Complete(token) : SEC_E_UNSUPPORTED_FUNCTION;
}

// RFC 4178 3.2 and 4.2.1.
Acceptor::Event Acceptor::Choose(Bytes token, Leg& leg) {
  const absl::StatusOr<NegTokenInit> init = NegTokenInit::Parse(token);
  if (!init.ok()) return Event::kTokenMalformed;
  Turn turn;
  if (!turn.mic.Assign(init->mech_list_mic)) return Event::kTokenMalformed;

  const Choice* choice = nullptr;
  size_t index = 0;
  wire::DerReader rest = init->mech_types.Begin();
  for (Bytes oid; MechTypeList::Next(&rest, &oid); ++index) {
    choice = choices().Find(oid);
    if (choice != nullptr) break;
  }
  if (choice == nullptr) return Event::kNoCommonMechanism;
  const bool first_choice = index == 0;
  const bool asks_mic =
      !first_choice || world().options().negotiate.request_mic;

  // Kept only when the call succeeds, which may be made again.
  BudgetBytes mech_types;
  BudgetPtr<Context> inner;
  if (!mech_types.Assign(world().memory(), init->mech_types.der()) ||
      NewInner(*choice, &inner) != SEC_E_OK) {
    return Event::kOutOfMemory;
  }
  turn.supported_mech = choice->mechanism->oid;
  Step step{SEC_I_CONTINUE_NEEDED, {}};
  const bool guessed = first_choice && init->mech_token.has_value();
  mechanism_ = choice->mechanism;
  if (guessed) {
    turn.token = *init->mech_token;
    const Event event = Advance(turn, *inner, leg, &step);
    if (event != Event::kContinued) return event;
  } else {
    // A token of another mechanism is not looked at. The first of this one
    // comes with the next message.
    if (turn.mic.present()) return Event::kTokenOutOfTurn;
    NegTokenResp answer;
    answer.neg_state =
        asks_mic ? NegState::kRequestMic : NegState::kAcceptIncomplete;
    answer.supported_mech = turn.supported_mech;
    const SECURITY_STATUS sent = Send(answer, leg.output);
    if (sent != SEC_E_OK) return OutputFailure<Event>(sent);
  }
  inner_ = std::move(inner);
  mech_types_ = std::move(mech_types);
  mic_required_ = asks_mic;
  if (!guessed) return Event::kChosen;
  Keep(leg, step);
  return Answer(turn, step, leg);
}

Acceptor::Event Acceptor::Receive(Leg& leg) {
  absl::StatusOr<NegTokenResp> resp = NegTokenResp::Parse(TokenOf(leg));
  if (!resp.ok()) return Event::kTokenMalformed;
  if (resp->neg_state == NegState::kReject) return Event::kRejected;
  // Only the acceptor chooses, and asks for MICs (RFC 4178 4.2.2).
  if (resp->neg_state == NegState::kRequestMic ||
      resp->supported_mech.has_value() || !resp->response_token.has_value()) {
    return Event::kTokenOutOfTurn;
  }
  // Windows 2000's way, see initiator.cc.
  if (resp->mech_list_mic == resp->response_token) resp->mech_list_mic.reset();
  Turn turn;
  turn.token = *resp->response_token;
  turn.peer_state = resp->neg_state;
  if (!turn.mic.Assign(resp->mech_list_mic)) return Event::kTokenMalformed;
  Step step;
  const Event event = Advance(turn, *inner_, leg, &step);
  if (event != Event::kContinued) return event;
  Keep(leg, step);
  return Answer(turn, step, leg);
}

// kContinued where the mechanism has not failed. There is always an answer, and
// room for it must be known before the mechanism moves.
Acceptor::Event Acceptor::Advance(const Turn& turn, Context& inner, Leg& leg,
                                  Step* step) {
  const size_t before = RespOverhead(turn.supported_mech.value_or(Bytes()));
  const size_t after = MicOverhead(mechanism_->mic_size);
  const SECURITY_STATUS room = leg.output.Check(before + after);
  if (room != SEC_E_OK) return OutputFailure<Event>(room);
  OutputToken out(leg.output, before, after);
  *step = Run(inner, turn.token, leg, out);
  if (step->status < 0) {
    inside_ = step->status;
    if (!step->token.empty()) RejectWith(turn, step->token, leg);
    return MechanismFailure<Event>(step->status);
  }
  if (!step->token.empty()) return Event::kContinued;
  absl::Span<uint8_t> ignored;
  const SECURITY_STATUS reserved = out.Reserve(0, &ignored);
  return reserved == SEC_E_OK ? Event::kContinued
                              : OutputFailure<Event>(reserved);
}

// RFC 4178 4.2.2 and 5.
Acceptor::Event Acceptor::Answer(const Turn& turn, const Step& step, Leg& leg) {
  const bool done = step.done();
  const bool has_token = !step.token.empty();
  const bool has_mic = turn.mic.present();
  // Until the mechanism is established nobody can be complete or sign; without
  // integrity nobody signs ever.
  if (!done && (has_mic || turn.peer_state == NegState::kAcceptCompleted)) {
    return Event::kTokenOutOfTurn;
  }
  if (done) mic_required_ |= inner_->WantsMechListMic();
  if (has_mic && !has_integrity()) return Event::kTokenOutOfTurn;
  const bool needs_mic = done && mic_required_ && has_integrity();
  // The initiator's last token comes with its MIC; its only one may not, when
  // it could not know.
  const bool first = turn.supported_mech.has_value();
  if (needs_mic && !has_mic && !has_token && !first) return Event::kMicMissing;
  const Bytes mech_types = std::as_const(mech_types_).span();
  if (has_mic && !VerifyMic(mech_types, turn.mic)) return Event::kMicMismatch;

  const bool complete = done && (!needs_mic || has_mic);
  NegTokenResp answer;
  answer.neg_state = complete                 ? NegState::kAcceptCompleted
                     : first && mic_required_ ? NegState::kRequestMic
                                              : NegState::kAcceptIncomplete;
  answer.supported_mech = turn.supported_mech;
  if (has_token) answer.response_token = step.token;
  OwnMic storage;
  if (needs_mic || has_mic) {
    answer.mech_list_mic = MakeMic(mech_types, &storage);
    if (!answer.mech_list_mic.has_value()) return Event::kMicMismatch;
  }
  Frame(answer,
        RespOverhead(turn.supported_mech.value_or(Bytes())) + step.token.size(),
        leg.output);
  if (complete) return Event::kCompleted;
  return done ? Event::kMechanismDone : Event::kContinued;
}

// The initiator has had our MIC with the mechanism's last token.
Acceptor::Event Acceptor::ReceiveMic(Leg& leg) {
  const absl::StatusOr<NegTokenResp> resp = NegTokenResp::Parse(TokenOf(leg));
  if (!resp.ok()) return Event::kTokenMalformed;
  if (resp->neg_state == NegState::kReject) return Event::kRejected;
  ReceivedMic mic;
  if (!mic.Assign(resp->mech_list_mic)) return Event::kTokenMalformed;
  if (resp->neg_state == NegState::kRequestMic ||
      resp->supported_mech.has_value() || resp->response_token.has_value()) {
    return Event::kTokenOutOfTurn;
  }
  if (!mic.present()) return Event::kMicMissing;
  Report(leg);
  return VerifyMic(std::as_const(mech_types_).span(), mic)
             ? Event::kCompleted
             : Event::kMicMismatch;
}

}  // namespace sspilab::negotiate
