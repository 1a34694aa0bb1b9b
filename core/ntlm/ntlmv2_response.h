#ifndef SSPILAB_CORE_NTLM_NTLMV2_RESPONSE_H_
#define SSPILAB_CORE_NTLM_NTLMV2_RESPONSE_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/ntlm/av_pairs.h"
#include "core/ntlm/messages.h"

// What NtChallengeResponse holds. Nothing says which kind it is but its size:
// kResponseV1Size bytes are NTLMv1's, more are NTLMv2's.
namespace sspilab::ntlm {

// LM, LMv2 and NTLMv1 responses (MS-NLMP 2.2.2.3, 2.2.2.4, 2.2.2.6).
inline constexpr size_t kResponseV1Size = 24;

// MS-NLMP 2.2.2.7 NTLMv2_CLIENT_CHALLENGE, which 3.3.2 calls temp.
struct NtlmV2ClientChallenge {
  // Before the AV pairs, and the zeros after them.
  static constexpr size_t kHeaderSize = 28;
  static constexpr size_t kTrailerSize = 4;

  // FILETIME: 100 ns units since 1601.
  uint64_t timestamp = 0;
  Challenge client_challenge{};
  AvPairs av_pairs{};

  // The view points into `bytes`. InvalidArgument, with the place.
  static absl::StatusOr<NtlmV2ClientChallenge> Parse(
      absl::Span<const uint8_t> bytes);
  size_t SerializedSize() const {
    return kHeaderSize + av_pairs.bytes().size() + kTrailerSize;
  }
  // Returns the bytes written. OutOfRange when `out` is too short. The AV pairs
  // do not overlap `out`.
  absl::StatusOr<size_t> Serialize(absl::Span<uint8_t> out) const;
};

// MS-NLMP 2.2.2.8 NTLMv2_RESPONSE.
struct NtlmV2Response {
  static constexpr size_t kProofSize = 16;

  // NTProofStr.
  absl::Span<const uint8_t> proof{};
  // The bytes that the proof is about, and what they say.
  absl::Span<const uint8_t> temp{};
  NtlmV2ClientChallenge client_challenge{};

  static absl::StatusOr<NtlmV2Response> Parse(absl::Span<const uint8_t> bytes);
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_NTLMV2_RESPONSE_H_
