#include "fuzz/session.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/sspi.h"
#include "fuzz/ablations.h"
#include "fuzz/sealed_messages.h"
#include "fuzz/stream_messages.h"

namespace sspilab::fuzz {

Session::Session(const Profile& profile, const Settings& settings,
                 absl::Span<const Step> steps, Verification verification,
                 World& initiator_world, World& acceptor_world, Watch& watch)
    : profile_(profile),
      settings_(settings),
      steps_(steps.subspan(0, kMaxSteps)),
      strict_(verification == Verification::kStrict && Has(Part::kOracles)),
      watch_(watch),
      initiator_(Role::kInitiator, initiator_world, profile, settings, watch),
      acceptor_(Role::kAcceptor, acceptor_world, profile, settings, watch) {}

void Session::Run() {
  if (initiator_.Acquire() && acceptor_.Acquire()) Authenticate();
  const bool both_done = initiator_.done() && acceptor_.done();
  watch_.Require(both_done || altered_ || !profile_.must_complete(settings_),
                 Rule::kUnharmedCompletes);
  if (acceptor_.done() && strict_ && profile_.require_proof != nullptr) {
    RequireProof();
  }
  // What arrived is what was sent, or would have been found out.
  std::array<absl::Span<const uint8_t>, kMaxTokens> sent_tokens;
  for (size_t i = 0; i < sent_count_; ++i) sent_tokens[i] = sent_[i].bytes();
  const bool same_tokens =
      !altered_ ||
      (strict_ && profile_.tokens_are_protected(
                      Tokens(sent_tokens).subspan(0, sent_count_)));
  const bool agreed = both_done && same_tokens &&
                      (strict_ || profile_.credential_is_right(settings_));
  if (both_done && strict_ && altered_) RequireNoticed();
  if (agreed) RequireSameResult();
  if (both_done && strict_ && profile_.require_result != nullptr) {
    profile_.require_result(initiator_, acceptor_, settings_);
  }
  if (profile_.stream) {
    std::optional<StreamMessages> messages;
    if (both_done) {
      messages.emplace(initiator_, acceptor_, to_initiator_, to_acceptor_,
                       strict_, agreed && !altered_);
    }
    UseContexts(messages.has_value() ? &*messages : nullptr);
    if (messages.has_value()) messages->Finish();
  } else {
    std::optional<SealedMessages> messages;
    if (both_done) {
      messages.emplace(initiator_, acceptor_, strict_, agreed);
    }
    UseContexts(messages.has_value() ? &*messages : nullptr);
  }
}

void Session::Authenticate() {
  Caller* from = &initiator_;
  Caller* to = &acceptor_;
  if (acceptor_begins()) std::swap(from, to);
  if (from->Advance({}) < 0) return Persist(*from, {});
  Stream reply;
  absl::Span<const uint8_t> token = from->token();
  bool failed = false;
  for (size_t i = 0; i < profile_.max_tokens; ++i) {
    // Nothing is to be said, and nobody waits for it.
    if (token.empty() && (to->done() || (profile_.stream && i > 0))) break;
    sent_[i].Assign(token);
    arrived_[i].Assign(token);
    ++sent_count_;
    for (const Step& step : steps_) {
      if (step.when % (profile_.max_tokens + 1) == i) {
        arrived_[i].Edit(step, sent());
      }
    }
    const absl::Span<const uint8_t> arrived = arrived_[i].bytes();
    altered_ = altered_ || arrived != sent_[i].bytes() ||
               sent_[i].bytes().size() != token.size();
    if (!profile_.stream) {
      if (to->Advance(arrived) < 0) {
        // Its last word is why; the other's answer to that is the end.
        if (failed || to->token().empty()) return Persist(*to, arrived);
        failed = true;
      }
      token = to->token();
    } else {
      Stream& stream = to == &initiator_ ? to_initiator_ : to_acceptor_;
      if (!stream.Append(arrived)) altered_ = true;
      reply.KeepLast(0);
      // What comes when one is done is for DecryptMessage.
      if (!to->done()) {
        const SECURITY_STATUS status = TakeAll(*to, stream, reply);
        if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) {
          Persist(*to, arrived);
          // Its last word is why; the other's answer to that is the end.
          if (failed) return;
          failed = true;
        }
      }
      token = reply.bytes();
    }
    std::swap(from, to);
  }
}

void Session::Persist(Caller& caller, absl::Span<const uint8_t> token) {
  if (!settings_.side(caller.role()).has(kPersists)) return;
  caller.CallOthers(settings_.seed);
  caller.Advance(token);
  caller.CallOthers(settings_.seed);
}

void Session::RequireProof() {
  std::array<absl::Span<const uint8_t>, kMaxTokens> tokens;
  for (size_t i = 0; i < sent_count_; ++i) {
    const bool received = (i % 2 == 0) != acceptor_begins();
    tokens[i] = received ? arrived_[i].bytes() : sent_[i].bytes();
  }
  profile_.require_proof(acceptor_, settings_,
                         Tokens(tokens).subspan(0, sent_count_));
}

void Session::RequireNoticed() {
  if (profile_.require_noticed == nullptr) return;
  std::array<absl::Span<const uint8_t>, kMaxTokens> sent, arrived;
  for (size_t i = 0; i < sent_count_; ++i) {
    sent[i] = sent_[i].bytes();
    arrived[i] = arrived_[i].bytes();
  }
  profile_.require_noticed(watch_,
                           {.sent = Tokens(sent).subspan(0, sent_count_),
                            .arrived = Tokens(arrived).subspan(0, sent_count_),
                            .acceptor_began = acceptor_begins(),
                            .taken_by_initiator = to_initiator_.taken(),
                            .taken_by_acceptor = to_acceptor_.taken()});
}

void Session::RequireSameResult() {
  const std::optional<ULONG> ours = initiator_.Attributes();
  const std::optional<ULONG> theirs = acceptor_.Attributes();
  const auto our_key = initiator_.SessionKey();
  const auto their_key = acceptor_.SessionKey();
  const auto our_name = initiator_.ClientName();
  const auto their_name = acceptor_.ClientName();
  if (ours.has_value() && theirs.has_value()) {
    for (const auto [initiators, acceptors] : profile_.same_attributes) {
      watch_.Require(
          ((*ours & initiators) != 0) == ((*theirs & acceptors) != 0),
          Rule::kSameResult, "attributes");
    }
  }
  if (profile_.stream) {
    for (const ULONG attribute :
         {SECPKG_ATTR_UNIQUE_BINDINGS, SECPKG_ATTR_ENDPOINT_BINDINGS}) {
      const auto our_bindings = initiator_.BindingsFor(attribute);
      const auto their_bindings = acceptor_.BindingsFor(attribute);
      if (our_bindings.has_value() && their_bindings.has_value()) {
        watch_.Require(*our_bindings == *their_bindings, Rule::kSameResult,
                       "channel bindings");
      }
    }
  }
  if (our_key.has_value() && their_key.has_value()) {
    watch_.Require(*our_key == *their_key, Rule::kSameResult, "session key");
  }
  if (our_name.has_value() && their_name.has_value() &&
      profile_.names_agree(settings_)) {
    watch_.Require(*our_name == *their_name, Rule::kSameResult, "client name");
  }
}

template <typename Messages>
void Session::UseContexts(Messages* messages) {
  for (const Step& step : steps_) {
    if (!IsAfterTokens(step)) continue;
    Caller& caller = (step.value & 1) != 0 ? acceptor_ : initiator_;
    constexpr int kKinds = Messages::kKinds + 2;
    switch (const int kind = step.what % kKinds; kind) {
      case Messages::kKinds:
        caller.CallOthers(step.where[0]);
        if (messages != nullptr) messages->FallOutOfStep();
        break;
      case Messages::kKinds + 1:
        if (caller.has_context()) {
          caller.Advance(sent_[step.where[0] % profile_.max_tokens].bytes());
          if (profile_.stream && messages != nullptr) messages->FallOutOfStep();
        }
        break;
      default:
        if (messages != nullptr) messages->Take(kind, step);
    }
  }
}

}  // namespace sspilab::fuzz
