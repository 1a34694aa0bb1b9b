#ifndef SSPILAB_FUZZ_NTLM_RUNS_H_
#define SSPILAB_FUZZ_NTLM_RUNS_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/world.h"

// What the NTLM targets run. Each input begins with NtlmSettings; each run has
// Worlds of its own, so that an input does the same whatever ran before it.
// All return a digest of every status, transition and token of the run.
namespace sspilab::fuzz {

// After the settings, the tokens that an initiator is given: each begins where
// "NTLMSSP\0" stands.
uint64_t RunNtlmInitiator(absl::Span<const uint8_t> input);

// The same for an acceptor.
uint64_t RunNtlmAcceptor(absl::Span<const uint8_t> input,
                         Verification verification);

// The tokens of a session as they were sent.
struct SentTokens {
  std::vector<std::vector<uint8_t>> tokens;
};

// After the settings, Steps: what the wire does to the tokens that two callers
// exchange, and what they do with their contexts after it. `sent` may be null.
uint64_t RunNtlmSession(absl::Span<const uint8_t> input,
                        Verification verification, SentTokens* sent = nullptr);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_NTLM_RUNS_H_
