#include "fuzz/ntlm_runs.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "fuzz/caller.h"
#include "fuzz/ntlm_messages.h"
#include "fuzz/ntlm_proof.h"
#include "fuzz/ntlm_settings.h"
#include "fuzz/oracles.h"
#include "fuzz/wire_edit.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

void RequireBalance(Watch& watch, World& world) {
  watch.Require(world.memory().live_allocations() == 0, Rule::kBalance);
}

// Takes the first token off the front of `rest`: up to where the next one's
// signature stands.
Bytes TakeToken(Bytes* rest) {
  constexpr std::string_view kSignature("NTLMSSP\0", 8);
  const size_t first = std::min(rest->size(), size_t{1});
  const auto next = std::search(rest->begin() + first, rest->end(),
                                kSignature.begin(), kSignature.end());
  const size_t size =
      std::min<size_t>(next - rest->begin(), Caller::kAmpleRoom);
  const Bytes token = rest->subspan(0, size);
  rest->remove_prefix(size);
  return token;
}

// A done acceptor must have been shown what only the account's owner has.
void RequireProof(Caller& acceptor, const NtlmSettings& settings,
                  const Transcript& transcript) {
  const std::optional<ULONG> attributes = acceptor.Attributes();
  if (!attributes.has_value() || (*attributes & ASC_RET_NULL_SESSION) != 0) {
    return;
  }
  const std::optional<ntlm::Key> key = acceptor.SessionKey();
  if (!key.has_value()) return;
  const CredentialKind& kind = CredentialOf(settings);
  const Account* account =
      acceptor.world().accounts().Find(kind.known_as, kind.authority);
  acceptor.watch().Require(account != nullptr &&
                               account->state == AccountState::kEnabled &&
                               ProvesPassword(transcript, *account, *key),
                           Rule::kNoForgery);
}

// ISC_RET_* and the ASC_RET_* that say the same.
constexpr ULONG kSameAttributes[][2] = {
    {ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
    {ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
    {ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
    {ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
    {ISC_RET_DATAGRAM, ASC_RET_DATAGRAM},
    {ISC_RET_IDENTIFY, ASC_RET_IDENTIFY},
    {ISC_RET_NULL_SESSION, ASC_RET_NULL_SESSION},
};

// Two callers, each in a World of its own, and the wire between them.
class Session {
 public:
  static constexpr size_t kMaxSteps = 24;

  Session(const NtlmSettings& settings, absl::Span<const Step> steps,
          Verification verification, World& initiator_world,
          World& acceptor_world, Watch& watch)
      : settings_(settings),
        steps_(steps.subspan(0, kMaxSteps)),
        strict_(verification == Verification::kStrict),
        watch_(watch),
        initiator_(Role::kInitiator, initiator_world, settings, watch),
        acceptor_(Role::kAcceptor, acceptor_world, settings, watch) {}

  void Run() {
    if (initiator_.Acquire() && acceptor_.Acquire()) Authenticate();
    const bool both_done = initiator_.done() && acceptor_.done();
    watch_.Require(both_done || altered_ || !settings_.MustComplete(),
                   Rule::kUnharmedCompletes);
    if (acceptor_.done() && strict_) {
      RequireProof(
          acceptor_, settings_,
          {arrived_[0].bytes(), sent_[1].bytes(), arrived_[2].bytes()});
    }
    // What arrived is what was sent, or would have been found out.
    const bool same_tokens =
        !altered_ || (strict_ && ClaimsMic(sent_[2].bytes()));
    const bool agreed = both_done && same_tokens &&
                        (strict_ || CredentialOf(settings_).IsRight());
    if (agreed) RequireSameResult();
    UseContexts(both_done, agreed);
  }

  absl::Span<const WireToken> sent() const {
    return absl::MakeConstSpan(sent_).subspan(0, sent_count_);
  }

 private:
  void Authenticate() {
    Caller* from = &initiator_;
    Caller* to = &acceptor_;
    if (initiator_.Advance({}) < 0) return Persist(initiator_, {});
    for (size_t i = 0; i < sent_.size(); ++i) {
      sent_[i].Assign(from->token());
      arrived_[i].Assign(from->token());
      ++sent_count_;
      for (const Step& step : steps_) {
        if (step.when % 4 == i) arrived_[i].Edit(step, sent());
      }
      altered_ = altered_ || arrived_[i].bytes() != sent_[i].bytes();
      if (to->Advance(arrived_[i].bytes()) < 0) {
        return Persist(*to, arrived_[i].bytes());
      }
      std::swap(from, to);
    }
  }

  // What a caller does who does not take a failure for an answer.
  void Persist(Caller& caller, Bytes token) {
    if ((settings_.side(caller.role()).options & kPersists) == 0) return;
    caller.CallOthers(settings_.seed);
    caller.Advance(token);
    caller.CallOthers(settings_.seed);
  }

  void RequireSameResult() {
    const std::optional<ULONG> ours = initiator_.Attributes();
    const std::optional<ULONG> theirs = acceptor_.Attributes();
    const auto our_key = initiator_.SessionKey();
    const auto their_key = acceptor_.SessionKey();
    const auto our_name = initiator_.ClientName();
    const auto their_name = acceptor_.ClientName();
    if (ours.has_value() && theirs.has_value()) {
      for (const auto [initiators, acceptors] : kSameAttributes) {
        watch_.Require(
            ((*ours & initiators) != 0) == ((*theirs & acceptors) != 0),
            Rule::kSameResult, "attributes");
      }
    }
    if (our_key.has_value() && their_key.has_value()) {
      watch_.Require(*our_key == *their_key, Rule::kSameResult, "session key");
    }
    // The OEM code page cannot say every name.
    const bool unicode =
        ((settings_.initiator.unsupported | settings_.acceptor.unsupported) &
         1) == 0;
    if (our_name.has_value() && their_name.has_value() && unicode) {
      watch_.Require(*our_name == *their_name, Rule::kSameResult,
                     "client name");
    }
  }

  // The steps after the last token.
  void UseContexts(bool both_done, bool agreed) {
    std::optional<MessageExchange> messages;
    if (both_done) {
      messages.emplace(initiator_, acceptor_, strict_, agreed);
    }
    for (const Step& step : steps_) {
      if (step.when % 4 != 3) continue;
      Caller& caller = (step.value & 1) != 0 ? acceptor_ : initiator_;
      constexpr int kKinds = MessageExchange::kKinds + 2;
      switch (const int kind = step.what % kKinds; kind) {
        case MessageExchange::kKinds:
          caller.CallOthers(step.where[0]);
          if (messages.has_value()) messages->FallOutOfStep();
          break;
        case MessageExchange::kKinds + 1:
          if (caller.has_context()) {
            caller.Advance(sent_[step.where[0] % sent_.size()].bytes());
          }
          break;
        default:
          if (messages.has_value()) messages->Take(kind, step);
      }
    }
  }

  const NtlmSettings& settings_;
  const absl::Span<const Step> steps_;
  const bool strict_;
  Watch& watch_;
  Caller initiator_;
  Caller acceptor_;
  std::array<WireToken, 3> sent_;
  std::array<WireToken, 3> arrived_;
  size_t sent_count_ = 0;
  bool altered_ = false;
};

}  // namespace

uint64_t RunNtlmInitiator(Bytes input) {
  const NtlmSettings settings = NtlmSettings::TakeFrom(&input);
  Watch watch(Package::kNtlm);
  World world(OptionsOf(settings, Role::kInitiator, Verification::kStrict));
  {
    Caller initiator(Role::kInitiator, world, settings, watch);
    if (initiator.Acquire() && initiator.Advance({}) >= 0) {
      while (!input.empty()) initiator.Advance(TakeToken(&input));
      initiator.CallOthers(settings.seed);
    }
  }
  RequireBalance(watch, world);
  return watch.digest();
}

uint64_t RunNtlmAcceptor(Bytes input, Verification verification) {
  const NtlmSettings settings = NtlmSettings::TakeFrom(&input);
  Watch watch(Package::kNtlm);
  World world(OptionsOf(settings, Role::kAcceptor, verification));
  AddAccounts(settings, world);
  {
    Caller acceptor(Role::kAcceptor, world, settings, watch);
    WireToken challenge;
    Bytes negotiate;
    bool go_on = acceptor.Acquire();
    // The first is the NEGOTIATE, though it be empty.
    for (int i = 0; go_on && (i == 0 || !input.empty()); ++i) {
      const Bytes token = TakeToken(&input);
      const bool had_context = acceptor.has_context();
      const bool was_done = acceptor.done();
      acceptor.Advance(token);
      if (!had_context) {
        negotiate = token;
        challenge.Assign(acceptor.token());
      }
      if (acceptor.done() && !was_done &&
          verification == Verification::kStrict) {
        RequireProof(acceptor, settings, {negotiate, challenge.bytes(), token});
      }
      go_on = acceptor.has_context();
    }
    acceptor.CallOthers(settings.seed);
  }
  RequireBalance(watch, world);
  return watch.digest();
}

uint64_t RunNtlmSession(Bytes input, Verification verification,
                        SentTokens* sent) {
  const NtlmSettings settings = NtlmSettings::TakeFrom(&input);
  const absl::Span<const Step> steps(
      reinterpret_cast<const Step*>(input.data()), input.size() / sizeof(Step));
  Watch watch(Package::kNtlm);
  World initiator_world(OptionsOf(settings, Role::kInitiator, verification));
  World acceptor_world(OptionsOf(settings, Role::kAcceptor, verification));
  AddAccounts(settings, acceptor_world);
  {
    Session session(settings, steps, verification, initiator_world,
                    acceptor_world, watch);
    session.Run();
    if (sent != nullptr) {
      for (const WireToken& token : session.sent()) {
        sent->tokens.emplace_back(token.bytes().begin(), token.bytes().end());
      }
    }
  }
  RequireBalance(watch, initiator_world);
  RequireBalance(watch, acceptor_world);
  return watch.digest();
}

}  // namespace sspilab::fuzz
