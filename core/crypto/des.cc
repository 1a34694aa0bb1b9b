#include "core/crypto/des.h"

#include <nettle/des.h>

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {

DesBlock DesEncrypt(absl::Span<const uint8_t> key,
                    absl::Span<const uint8_t> block) {
  // Seven bits of the key into the upper bits of each of eight bytes. DES
  // ignores the lowest bit of each, which is for parity.
  uint64_t bits = 0;
  for (size_t i = 0; i < 7; ++i) {
    bits = bits << 8 | key[i];
  }
  DesBlock spread;
  for (size_t i = 0; i < spread.size(); ++i) {
    spread[i] = static_cast<uint8_t>(bits >> (49 - 7 * i) << 1);
  }
  des_ctx context;
  // The result says whether the key is a weak one, which NTLM does not mind.
  static_cast<void>(des_set_key(&context, spread.data()));
  DesBlock result;
  des_encrypt(&context, result.size(), result.data(), block.data());
  return result;
}

}  // namespace sspilab::crypto
