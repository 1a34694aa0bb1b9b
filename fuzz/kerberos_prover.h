#ifndef SSPILAB_FUZZ_KERBEROS_PROVER_H_
#define SSPILAB_FUZZ_KERBEROS_PROVER_H_

#include <optional>

#include "absl/types/span.h"
#include "core/kerberos/sealing.h"
#include "core/role.h"
#include "core/world.h"
#include "fuzz/profile.h"

namespace sspilab::fuzz {

// Makes an AP-REQ or AP-REP that was changed on its way one of who has the
// keys: in place, what was changed of the bytes that are encrypted becomes the
// same change of the plaintext, encrypted anew. `sent` is the token as it was,
// `before` are those before it, and `world` knows the machine's keys. Nothing
// happens where the token is another, or its encrypted parts got another size.
void ProveKerberos(const World& world, Tokens before,
                   absl::Span<const uint8_t> sent, absl::Span<uint8_t> token);

// What protects messages once both sides believed the AP-REQ and, where there
// is one, the AP-REP of `tokens`, as `sender` sends the first one. Nothing
// where the machine has no key for them.
std::optional<kerberos::MessageProtection> KerberosProtection(
    const World& world, Tokens tokens, Role sender);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_KERBEROS_PROVER_H_
