#ifndef SSPILAB_SIM_RENDER_CREDSSP_FIELDS_H_
#define SSPILAB_SIM_RENDER_CREDSSP_FIELDS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// Takes CredSSP's structures apart, with the names of MS-CSSP 2.2.1: a
// TSRequest, with the SPNEGO and NTLM tokens in it, and TSCredentials. Any
// bytes will do: `error` says where they stop making sense.
FieldTree TsRequestFields(absl::Span<const uint8_t> token);
FieldTree TsCredentialsFields(absl::Span<const uint8_t> credentials);

// Both are a SEQUENCE with an INTEGER at [0]; only credentials have an OCTET
// STRING at [1].
bool LooksLikeTsRequest(absl::Span<const uint8_t> token);
bool LooksLikeTsCredentials(absl::Span<const uint8_t> token);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_CREDSSP_FIELDS_H_
