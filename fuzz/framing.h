#ifndef SSPILAB_FUZZ_FRAMING_H_
#define SSPILAB_FUZZ_FRAMING_H_

#include <cstdint>

#include "absl/types/span.h"
#include "fuzz/profile.h"

namespace sspilab::fuzz {

// kSplit and kCoalesce say how much arrives at a time, to the acceptor and to
// the initiator in turn, over and over. The same handshake, messages and end
// are run twice, delivered so and delivered whole, and must come to the same
// (SameAsWhole). Returns a digest.
uint64_t RunFraming(const Profile& profile, absl::Span<const uint8_t> input);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_FRAMING_H_
