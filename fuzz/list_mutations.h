#ifndef SSPILAB_FUZZ_LIST_MUTATIONS_H_
#define SSPILAB_FUZZ_LIST_MUTATIONS_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "core/entropy.h"

// What may be done to a list of operations, whatever these are. False, and
// nothing done, where nothing can be done.
namespace sspilab::fuzz {

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

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_LIST_MUTATIONS_H_
