#ifndef SSPILAB_CORE_CRYPTO_BYTES_H_
#define SSPILAB_CORE_CRYPTO_BYTES_H_

#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {

// Whether `a` and `b` are equal. The time taken depends on their sizes only,
// never on where they differ. Views of different sizes are not equal.
[[nodiscard]] bool ConstantTimeEqual(absl::Span<const uint8_t> a,
                                     absl::Span<const uint8_t> b);

// Overwrites a secret with zeros, in a way that the compiler keeps even when
// the memory is not read again.
void Wipe(absl::Span<uint8_t> secret);

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_BYTES_H_
