#include "fuzz/runs.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "fuzz/caller.h"
#include "fuzz/oracles.h"
#include "fuzz/session.h"
#include "fuzz/settings.h"
#include "fuzz/wire_edit.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

void RequireBalance(Watch& watch, World& world) {
  watch.Require(world.memory().live_allocations() == 0, Rule::kBalance);
}

// Takes the first token off the front of `rest`: up to the next separator.
Bytes TakeToken(const Profile& profile, Bytes* rest) {
  const std::string_view separator = profile.separator;
  const bool kept = profile.separator_is_token;
  auto next = rest->end();
  if (!separator.empty()) {
    const size_t first = kept ? std::min(rest->size(), size_t{1}) : 0;
    next = std::search(rest->begin() + first, rest->end(), separator.begin(),
                       separator.end());
  }
  const size_t size =
      std::min<size_t>(next - rest->begin(), Caller::kAmpleRoom);
  const Bytes token = rest->subspan(0, size);
  rest->remove_prefix(size);
  if (!kept && rest->begin() == next) {
    rest->remove_prefix(std::min(separator.size(), rest->size()));
  }
  return token;
}

// Gives `caller` all that is in `input`: token by token, or as a stream.
void TakeTokens(const Profile& profile, Caller& caller, Bytes input) {
  if (!profile.stream) {
    while (!input.empty()) caller.Advance(TakeToken(profile, &input));
    return;
  }
  Stream stream, reply;
  while (!input.empty() && !caller.done()) {
    const size_t size =
        std::min(input.size(), Stream::kCapacity - stream.bytes().size());
    if (size == 0 || !stream.Append(input.subspan(0, size))) break;
    input.remove_prefix(size);
    if (TakeAll(caller, stream, reply) < 0) break;
    reply.KeepLast(0);
  }
}

// What an acceptor received and sent, in order.
class Transcript {
 public:
  void Received(Bytes token) { Add(token); }
  void Sent(Bytes token) {
    if (count_ == tokens_.size()) return;
    memory_[count_ / 2].Assign(token);
    Add(memory_[count_ / 2].bytes());
  }
  Tokens tokens() const {
    return absl::MakeConstSpan(tokens_).subspan(0, count_);
  }

 private:
  void Add(Bytes token) {
    if (count_ < tokens_.size()) tokens_[count_++] = token;
  }

  std::array<Bytes, Session::kMaxTokens> tokens_;
  std::array<WireToken, Session::kMaxTokens / 2> memory_;
  size_t count_ = 0;
};

}  // namespace

uint64_t RunInitiator(const Profile& profile, Bytes input,
                      Verification verification) {
  const Settings settings = Settings::TakeFrom(&input);
  Watch watch(profile.package);
  World world(profile.options(settings, Role::kInitiator, verification));
  profile.furnish(settings, Role::kInitiator, world);
  {
    Caller initiator(Role::kInitiator, world, profile, settings, watch);
    // The acceptor's first word, where it has it.
    Bytes first;
    if (profile.acceptor_begins != nullptr &&
        profile.acceptor_begins(settings)) {
      first = TakeToken(profile, &input);
    }
    if (initiator.Acquire() && initiator.Advance(first) >= 0) {
      TakeTokens(profile, initiator, input);
      initiator.CallOthers(settings.seed);
    }
  }
  RequireBalance(watch, world);
  return watch.digest();
}

uint64_t RunAcceptor(const Profile& profile, Bytes input,
                     Verification verification) {
  const Settings settings = Settings::TakeFrom(&input);
  Watch watch(profile.package);
  World world(profile.options(settings, Role::kAcceptor, verification));
  profile.furnish(settings, Role::kAcceptor, world);
  {
    Caller acceptor(Role::kAcceptor, world, profile, settings, watch);
    Transcript transcript;
    bool go_on = acceptor.Acquire();
    if (go_on && profile.stream) {
      TakeTokens(profile, acceptor, input);
      go_on = false;
    }
    // The first token is there, though it be empty.
    for (int i = 0; go_on && (i == 0 || !input.empty()); ++i) {
      const Bytes token = TakeToken(profile, &input);
      const bool was_done = acceptor.done();
      const SECURITY_STATUS status = acceptor.Advance(token);
      if (status >= 0) {
        transcript.Received(token);
        transcript.Sent(acceptor.token());
      }
      if (acceptor.done() && !was_done && profile.require_proof != nullptr &&
          verification == Verification::kStrict) {
        profile.require_proof(acceptor, settings, transcript.tokens());
      }
      go_on = acceptor.has_context();
    }
    acceptor.CallOthers(settings.seed);
  }
  RequireBalance(watch, world);
  return watch.digest();
}

uint64_t RunSession(const Profile& profile, Bytes input,
                    Verification verification, SentTokens* sent) {
  const Settings settings = Settings::TakeFrom(&input);
  const absl::Span<const Step> steps(
      reinterpret_cast<const Step*>(input.data()), input.size() / sizeof(Step));
  Watch watch(profile.package);
  World initiator_world(
      profile.options(settings, Role::kInitiator, verification));
  World acceptor_world(
      profile.options(settings, Role::kAcceptor, verification));
  profile.furnish(settings, Role::kInitiator, initiator_world);
  profile.furnish(settings, Role::kAcceptor, acceptor_world);
  {
    Session session(profile, settings, steps, verification, initiator_world,
                    acceptor_world, watch);
    session.Run();
    if (sent != nullptr) {
      sent->acceptor_began = profile.acceptor_begins != nullptr &&
                             profile.acceptor_begins(settings);
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
