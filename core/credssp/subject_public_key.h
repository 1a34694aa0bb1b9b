#ifndef SSPILAB_CORE_CREDSSP_SUBJECT_PUBLIC_KEY_H_
#define SSPILAB_CORE_CREDSSP_SUBJECT_PUBLIC_KEY_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace sspilab::credssp {

// The key that is bound (MS-CSSP 3.1.5): the contents of subjectPublicKey in
// the certificate's SubjectPublicKeyInfo (RFC 5280 4.1), a view of
// `certificate`. Nothing where that is no X.509 certificate.
std::optional<absl::Span<const uint8_t>> SubjectPublicKey(
    absl::Span<const uint8_t> certificate);

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_SUBJECT_PUBLIC_KEY_H_
