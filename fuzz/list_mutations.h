#ifndef SSPILAB_FUZZ_LIST_MUTATIONS_H_
#define SSPILAB_FUZZ_LIST_MUTATIONS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "fuzz/token_mutator.h"

// What may be done to a list of operations, whatever these are, and to inputs
// that have settings and such a list.
namespace sspilab::fuzz {

inline uint8_t AnyByte(Entropy& entropy) {
  return static_cast<uint8_t>(entropy.Next());
}

// Another byte in its place, by one of so many `choices`: zero, any, one more
// or less, and all choices beyond these for another bit.
inline uint8_t ChangedByte(uint8_t byte, uint64_t choices, Entropy& entropy) {
  switch (entropy.Below(choices)) {
    case 0:
      return 0;
    case 1:
      return AnyByte(entropy);
    case 2:
      return static_cast<uint8_t>(byte + 1);
    case 3:
      return static_cast<uint8_t>(byte - 1);
    default:
      return static_cast<uint8_t>(byte ^ 1u << entropy.Below(8));
  }
}

// Of a list: false, and nothing done, where nothing can be done.

template <typename Operation>
bool InsertAnywhere(Operation operation, size_t most,
                    std::vector<Operation>& list, Entropy& entropy) {
  if (list.size() >= most) return false;
  const auto at = static_cast<ptrdiff_t>(entropy.Below(list.size() + 1));
  list.insert(list.begin() + at, std::move(operation));
  return true;
}

// One comes once more, anywhere.
template <typename Operation>
bool RepeatOne(size_t most, std::vector<Operation>& list, Entropy& entropy) {
  if (list.empty()) return false;
  return InsertAnywhere(Operation(list[entropy.Below(list.size())]), most, list,
                        entropy);
}

template <typename Operation>
bool SkipOne(std::vector<Operation>& list, Entropy& entropy) {
  if (list.empty()) return false;
  list.erase(list.begin() + static_cast<ptrdiff_t>(entropy.Below(list.size())));
  return true;
}

// One changes places with the next one.
template <typename Operation>
bool SwapTwo(std::vector<Operation>& list, Entropy& entropy) {
  if (list.size() < 2) return false;
  const size_t at = entropy.Below(list.size() - 1);
  if (list[at] == list[at + 1]) return false;
  std::swap(list[at], list[at + 1]);
  return true;
}

// Some of the list's first, and then some of the other's last.
template <typename Operation>
void SpliceWith(const std::vector<Operation>& other, size_t most,
                std::vector<Operation>& list, Entropy& entropy) {
  const size_t kept = entropy.Below(list.size() + 1);
  const size_t from = entropy.Below(other.size() + 1);
  list.resize(kept);
  for (size_t i = from; i < other.size() && list.size() < most; ++i) {
    list.push_back(other[i]);
  }
}

// The input's bytes, in `out`; operations for which there is no room go whole,
// the last first. The size is returned.
template <typename Input>
size_t Write(Input input, absl::Span<uint8_t> out) {
  std::vector<uint8_t> encoded = input.Encode();
  while (encoded.size() > out.size() && !input.operations.empty()) {
    input.operations.pop_back();
    encoded = input.Encode();
  }
  const size_t size = std::min(encoded.size(), out.size());
  if (size != 0) std::memcpy(out.data(), encoded.data(), size);
  return size;
}

// As MutateInput of target_mutator.h: one to four mutations of `input`, which
// is what the bytes say. `mutate` does one; false, and nothing done, where it
// has nothing to do it to.
template <typename Input, typename Mutate>
size_t MutateSome(Input input, Mutate mutate, uint8_t* data, size_t size,
                  size_t max_size, unsigned seed, MutateBytes bytes) {
  constexpr uint64_t kMostAtOnce = 4;
  Entropy entropy(seed, 0);
  // Plain bytes now and then: nobody knows all that is worth trying.
  if (entropy.Below(16) == 0) return bytes(data, size, max_size);
  const uint64_t wanted = 1 + entropy.Below(kMostAtOnce);
  uint64_t done = 0;
  // Those with nothing to be done to are tried in vain.
  for (int tries = 0; done < wanted && tries < 32; ++tries) {
    if (mutate(input, entropy)) ++done;
  }
  return Write(std::move(input), {data, max_size});
}

// As CrossOver of target_mutator.h.
template <typename Input>
size_t CrossOverTwo(Input first, const Input& second, size_t most,
                    absl::Span<uint8_t> out, unsigned seed) {
  Entropy entropy(seed, 1);
  if (entropy.Below(4) == 0) first.settings = second.settings;
  SpliceWith(second.operations, most, first.operations, entropy);
  return Write(std::move(first), out);
}

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_LIST_MUTATIONS_H_
