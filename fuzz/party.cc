#include "fuzz/party.h"

namespace sspilab::fuzz {

Party::Party(Role role, const Profile& profile, const sim::Settings& settings,
             Verification verification, Watch& watch)
    : world_(profile.options(settings, role, verification)) {
  // Before the caller, who may have the World refuse memory.
  profile.furnish(settings, role, world_);
  caller_.emplace(role, world_, profile, settings, watch);
}

Party::~Party() {
  Watch& watch = caller_->watch();
  caller_.reset();
  watch.Require(world_.memory().live_allocations() == 0, Rule::kBalance);
}

}  // namespace sspilab::fuzz
