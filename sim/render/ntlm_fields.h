#ifndef SSPILAB_SIM_RENDER_NTLM_FIELDS_H_
#define SSPILAB_SIM_RENDER_NTLM_FIELDS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// Whether these bytes begin with NTLM's signature.
bool LooksLikeNtlm(absl::Span<const uint8_t> token);

// Takes an NTLM token apart. The root is "NEGOTIATE", "CHALLENGE" or
// "AUTHENTICATE" ("token" where not even that can be told); below it stand the
// header's parts and then the payload's, with the names of MS-NLMP 2.2. A
// header field that points into the payload is "...Fields", what it points at
// has the bare name.
//
// Any bytes will do: what can be read is shown, and `error` has what
// ntlm::*Message::Parse says of the rest.
FieldTree NtlmFields(absl::Span<const uint8_t> token);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_NTLM_FIELDS_H_
