#ifndef SSPILAB_CORE_CRYPTO_CRC32_H_
#define SSPILAB_CORE_CRYPTO_CRC32_H_

#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {

// The CRC of ISO 3309 and zip (reflected polynomial 0xEDB88320), over bytes
// that may come in pieces: start from kCrc32Initial, pass each result to the
// next call, and take Crc32Finish of the last.
constexpr uint32_t kCrc32Initial = 0xFFFFFFFF;
uint32_t Crc32Update(uint32_t state, absl::Span<const uint8_t> bytes);
constexpr uint32_t Crc32Finish(uint32_t state) { return ~state; }

}  // namespace sspilab::crypto

#endif  // SSPILAB_CORE_CRYPTO_CRC32_H_
