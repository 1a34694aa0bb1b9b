#ifndef SSPILAB_CORE_NTLM_UNFINISHED_TOKEN_H_
#define SSPILAB_CORE_NTLM_UNFINISHED_TOKEN_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/types/span.h"
#include "core/buffers.h"

// Tokens that only CompleteAuthToken makes fit to be sent
// (NtlmPolicy::complete_auth_token). What they lack is their signature,
// "NTLMSSP\0": a peer refuses one that was sent as it was.
namespace sspilab::ntlm {

inline constexpr std::array<uint8_t, 8> kSignature = {'N', 'T', 'L', 'M',
                                                      'S', 'S', 'P', 0};

// `token` is a whole message.
inline void LeaveUnfinished(absl::Span<uint8_t> token) {
  std::fill_n(token.begin(), kSignature.size(), uint8_t{0});
}

// Finishes the TOKEN buffer of `buffers`. False when there is none that can be
// the unfinished token of `size` bytes.
[[nodiscard]] inline bool FinishUnfinished(const BufferList& buffers,
                                           size_t size) {
  const SecBuffer* token = buffers.Find(SECBUFFER_TOKEN);
  if (token == nullptr || IsReadOnly(*token) || token->pvBuffer == nullptr ||
      token->cbBuffer != size) {
    return false;
  }
  std::copy(kSignature.begin(), kSignature.end(), BytesOf(*token).begin());
  return true;
}

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_UNFINISHED_TOKEN_H_
