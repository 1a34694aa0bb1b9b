#ifndef SSPILAB_FUZZ_NTLM_PROOF_H_
#define SSPILAB_FUZZ_NTLM_PROOF_H_

#include "absl/types/span.h"
#include "core/accounts.h"
#include "core/ntlm/keys.h"
#include "fuzz/caller.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {

// The tokens as the acceptor received and sent them.
struct NtlmTokens {
  absl::Span<const uint8_t> negotiate;
  absl::Span<const uint8_t> challenge;
  absl::Span<const uint8_t> authenticate;
};

// Judges an AUTHENTICATE message without the acceptor's code: whether it has a
// response that only who knows the account's password can give to this
// challenge and, where the response says so, the MIC that goes with
// `session_key`.
[[nodiscard]] bool ProvesPassword(const NtlmTokens& tokens,
                                  const Account& account,
                                  const ntlm::Key& session_key);

// Requires that a strict acceptor that is done, and not with a nobody, was
// shown what only the settings' account's owner has (NoForgery).
void RequireNtlmProof(Caller& acceptor, const sim::Settings& settings,
                      const NtlmTokens& tokens);

// Requires that a response that names a channel names the one that the
// acceptor's caller passed last, if it did, and that one without a name may be
// without it (NoForgery).
void RequireSameChannel(Caller& acceptor,
                        absl::Span<const uint8_t> authenticate);

// Whether the NTLMv2 response in `authenticate` says that there is a MIC.
[[nodiscard]] bool ClaimsMic(absl::Span<const uint8_t> authenticate);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_NTLM_PROOF_H_
