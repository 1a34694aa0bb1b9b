#include "fuzz/session.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "core/sspi.h"
#include "fuzz/ablations.h"
#include "fuzz/sealed_messages.h"
#include "fuzz/stream_messages.h"
#include "fuzz/stream_records.h"
#include "fuzz/world_change.h"

namespace sspilab::fuzz {

using Kind = sim::OperationKind;

Session::Session(const Profile& profile, const sim::Input& input,
                 Verification verification, Caller* initiator, Caller* acceptor,
                 Watch& watch)
    : profile_(profile),
      settings_(input.settings),
      operations_(input.operations),
      strict_(verification == Verification::kStrict && Has(Part::kOracles)),
      watch_(watch),
      initiator_(initiator),
      acceptor_(acceptor),
      // Nothing is as the other end would have it.
      altered_(initiator == nullptr || acceptor == nullptr) {}

void Session::Run() {
  const bool both_there = initiator_ != nullptr && acceptor_ != nullptr;
  if ((initiator_ == nullptr || initiator_->Acquire()) &&
      (acceptor_ == nullptr || acceptor_->Acquire())) {
    Authenticate();
  }
  initiator_done_ = initiator_ != nullptr && initiator_->done();
  acceptor_done_ = acceptor_ != nullptr && acceptor_->done();
  const bool both_done = initiator_done_ && acceptor_done_;
  watch_.Require(both_done || altered_ || !profile_.must_complete(settings_),
                 Rule::kUnharmedCompletes);
  // Proofs are judged by the World as it is now.
  if (acceptor_done_ && strict_ && !acceptors_world_changed_ &&
      profile_.require_proof != nullptr) {
    RequireProof();
  }
  // What arrived is what was sent, or would have been found out.
  std::array<absl::Span<const uint8_t>, kMaxTokens> sent_tokens;
  for (size_t i = 0; i < sent_count_; ++i) sent_tokens[i] = sent_[i].bytes();
  const bool same_tokens =
      !altered_ || (strict_ && !proved_ &&
                    profile_.tokens_are_protected(
                        Tokens(sent_tokens).subspan(0, sent_count_)));
  const bool agreed = both_done && same_tokens &&
                      (strict_ || profile_.credential_is_right(settings_));
  if (both_done && strict_ && altered_ && !proved_) RequireNoticed();
  if (agreed) RequireSameResult();
  if (both_done && strict_ && profile_.require_result != nullptr) {
    profile_.require_result(*initiator_, *acceptor_, settings_);
  }
  if (!both_there) {
    UseContexts<SealedMessages>(nullptr);
    (initiator_ != nullptr ? initiator_ : acceptor_)
        ->CallOthers(settings_.seed);
  } else if (profile_.stream) {
    std::optional<StreamMessages> messages;
    if (both_done) {
      messages.emplace(*initiator_, *acceptor_, to_initiator_, to_acceptor_,
                       strict_, agreed && !altered_);
    }
    UseContexts(messages.has_value() ? &*messages : nullptr);
    if (messages.has_value()) messages->Finish();
  } else {
    std::optional<SealedMessages> messages;
    if (both_done) {
      messages.emplace(*initiator_, *acceptor_, strict_, agreed);
    }
    UseContexts(messages.has_value() ? &*messages : nullptr);
  }
}

void Session::Authenticate() {
  Caller* from = initiator_;
  Caller* to = acceptor_;
  if (acceptor_begins()) std::swap(from, to);
  absl::Span<const uint8_t> token;
  if (from != nullptr) {
    if (from->Advance({}) < 0) return Persist(*from, {});
    token = from->token();
  }
  PassTokens(from, to, token);
}

void Session::PassTokens(Caller* from, Caller* to,
                         absl::Span<const uint8_t> token) {
  Stream reply;
  bool failed = false;
  for (size_t i = sent_count_; i < profile_.max_tokens;
       ++i, std::swap(from, to)) {
    // Nothing is to be said, and nobody waits for it.
    if (from == nullptr) {
      if (to->done() || !IsDelivered(i)) break;
    } else if (to != nullptr && token.empty() &&
               (to->done() || (profile_.stream && i > 0))) {
      break;
    }
    sent_[i].Assign(token);
    arrived_[i].Assign(token);
    ++sent_count_;
    const size_t size = token.size();
    token = {};
    if (to == nullptr) continue;
    absl::Span<const uint8_t> unchanged = sent_[i].bytes();
    for (const sim::Operation& operation : operations_) {
      if (!IsTo(i, operation, profile_.max_tokens)) continue;
      if (operation.kind == Kind::kProve) {
        Prove(i, unchanged);
      } else {
        arrived_[i].Edit(operation, sent());
      }
      if (operation.kind == Kind::kDeliver) unchanged = operation.bytes;
    }
    const absl::Span<const uint8_t> arrived = arrived_[i].bytes();
    const bool changed =
        arrived != sent_[i].bytes() || sent_[i].bytes().size() != size;
    watch_.Passed(SenderOf(i), size, arrived.size(), changed);
    altered_ = altered_ || changed;
    reply.KeepLast(0);
    const SECURITY_STATUS status = Receive(*to, i, reply);
    token = profile_.stream ? reply.bytes() : to->token();
    if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) {
      // Its last word is why; the other's answer to that is the end.
      const bool is_end = failed || token.empty();
      // Of others than streams, the token is gone with the next call.
      if (is_end || profile_.stream) Persist(*to, arrived);
      if (is_end) return;
      failed = true;
    }
  }
}

bool Session::Again(Caller& from) {
  Caller& to = &from == initiator_ ? *acceptor_ : *initiator_;
  if (!profile_.authenticates_again || !from.done() || !to.done()) return false;
  const bool begins = (from.role() == Role::kInitiator) != acceptor_begins();
  if ((sent_count_ % 2 == 0) != begins && sent_count_ < kMaxTokens) {
    sent_[sent_count_].Assign({});
    arrived_[sent_count_++].Assign({});
  }
  again_ = true;
  if (from.Advance({}) >= 0) PassTokens(&from, &to, from.token());
  again_ = false;
  const bool both_done = from.done() && to.done();
  watch_.Require(both_done || altered_ || !profile_.must_complete(settings_),
                 Rule::kUnharmedCompletes, "once more");
  if (!both_done || altered_) {
    // A token that nobody waits for any more is a record, too, but no message.
    for (Stream* stream : {&to_initiator_, &to_acceptor_}) stream->KeepLast(0);
    return false;
  }
  RequireSameResult();
  if (strict_ && profile_.require_result != nullptr) {
    profile_.require_result(*initiator_, *acceptor_, settings_);
  }
  return true;
}

void Session::PrepareLeg(Caller& to, size_t number, int leg) {
  to.Offer({});
  for (const sim::Operation& operation : operations_) {
    if (!IsTo(number, operation, profile_.max_tokens)) continue;
    if (operation.kind == Kind::kOffer && leg >= operation.place) {
      altered_ = true;
      to.Offer(
          static_cast<sim::OutputShape>(operation.value % sim::kOutputShapes));
    }
    if (operation.kind == Kind::kControl && leg == operation.place &&
        profile_.stream && to.has_context()) {
      altered_ = true;
      ApplyControl(to, operation.value);
    }
  }
}

SECURITY_STATUS Session::Receive(Caller& to, size_t number, Stream& reply) {
  for (const sim::Operation& operation : operations_) {
    if (operation.kind != Kind::kChange ||
        !IsTo(number, operation, profile_.max_tokens)) {
      continue;
    }
    altered_ = true;
    if (&to == acceptor_) acceptors_world_changed_ = true;
    ChangeWorld(operation, settings_, to.world());
  }
  int legs = 0;
  const auto before_leg = [&] { PrepareLeg(to, number, legs++); };
  const auto offer_as_usual = absl::MakeCleanup([&] { to.Offer({}); });
  absl::Span<const uint8_t> rest = arrived_[number].bytes();
  if (!profile_.stream) {
    before_leg();
    return to.Advance(rest);
  }
  Stream& stream = to.role() == Role::kInitiator ? to_initiator_ : to_acceptor_;
  // What comes when one is done is for DecryptMessage.
  const auto is_over = [&] { return to.done() && !again_; };
  bool waits = false;
  for (const sim::Operation& operation : operations_) {
    if (!IsTo(number, operation, profile_.max_tokens)) continue;
    if (operation.kind == Kind::kCoalesce) waits = true;
    if (operation.kind != Kind::kSplit || rest.empty() || is_over()) continue;
    const size_t size = operation.place % rest.size();
    // A call without a context and without a credential is none.
    if (settings_.side(to.role()).has(sim::kFreesCredentialEarly)) {
      altered_ = true;
    }
    if (size == 0) continue;
    if (!stream.Append(rest.subspan(0, size))) altered_ = true;
    rest.remove_prefix(size);
    const SECURITY_STATUS status = TakeAll(to, stream, reply, before_leg);
    if (status < 0 && status != SEC_E_INCOMPLETE_MESSAGE) return status;
  }
  if (!stream.Append(rest)) altered_ = true;
  if (waits) altered_ = true;
  return waits || is_over() ? SEC_E_OK : TakeAll(to, stream, reply, before_leg);
}

bool Session::IsDelivered(size_t number) const {
  return std::any_of(operations_.begin(), operations_.end(),
                     [&](const sim::Operation& operation) {
                       return operation.kind == Kind::kDeliver &&
                              IsTo(number, operation, profile_.max_tokens);
                     });
}

void Session::Persist(Caller& caller, absl::Span<const uint8_t> token) {
  if (!settings_.side(caller.role()).has(sim::kPersists)) return;
  caller.CallOthers(settings_.seed);
  caller.Advance(token);
  // Nobody gets its answer, but the judges know it.
  if (!profile_.stream && sent_count_ < kMaxTokens) {
    sent_[sent_count_].Assign(caller.token());
    arrived_[sent_count_].Assign(caller.token());
    ++sent_count_;
  }
  caller.CallOthers(settings_.seed);
}

void Session::Prove(size_t number, absl::Span<const uint8_t> sent) {
  if (profile_.prove == nullptr) return;
  const std::vector<uint8_t> before(arrived_[number].bytes().begin(),
                                    arrived_[number].bytes().end());
  const TokenList at_acceptor = AsHasThem(Role::kAcceptor);
  const TokenList at_initiator = AsHasThem(Role::kInitiator);
  profile_.prove(
      {.settings = settings_,
       .world = (acceptor_ != nullptr ? acceptor_ : initiator_)->world(),
       .from = SenderOf(number),
       .before = Tokens(at_acceptor).subspan(0, number),
       .before_at_initiator = Tokens(at_initiator).subspan(0, number),
       .sent = sent},
      arrived_[number].mutable_bytes());
  proved_ = proved_ || arrived_[number].bytes() != absl::MakeConstSpan(before);
}

Session::TokenList Session::AsHasThem(Role role) const {
  TokenList tokens;
  for (size_t i = 0; i < sent_count_; ++i) {
    tokens[i] = SenderOf(i) == role ? sent_[i].bytes() : arrived_[i].bytes();
  }
  return tokens;
}

void Session::RequireProof() {
  const TokenList tokens = AsHasThem(Role::kAcceptor);
  profile_.require_proof(*acceptor_, settings_,
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
  const std::optional<ULONG> ours = initiator_->Attributes();
  const std::optional<ULONG> theirs = acceptor_->Attributes();
  const auto our_key = initiator_->SessionKey();
  const auto their_key = acceptor_->SessionKey();
  const auto our_name = initiator_->ClientName();
  const auto their_name = acceptor_->ClientName();
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
      const auto our_bindings = initiator_->BindingsFor(attribute);
      const auto their_bindings = acceptor_->BindingsFor(attribute);
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
  for (const sim::Operation& operation : operations_) {
    if (IsOfToken(operation.kind)) continue;
    Caller* const caller = (operation.target & 1) != 0 ? acceptor_ : initiator_;
    if (caller == nullptr) continue;
    switch (operation.kind) {
      case Kind::kOthers:
        caller->CallOthers(operation.value);
        if (messages != nullptr) messages->FallOutOfStep();
        break;
      case Kind::kLate:
        if (caller->has_context()) {
          caller->Advance(
              operation.bytes.empty()
                  ? sent_[operation.place % profile_.max_tokens].bytes()
                  : operation.bytes);
          if (profile_.stream && messages != nullptr) messages->FallOutOfStep();
        }
        break;
      case Kind::kAgain:
        if (messages == nullptr) break;
        altered_ = altered_ || !messages->in_step();
        if (!Again(*caller)) messages->FallOutOfStep();
        break;
      default:
        if (messages != nullptr) messages->Take(operation);
    }
  }
}

}  // namespace sspilab::fuzz
