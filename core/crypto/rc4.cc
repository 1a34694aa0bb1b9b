#include "core/crypto/rc4.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <utility>

#include "absl/types/span.h"

namespace sspilab::crypto {

// Not arcfour_set_key(), which divides at each step to repeat the key, and
// takes twice as long: after the MACs, the key is what an NTLM handshake costs.
Rc4::Rc4(absl::Span<const uint8_t> key) {
  std::iota(std::begin(context_.S), std::end(context_.S), uint8_t{0});
  context_.i = 0;
  context_.j = 0;
  uint8_t j = 0;
  auto next = key.begin();
  for (uint8_t& entry : context_.S) {
    j = static_cast<uint8_t>(j + entry + *next);
    std::swap(entry, context_.S[j]);
    if (++next == key.end()) next = key.begin();
  }
}

void Rc4::Crypt(absl::Span<uint8_t> bytes) { Crypt(bytes, bytes); }

void Rc4::Crypt(absl::Span<const uint8_t> in, absl::Span<uint8_t> out) {
  arcfour_crypt(&context_, in.size(), out.data(), in.data());
}

Rc4::State Rc4::Snapshot() const {
  State state;
  std::copy(std::begin(context_.S), std::end(context_.S), state.begin());
  state[256] = context_.i;
  state[257] = context_.j;
  return state;
}

bool Rc4::Restore(const State& state) {
  std::bitset<256> seen;
  for (size_t i = 0; i < 256; ++i) {
    seen.set(state[i]);
  }
  if (!seen.all()) {
    return false;
  }
  std::copy_n(state.begin(), 256, context_.S);
  context_.i = state[256];
  context_.j = state[257];
  return true;
}

}  // namespace sspilab::crypto
