#ifndef SSPILAB_SIM_RENDER_KERBEROS_FIELDS_H_
#define SSPILAB_SIM_RENDER_KERBEROS_FIELDS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// Kerberos' messages for display (RFC 4120 5), bare or in the framing of
// GSS-API (RFC 4121 4.1), which then has fields of its own before the
// message's; and the headers of per-message tokens (RFC 4121 4.2). Fields have
// RFC 4120's names, but for members that are messages themselves:
// "AP-REQ.Ticket.enc-part".
FieldTree KerberosFields(absl::Span<const uint8_t> token);

// A PA-ENC-TS-ENC, which does not say what it is.
FieldTree PreauthTimestampFields(absl::Span<const uint8_t> message);

// Whether a token begins as one of these.
bool LooksLikeKerberos(absl::Span<const uint8_t> token);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_KERBEROS_FIELDS_H_
