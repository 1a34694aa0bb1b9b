#ifndef SSPILAB_SIM_RENDER_TOKEN_FIELDS_H_
#define SSPILAB_SIM_RENDER_TOKEN_FIELDS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "core/world.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// What a token is, told from its first bytes: NTLM, Kerberos, SPNEGO, TLS
// records, CredSSP's TSRequest or TSCredentials. An empty one, or one that is
// none of these, is taken for NTLM, whose dissector says what is wrong.
FieldTree TokenFields(absl::Span<const uint8_t> token);

// What a token holds encrypted.
FieldTree InnerFields(InnerMessage kind, absl::Span<const uint8_t> message);

// Whether the token is one of these.
bool IsKnownToken(absl::Span<const uint8_t> token);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_TOKEN_FIELDS_H_
