#include "fuzz/parts_mutator.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "fuzz/input_parts.h"
#include "fuzz/target_mutator.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

struct Parts {
  Token settings;
  std::vector<Token> parts;

  static Parts Of(Bytes input) {
    const size_t settings_size = SettingsSizeOfTarget();
    Parts made;
    const Bytes settings = input.first(std::min(settings_size, input.size()));
    made.settings.assign(settings.begin(), settings.end());
    made.settings.resize(settings_size);
    input.remove_prefix(settings.size());
    while (!input.empty()) {
      const Bytes part = TakePart(&input);
      made.parts.emplace_back(part.begin(), part.end());
    }
    return made;
  }

  // As much of it as there is room for.
  size_t Write(absl::Span<uint8_t> out) const {
    Token all = settings;
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) all.insert(all.end(), kNextPart.begin(), kNextPart.end());
      all.insert(all.end(), parts[i].begin(), parts[i].end());
    }
    const size_t size = std::min(all.size(), out.size());
    if (size != 0) std::memcpy(out.data(), all.data(), size);
    return size;
  }
};

}  // namespace

size_t MutateInput(uint8_t* data, size_t size, size_t max_size, unsigned seed,
                   MutateBytes bytes) {
  Entropy entropy(seed, 0);
  // Plain bytes now and then: nobody knows all that is worth trying.
  if (entropy.Below(16) == 0) return bytes(data, size, max_size);
  Parts input = Parts::Of({data, size});
  if (input.parts.empty()) input.parts.emplace_back();
  if (entropy.Below(4) == 0) {
    input.settings[entropy.Below(input.settings.size())] ^=
        static_cast<uint8_t>(1u << entropy.Below(8));
  }
  const uint64_t times = 1 + entropy.Below(2);
  for (uint64_t i = 0; i < times; ++i) {
    Token& part = input.parts[entropy.Below(input.parts.size())];
    // What is no message any more is refused before it is encrypted.
    const bool whole = entropy.Below(4) != 0;
    if (!whole || !MutateField(part, max_size, entropy, bytes)) {
      MutateToken(part, max_size, entropy, bytes);
    }
  }
  return input.Write({data, max_size});
}

size_t CrossOver(Bytes first, Bytes second, absl::Span<uint8_t> out,
                 unsigned seed) {
  Entropy entropy(seed, 1);
  Parts one = Parts::Of(first);
  const Parts other = Parts::Of(second);
  one.parts.resize(std::max(one.parts.size(), other.parts.size()));
  for (size_t i = 0; i < other.parts.size(); ++i) {
    if (entropy.Below(2) == 0) one.parts[i] = other.parts[i];
  }
  return one.Write(out);
}

}  // namespace sspilab::fuzz
