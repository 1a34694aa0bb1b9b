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

// One end where the other's World is null; then its tokens are the input's.
void Run(const Profile& profile, const sim::Input& input,
         Verification verification, World* initiator, World* acceptor,
         Watch& watch, Outcome* outcome) {
  Session session(profile, input, verification, initiator, acceptor, watch);
  session.Run();
  if (outcome == nullptr) return;
  outcome->acceptor_began = profile.acceptor_begins != nullptr &&
                            profile.acceptor_begins(input.settings);
  for (const WireToken& token : session.sent()) {
    outcome->tokens.emplace_back(token.bytes().begin(), token.bytes().end());
  }
  outcome->initiator_done = session.was_done(Role::kInitiator);
  outcome->acceptor_done = session.was_done(Role::kAcceptor);
}

uint64_t RunOneEnd(Role role, const Profile& profile, Bytes bytes,
                   Verification verification, Outcome* outcome) {
  const sim::Input input = sim::Input::Decode(bytes);
  Watch watch(profile.package);
  World world(profile.options(input.settings, role, verification));
  profile.furnish(input.settings, role, world);
  Run(profile, input, verification, role == Role::kInitiator ? &world : nullptr,
      role == Role::kAcceptor ? &world : nullptr, watch, outcome);
  RequireBalance(watch, world);
  return watch.digest();
}

}  // namespace

uint64_t RunInitiator(const Profile& profile, Bytes input,
                      Verification verification, Outcome* outcome) {
  return RunOneEnd(Role::kInitiator, profile, input, verification, outcome);
}

uint64_t RunAcceptor(const Profile& profile, Bytes input,
                     Verification verification, Outcome* outcome) {
  return RunOneEnd(Role::kAcceptor, profile, input, verification, outcome);
}

uint64_t RunSession(const Profile& profile, Bytes bytes,
                    Verification verification, Outcome* outcome) {
  const sim::Input input = sim::Input::Decode(bytes);
  const sim::Settings& settings = input.settings;
  Watch watch(profile.package);
  World initiator_world(
      profile.options(settings, Role::kInitiator, verification));
  World acceptor_world(
      profile.options(settings, Role::kAcceptor, verification));
  profile.furnish(settings, Role::kInitiator, initiator_world);
  profile.furnish(settings, Role::kAcceptor, acceptor_world);
  Run(profile, input, verification, &initiator_world, &acceptor_world, watch,
      outcome);
  RequireBalance(watch, initiator_world);
  RequireBalance(watch, acceptor_world);
  return watch.digest();
}

}  // namespace sspilab::fuzz
