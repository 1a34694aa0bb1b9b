#ifndef SSPILAB_CORE_CRYPTO_SHA1_H_
#define SSPILAB_CORE_CRYPTO_SHA1_H_

#include <array>
#include <cstdint>
#include <initializer_list>

#include "absl/types/span.h"

namespace sspilab::crypto {

using Digest20 = std::array<uint8_t, 20>;

// FIPS 180-4, over the concatenation of `parts`.
Digest20 Sha1(std::initializer_list<absl::Span<const uint8_t>> parts);

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_SHA1_H_
