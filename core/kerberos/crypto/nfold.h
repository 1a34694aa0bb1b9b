#ifndef SSPILAB_CORE_KERBEROS_CRYPTO_NFOLD_H_
#define SSPILAB_CORE_KERBEROS_CRYPTO_NFOLD_H_

#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::kerberos {

// RFC 3961 5.1: fills `out` with the bits of `in`, which is not empty, each of
// them having an equal part in it.
void NFold(absl::Span<const uint8_t> in, absl::Span<uint8_t> out);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_CRYPTO_NFOLD_H_
