#ifndef SSPILAB_CORE_NTLM_KEYS_H_
#define SSPILAB_CORE_NTLM_KEYS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "core/crypto/digest.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/ntlmv2_response.h"

// Everything that NTLM derives from a password and two challenges (MS-NLMP 3.3
// and 3.4.5). Names are the specification's. Nothing here fails or
// allocates.
//
//   password -> OWF -> responses
//                   -> session base key -> key exchange key
//   key exchange key <-> exported session key -> sign and seal keys, MIC
namespace sspilab::ntlm {

using Key = crypto::Digest16;
using ResponseV1 = std::array<uint8_t, kResponseV1Size>;

// --- One-way functions of a password (3.3.1, 3.3.2).

// Nothing when the password has no LM hash: it is longer than 14 characters or
// has one that the OEM code page lacks.
std::optional<Key> LmOwfV1(std::u16string_view password);
// Also known as the NT hash.
Key NtOwfV1(std::u16string_view password);
// `user` and `domain` are UTF-16LE bytes as they are in the AUTHENTICATE
// message; `user` is upcased here, `domain` is taken as it is. LMOWFv2 is the
// same. Key a crypto::HmacMd5 with the result for the functions below.
Key NtOwfV2(const Key& nt_owf_v1, absl::Span<const uint8_t> user,
            absl::Span<const uint8_t> domain);

// --- Responses to a challenge.

struct ResponsesV1 {
  ResponseV1 nt;
  ResponseV1 lm;
};

// 3.3.1 without extended session security. Without `lm_owf`, or when the policy
// is to send no LM response (NoLMResponseNTLMv1), the LM response is a second
// NT one.
ResponsesV1 ComputeResponsesV1(const Key& nt_owf,
                               const std::optional<Key>& lm_owf,
                               const Challenge& server_challenge);

// 3.3.1 with extended session security: both challenges go into the NT
// response, and the LM response carries the client's.
ResponsesV1 ComputeResponsesV1WithClientChallenge(
    const Key& nt_owf, const Challenge& server_challenge,
    const Challenge& client_challenge);

// SessionBaseKey of NTLMv1.
Key SessionBaseKeyV1(const Key& nt_owf);

struct ProofV2 {
  Key nt_proof;
  Key session_base_key;
};

// 3.3.2. `nt_owf_v2` is keyed with NtOwfV2. The NT response is nt_proof and
// then `temp`. The session base key is the key exchange key too.
ProofV2 ComputeProofV2(const crypto::HmacMd5& nt_owf_v2,
                       const Challenge& server_challenge,
                       absl::Span<const uint8_t> temp);

ResponseV1 ComputeLmResponseV2(const crypto::HmacMd5& lm_owf_v2,
                               const Challenge& server_challenge,
                               const Challenge& client_challenge);

// --- Session keys (3.4.5).

// KXKEY for NTLMv1 (3.4.5.1), which `flags` choose the form of. `lm_response`
// has at least 8 bytes. `lm_owf` is looked at only for LM_KEY and
// NON_NT_SESSION_KEY; without one, that of the empty password is taken, as
// Windows does.
Key KeyExchangeKeyV1(uint32_t flags, const Key& session_base_key,
                     absl::Span<const uint8_t> lm_response,
                     const Challenge& server_challenge,
                     const std::optional<Key>& lm_owf);

// RC4K: from exported session key to EncryptedRandomSessionKey, and back.
Key EncryptSessionKey(const Key& key_exchange_key, const Key& session_key);

// 3.1.5.1.2: the MIC of an AUTHENTICATE message, over the three tokens as they
// were sent. Its own place in `authenticate` counts as zeros, whatever is
// there. `authenticate` is at least 88 bytes; `negotiate` is empty for
// connectionless contexts.
Key ComputeMic(const Key& exported_session_key,
               absl::Span<const uint8_t> negotiate,
               absl::Span<const uint8_t> challenge,
               absl::Span<const uint8_t> authenticate);

enum class Direction { kInitiatorToAcceptor, kAcceptorToInitiator };

// SIGNKEY (3.4.5.2). There are none without extended session security.
Key SignKey(const Key& exported_session_key, Direction direction);

// An RC4 key of 8 or 16 bytes.
struct SealingKey {
  std::array<uint8_t, 16> storage{};
  size_t size = 0;

  absl::Span<const uint8_t> bytes() const {
    return absl::MakeConstSpan(storage).subspan(0, size);
  }
};

// SEALKEY (3.4.5.3). The direction matters only with extended session
// security. `peer_revision` is Version::revision of the peer, which matters
// only for connectionless contexts without it.
SealingKey SealKey(uint32_t flags, const Key& exported_session_key,
                   Direction direction,
                   uint8_t peer_revision = Version::kRevisionW2k3);

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_KEYS_H_
