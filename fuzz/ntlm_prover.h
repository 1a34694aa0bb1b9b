#ifndef SSPILAB_FUZZ_NTLM_PROVER_H_
#define SSPILAB_FUZZ_NTLM_PROVER_H_

#include <optional>

#include "absl/types/span.h"
#include "core/accounts.h"
#include "core/ntlm/sealing.h"
#include "core/role.h"
#include "fuzz/ntlm_proof.h"

namespace sspilab::fuzz {

// Makes an AUTHENTICATE message, whatever it says, prove the account's
// password: in place, the response to the challenge of `before` that NTLMv1 or
// NTLMv2 gives for it; the session key that the initiator chose, encrypted with
// the key of that response, if `sent`, the message as it was, has it; and the
// MIC over all three tokens, where the response says that there is one. Bytes
// that are no AUTHENTICATE message stay as they are.
void ProveNtlm(const NtlmTokens& before, const Account& account,
               absl::Span<const uint8_t> sent,
               absl::Span<uint8_t> authenticate);

// What protects messages once the acceptor believed the AUTHENTICATE message,
// as `sender` sends the first one. Nothing where it proves no password by
// NTLMv2.
std::optional<ntlm::MessageProtection> NtlmProtection(const NtlmTokens& tokens,
                                                      const Account& account,
                                                      Role sender);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_NTLM_PROVER_H_
