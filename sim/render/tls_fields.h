#ifndef SSPILAB_SIM_RENDER_TLS_FIELDS_H_
#define SSPILAB_SIM_RENDER_TLS_FIELDS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// Whether these bytes begin like a record: type and version.
bool LooksLikeTls(absl::Span<const uint8_t> token);

// Takes TLS records apart (RFC 8446 5.1, RFC 5246 6.2.1). The root is "TLS";
// below it stand the records, by their content type, and in those of the
// handshake the messages ("ClientHello"), with the names of RFC 8446 and RFC
// 5246. Of what is encrypted only the length can be told.
//
// Any bytes will do: `error` says where they stop making sense.
FieldTree TlsFields(absl::Span<const uint8_t> token);

// The same for one handshake message without a record around it; the root is
// the message.
FieldTree TlsHandshakeFields(absl::Span<const uint8_t> message);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_TLS_FIELDS_H_
