#ifndef SSPILAB_FUZZ_RUNS_H_
#define SSPILAB_FUZZ_RUNS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/world.h"
#include "fuzz/profile.h"

// What the targets of contexts run, for any package. Each input begins with
// Settings; each run has Worlds of its own, so that an input does the same
// whatever ran before it. All return a digest of every status, transition and
// token of the run.
namespace sspilab::fuzz {

// After the settings, the tokens that an initiator is given, as the profile's
// separator tells them apart.
uint64_t RunInitiator(const Profile& profile, absl::Span<const uint8_t> input,
                      Verification verification = Verification::kStrict);

// The same for an acceptor.
uint64_t RunAcceptor(const Profile& profile, absl::Span<const uint8_t> input,
                     Verification verification = Verification::kStrict);

// The tokens of a session as they were sent.
struct SentTokens {
  bool acceptor_began = false;
  std::vector<std::vector<uint8_t>> tokens;
};

// After the settings, Steps: what the wire does to the tokens that two callers
// exchange, and what they do with their contexts after it. `sent` may be null.
uint64_t RunSession(const Profile& profile, absl::Span<const uint8_t> input,
                    Verification verification = Verification::kStrict,
                    SentTokens* sent = nullptr);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_RUNS_H_
