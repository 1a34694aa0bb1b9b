#include "core/crypto/rc4.h"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::crypto {

Rc4::Rc4(absl::Span<const uint8_t> key) {
  arcfour_set_key(&context_, key.size(), key.data());
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
