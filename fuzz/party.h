#ifndef SSPILAB_FUZZ_PARTY_H_
#define SSPILAB_FUZZ_PARTY_H_

#include <optional>

#include "core/role.h"
#include "core/world.h"
#include "fuzz/caller.h"
#include "fuzz/oracles.h"
#include "fuzz/profile.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {

// A caller in a World of its own, with all in it that the settings ask for. At
// its end the caller closes what it has open, and then nothing that the World
// gave out may be left (Balance).
class Party {
 public:
  // `profile`, `settings` and `watch` must outlive it.
  Party(Role role, const Profile& profile, const sim::Settings& settings,
        Verification verification, Watch& watch);
  ~Party();
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  Caller& caller() { return *caller_; }

 private:
  World world_;
  // Always there; it goes before the World is looked at.
  std::optional<Caller> caller_;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_PARTY_H_
