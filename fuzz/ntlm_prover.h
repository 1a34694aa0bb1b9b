#ifndef SSPILAB_FUZZ_NTLM_PROVER_H_
#define SSPILAB_FUZZ_NTLM_PROVER_H_

#include "absl/types/span.h"
#include "core/accounts.h"
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

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_NTLM_PROVER_H_
