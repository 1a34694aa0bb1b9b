#ifndef SSPILAB_SIM_RENDER_X509_FIELDS_H_
#define SSPILAB_SIM_RENDER_X509_FIELDS_H_

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// Takes an X.509 certificate apart (RFC 5280 4.1), as far as one wants to know
// of it: names, validity, key, alternative names. The root is "X509". Any bytes
// will do.
FieldTree X509Fields(absl::Span<const uint8_t> certificate);

// A Name as text, "CN=server.example.test, O=Example": that of the DER element,
// and of a certificate's subject.
std::string X509NameToText(absl::Span<const uint8_t> name);
std::string X509Subject(absl::Span<const uint8_t> certificate);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_X509_FIELDS_H_
