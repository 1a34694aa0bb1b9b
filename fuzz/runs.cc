#include "fuzz/runs.h"

#include "core/role.h"
#include "fuzz/oracles.h"
#include "fuzz/session.h"
#include "fuzz/wire_edit.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

void RequireBalance(Watch& watch, World& world) {
  watch.Require(world.memory().live_allocations() == 0, Rule::kBalance);
}

// One end, whose tokens are the input's.
uint64_t RunOneEnd(Role role, const Profile& profile, Bytes bytes,
                   Verification verification) {
  const sim::Input input = sim::Input::Decode(bytes);
  Watch watch(profile.package);
  World world(profile.options(input.settings, role, verification));
  profile.furnish(input.settings, role, world);
  Session(profile, input, verification,
          role == Role::kInitiator ? &world : nullptr,
          role == Role::kAcceptor ? &world : nullptr, watch)
      .Run();
  RequireBalance(watch, world);
  return watch.digest();
}

}  // namespace

uint64_t RunInitiator(const Profile& profile, Bytes input,
                      Verification verification) {
  return RunOneEnd(Role::kInitiator, profile, input, verification);
}

uint64_t RunAcceptor(const Profile& profile, Bytes input,
                     Verification verification) {
  return RunOneEnd(Role::kAcceptor, profile, input, verification);
}

uint64_t RunSession(const Profile& profile, Bytes bytes,
                    Verification verification, SentTokens* sent) {
  const sim::Input input = sim::Input::Decode(bytes);
  const sim::Settings& settings = input.settings;
  Watch watch(profile.package);
  World initiator_world(
      profile.options(settings, Role::kInitiator, verification));
  World acceptor_world(
      profile.options(settings, Role::kAcceptor, verification));
  profile.furnish(settings, Role::kInitiator, initiator_world);
  profile.furnish(settings, Role::kAcceptor, acceptor_world);
  {
    Session session(profile, input, verification, &initiator_world,
                    &acceptor_world, watch);
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
