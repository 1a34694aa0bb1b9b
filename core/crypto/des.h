#ifndef SSPILAB_CORE_CRYPTO_DES_H_
#define SSPILAB_CORE_CRYPTO_DES_H_

#include <array>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {

using DesBlock = std::array<uint8_t, 8>;

// MS-NLMP 6's DES(K, D): one block under a key of 56 bits, given as seven
// bytes without the parity bits. `key` is exactly 7 bytes, `block` exactly 8.
DesBlock DesEncrypt(absl::Span<const uint8_t> key,
                    absl::Span<const uint8_t> block);

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_DES_H_
