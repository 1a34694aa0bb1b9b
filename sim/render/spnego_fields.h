#ifndef SSPILAB_SIM_RENDER_SPNEGO_FIELDS_H_
#define SSPILAB_SIM_RENDER_SPNEGO_FIELDS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// Whether these bytes begin like a SPNEGO token.
bool LooksLikeSpnego(absl::Span<const uint8_t> token);

// Takes a SPNEGO token apart (RFC 4178 4.2, MS-SPNG 2.2.1). The root is
// "NegTokenInit" or "NegTokenResp", its fields have the names given there, and
// a mechanism's token that is NTLM stands below its field as NtlmFields has it.
//
// Any bytes will do: `error` says where they stop making sense.
FieldTree SpnegoFields(absl::Span<const uint8_t> token);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_SPNEGO_FIELDS_H_
