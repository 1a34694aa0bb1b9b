#ifndef SSPILAB_CORE_KERBEROS_CRYPTO_NFOLD_H_
#define SSPILAB_CORE_KERBEROS_CRYPTO_NFOLD_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "absl/types/span.h"

namespace sspilab::kerberos {

// RFC 3961 5.1: fills `out` with the bits of `in`, which is not empty, each of
// them having an equal part in it.
constexpr void NFold(absl::Span<const uint8_t> in, absl::Span<uint8_t> out) {
  std::fill(out.begin(), out.end(), uint8_t{0});
  const size_t bits = in.size() * 8;
  // Byte `i` of the copies of `in` one after the other, each turned right by 13
  // bits against the one before it.
  const auto byte_at = [&](size_t i) {
    const size_t turn = 13 * (i / in.size()) % bits;
    const size_t first = (i % in.size() * 8 + bits - turn) % bits;
    const unsigned high = in[first / 8];
    const unsigned low = in[(first / 8 + 1) % in.size()];
    return static_cast<uint8_t>((high << 8 | low) >> (8 - first % 8));
  };
  // They are as many as make a whole number of outputs, which are added up in
  // ones' complement: the carry out of the highest byte goes into the lowest.
  // From the last byte on, a carry is always into the byte that comes next.
  unsigned carry = 0;
  for (size_t i = std::lcm(in.size(), out.size()); i-- > 0;) {
    uint8_t& at = out[i % out.size()];
    carry += unsigned{at} + byte_at(i);
    at = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
  for (size_t i = out.size(); carry != 0;) {
    i = (i == 0 ? out.size() : i) - 1;
    carry += out[i];
    out[i] = static_cast<uint8_t>(carry);
    carry >>= 8;
  }
}

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_CRYPTO_NFOLD_H_
