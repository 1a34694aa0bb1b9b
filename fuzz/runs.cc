#include "fuzz/runs.h"

#include "core/role.h"
#include "fuzz/caller.h"
#include "fuzz/oracles.h"
#include "fuzz/party.h"
#include "fuzz/session.h"
#include "fuzz/wire_edit.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

// One end where the other is null; then its tokens are the input's.
void Run(const Profile& profile, const sim::Input& input,
         Verification verification, Caller* initiator, Caller* acceptor,
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
  {
    Party party(role, profile, input.settings, verification, watch);
    Caller* const caller = &party.caller();
    Run(profile, input, verification,
        role == Role::kInitiator ? caller : nullptr,
        role == Role::kAcceptor ? caller : nullptr, watch, outcome);
  }
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
  Watch watch(profile.package);
  {
    Party initiator(Role::kInitiator, profile, input.settings, verification,
                    watch);
    Party acceptor(Role::kAcceptor, profile, input.settings, verification,
                   watch);
    Run(profile, input, verification, &initiator.caller(), &acceptor.caller(),
        watch, outcome);
  }
  return watch.digest();
}

}  // namespace sspilab::fuzz
