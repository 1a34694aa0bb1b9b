#ifndef SSPILAB_FUZZ_RUNS_H_
#define SSPILAB_FUZZ_RUNS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/world.h"
#include "fuzz/profile.h"

// What the targets of contexts run, for any package. Each input is a
// sim::Input; each run has Worlds of its own, so that an input does the same
// whatever ran before it. All return a digest of every status, transition and
// token of the run.
namespace sspilab::fuzz {

// What came of a run, for whoever wants to know; a null one is not filled in.
struct Outcome {
  bool acceptor_began = false;
  // As they were sent; an end that is absent sends empty ones.
  std::vector<std::vector<uint8_t>> tokens;
  // Which ends the handshake left done.
  bool initiator_done = false;
  bool acceptor_done = false;
};

// The acceptor is absent: its tokens are those that kDeliver brings.
uint64_t RunInitiator(const Profile& profile, absl::Span<const uint8_t> input,
                      Verification verification = Verification::kStrict,
                      Outcome* outcome = nullptr);

// The same without an initiator.
uint64_t RunAcceptor(const Profile& profile, absl::Span<const uint8_t> input,
                     Verification verification = Verification::kStrict,
                     Outcome* outcome = nullptr);

// Both are there; the operations are what the wire does to the tokens that they
// exchange, and what they do with their contexts after it.
uint64_t RunSession(const Profile& profile, absl::Span<const uint8_t> input,
                    Verification verification = Verification::kStrict,
                    Outcome* outcome = nullptr);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_RUNS_H_
