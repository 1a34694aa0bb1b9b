#include "core/negotiate/initiator.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sspilab::negotiate {
namespace {

// Windows 2000 puts its responseToken into mechListMIC, too: it is no MIC.
void DropRepeatedToken(NegTokenResp* resp) {
  if (resp->mech_list_mic.has_value() &&
      resp->mech_list_mic == resp->response_token) {
    resp->mech_list_mic.reset();
  }
}

// What Kerberos may say at first for the next mechanism to be tried: that there
// is nobody to ask, nobody to ask for, or nobody who asks. Everything else is
// the user's business (a wrong password, a locked account) or the
// administrator's (clocks, encryption types), and another mechanism would hide
// it.
constexpr SECURITY_STATUS kFallBackOn[] = {SEC_E_TARGET_UNKNOWN,
                                           SEC_E_NO_AUTHENTICATING_AUTHORITY,
                                           SEC_E_NO_CREDENTIALS};

bool MayFallBackOn(SECURITY_STATUS status) {
  return std::find(std::begin(kFallBackOn), std::end(kFallBackOn), status) !=
         std::end(kFallBackOn);
}

}  // namespace

Initiator::Initiator(World& world, const SecurityPackage& package,
                     CredentialTable::Pin credential)
    : NegotiateContext(world, package, Role::kInitiator,
                       std::move(credential)) {}

SECURITY_STATUS Initiator::Advance(Leg& leg) {
  Event event = Event::kCallOutOfSequence;
  switch (machine_.state()) {
    case State::kStart:
      event = Begin(leg);
      break;
    case State::kInitSent:
    case State::kNegotiating:
    case State::kFinishAwaited:
      event = Receive(leg);
      break;
    case State::kDone:
    case State::kFailed:
      break;
  }
  const SECURITY_STATUS status =
      machine_.Take(event, world().observer(), inside_);
  if (machine_.state() == State::kDone) SetEstablished();
  return status;
}

ULONG Initiator::negotiation_state() const {
  switch (machine_.state()) {
    case State::kDone:
      return SECPKG_NEGOTIATION_COMPLETE;
    case State::kInitSent:
      return SECPKG_NEGOTIATION_OPTIMISTIC;
    default:
      return SECPKG_NEGOTIATION_IN_PROGRESS;
  }
}

// MS-SPNG 3.1.5.1: a server that spoke first says what it has. It is not
// protected, so nothing follows from it but that there is no use in going on;
// what is offered, and in which order, stays as it would be without.
Initiator::Event Initiator::CheckHint(const Leg& leg) const {
  const SecBuffer* input = leg.input.Find(SECBUFFER_TOKEN);
  if (input == nullptr || BytesOf(*input).empty()) return Event::kBegun;
  const absl::StatusOr<NegTokenInit> hint =
      NegTokenInit::Parse(BytesOf(*input));
  if (!hint.ok()) return Event::kTokenMalformed;
  wire::DerReader rest = hint->mech_types.Begin();
  for (Bytes oid; MechTypeList::Next(&rest, &oid);) {
    if (choices().Find(oid) != nullptr) return Event::kBegun;
  }
  return Event::kNoCommonMechanism;
}

// RFC 4178 3.2: the list, and the token of its first mechanism.
Initiator::Event Initiator::Begin(Leg& leg) {
  const Event hint = CheckHint(leg);
  if (hint != Event::kBegun) return hint;
  // A mechanism that cannot even begin (no authority, no such target) is not
  // offered, under none of its names.
  Event failure = Event::kMechanismFailed;
  const Credential* failed = nullptr;
  for (; first_offered_ < choices().choices().size(); ++first_offered_) {
    const auto offered = choices().choices().subspan(first_offered_);
    const Choice& choice = offered.front();
    if (choice.credential == failed) continue;
    wire::DerWriter list(absl::MakeSpan(mech_types_));
    NegotiateCredential::WriteMechTypes(offered, &list);
    mech_types_size_ = list.size();
    std::copy(list.written().begin(), list.written().end(),
              mech_types_.begin());

    const SECURITY_STATUS room = leg.output.Check(InitOverhead(mech_types()));
    if (room != SEC_E_OK) {
      failure = OutputFailure<Event>(room);
      break;
    }
    const SECURITY_STATUS made = NewInner(choice, &inner_);
    if (made != SEC_E_OK) return Event::kOutOfMemory;
    OutputToken out(leg.output, InitOverhead(mech_types()), 0);
    const Step step = Run(*inner_, std::nullopt, leg, out);
    if (step.status < 0) {
      inside_ = step.status;
      failure = MechanismFailure<Event>(step.status);
      if (!MayFallBackOn(step.status)) break;
      if (choices().is_protected()) failure = Event::kDowngradeDetected;
      failed = choice.credential;
      continue;
    }
    Keep(leg, step);
    mechanism_ = choice.mechanism;
    const absl::StatusOr<MechTypeList> types =
        MechTypeList::Parse(mech_types());
    NegTokenInit init;
    init.mech_types = *types;
    if (step.token.empty()) {
      absl::Span<uint8_t> ignored;
      const SECURITY_STATUS reserved =
          leg.output.Reserve(InitOverhead(mech_types()), &ignored);
      if (reserved != SEC_E_OK) {
        first_offered_ = 0;
        return OutputFailure<Event>(reserved);
      }
      FrameAlone(init, leg.output);
    } else {
      init.mech_token = step.token;
      Frame(init, leg.output.reserved().size(), leg.output);
    }
    return Event::kBegun;
  }
  inner_.reset();
  first_offered_ = 0;
  return failure;
}

// RFC 4178 4.2.2 and 5. `complete` is what the acceptor says or, where it says
// nothing, what its mechanism's state implies.
Initiator::Event Initiator::Receive(Leg& leg) {
  const State state = machine_.state();
  const bool first = state == State::kInitSent;
  const SecBuffer* input = leg.input.Find(SECBUFFER_TOKEN);
  if (input == nullptr) return Event::kTokenMalformed;
  absl::StatusOr<NegTokenResp> resp = NegTokenResp::Parse(BytesOf(*input));
  if (!resp.ok()) return Event::kTokenMalformed;
  DropRepeatedToken(&*resp);
  ReceivedMic mic;
  if (!mic.Assign(resp->mech_list_mic)) return Event::kTokenMalformed;

  if (resp->neg_state == NegState::kReject) {
    if (resp->response_token.has_value() && !inner_done_) {
      return ReceiveError(*resp->response_token, leg);
    }
    // Nothing on the list will do, or the mechanism's exchange failed.
    return first && !resp->supported_mech.has_value()
               ? Event::kNoCommonMechanism
               : Event::kRejected;
  }
  // The first reply has a state, and may choose a mechanism and ask for MICs;
  // no other does (RFC 4178 4.2.2).
  const bool requests_mic = resp->neg_state == NegState::kRequestMic;
  if (first ? !resp->neg_state.has_value()
            : requests_mic || resp->supported_mech.has_value()) {
    return Event::kTokenOutOfTurn;
  }
  const bool inferred = !resp->neg_state.has_value();
  const bool complete =
      inferred ? inner_done_ : resp->neg_state == NegState::kAcceptCompleted;
  if (state == State::kFinishAwaited && !complete) {
    return Event::kTokenOutOfTurn;
  }

  const Choice* other = nullptr;
  if (resp->supported_mech.has_value() &&
      *resp->supported_mech != mechanism_->oid) {
    other = choices().Find(*resp->supported_mech);
    if (other == nullptr && choices().is_protected()) {
      return Event::kDowngradeDetected;
    }
    // What was not offered cannot be chosen, and who has had no token of the
    // mechanism has none in answer.
    if (other == nullptr || other < &choices().choices()[first_offered_] ||
        complete || resp->response_token.has_value() || mic.present()) {
      return Event::kTokenOutOfTurn;
    }
  }
  const bool runs = other != nullptr || !inner_done_;
  if (other == nullptr && runs != resp->response_token.has_value()) {
    return Event::kTokenOutOfTurn;
  }

  const Mechanism& mechanism =
      other != nullptr ? *other->mechanism : *mechanism_;
  const size_t after = MicOverhead(mechanism.mic_size);
  // Who is complete expects nothing, everybody else something. Whether there is
  // room for it must be known before the mechanism moves.
  if (!complete) {
    const SECURITY_STATUS room = leg.output.Check(RespOverhead({}) + after);
    if (room != SEC_E_OK) return OutputFailure<Event>(room);
  }
  OutputToken out(leg.output, RespOverhead({}), after);
  Step step{SEC_E_OK, {}};
  if (runs) {
    BudgetPtr<Context> fresh;
    if (other != nullptr && NewInner(*other, &fresh) != SEC_E_OK) {
      return Event::kOutOfMemory;
    }
    step = Run(fresh != nullptr ? *fresh : *inner_, resp->response_token, leg,
               out);
    if (step.status < 0) {
      inside_ = step.status;
      return MechanismFailure<Event>(step.status);
    }
    if (fresh != nullptr) {
      inner_ = std::move(fresh);
      mechanism_ = &mechanism;
    }
    Keep(leg, step);
  } else {
    Report(leg);
  }
  // RFC 4178 5: the acceptor asks for MICs, or has not taken the first choice.
  mic_required_ |= requests_mic || other != nullptr ||
                   (inner_done_ && inner_->WantsMechListMic());
  return Answer(step, complete, inferred, mic, leg, out);
}

// The acceptor's mechanism has failed, and tells ours why. That it did not fail
// would be no success.
Initiator::Event Initiator::ReceiveError(Bytes token, Leg& leg) {
  OutputToken out(leg.output, RespOverhead({}), 0);
  const Step step = Run(*inner_, token, leg, out);
  if (step.status >= 0) return Event::kRejected;
  inside_ = step.status;
  return MechanismFailure<Event>(step.status);
}

Initiator::Event Initiator::Answer(const Step& step, bool complete,
                                   bool inferred, const ReceivedMic& mic,
                                   Leg& leg, OutputToken& inner_output) {
  // Until the mechanism is established nobody can be complete or sign; without
  // integrity nobody signs ever.
  if ((!inner_done_ && (complete || mic.present())) ||
      (mic.present() && !has_integrity())) {
    return Event::kTokenOutOfTurn;
  }
  const bool needs_mic = inner_done_ && mic_required_ && has_integrity();
  const bool sends_mic =
      inner_done_ && !mic_sent_ && (needs_mic || mic.present());
  const bool has_token = !step.token.empty();
  // MICs go with the mechanism's last token, and what answers it (RFC 4178 5).
  if (needs_mic && !mic.present() && (complete || !has_token)) {
    return Event::kMicMissing;
  }
  if (complete || (inferred && inner_done_ && !has_token && !sends_mic)) {
    if (has_token || sends_mic) return Event::kTokenOutOfTurn;
    return !mic.present() || VerifyMic(mech_types(), mic) ? Event::kCompleted
                                                          : Event::kMicMismatch;
  }
  if (!has_token) {
    // Somebody waits for something that there is not.
    if (!sends_mic) return Event::kTokenOutOfTurn;
    absl::Span<uint8_t> ignored;
    const SECURITY_STATUS reserved = inner_output.Reserve(0, &ignored);
    if (reserved != SEC_E_OK) return OutputFailure<Event>(reserved);
  }
  if (mic.present() && !VerifyMic(mech_types(), mic)) {
    return Event::kMicMismatch;
  }
  const bool finished = inner_done_ && mic.present();
  NegTokenResp answer;
  answer.neg_state =
      finished ? NegState::kAcceptCompleted : NegState::kAcceptIncomplete;
  if (has_token) answer.response_token = step.token;
  OwnMic storage;
  if (sends_mic) {
    answer.mech_list_mic = MakeMic(mech_types(), &storage);
    if (!answer.mech_list_mic.has_value()) return Event::kMicMismatch;
    mic_sent_ = true;
  }
  Frame(answer, RespOverhead({}) + step.token.size(), leg.output);
  if (finished) return Event::kCompleted;
  return inner_done_ ? Event::kMechanismDone : Event::kContinued;
}

}  // namespace sspilab::negotiate
