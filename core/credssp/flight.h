#ifndef SSPILAB_CORE_CREDSSP_FLIGHT_H_
#define SSPILAB_CORE_CREDSSP_FLIGHT_H_

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/types/span.h"
#include "core/memory.h"

namespace sspilab::credssp {

// Records that wait for room in the caller's output token.
class Flight {
 public:
  explicit Flight(MemoryBudget& budget) : budget_(budget) {}

  absl::Span<const uint8_t> bytes() const {
    return memory_.span().first(size_);
  }
  bool empty() const { return size_ == 0; }

  // `count` more bytes, uninitialized. False when the budget refuses.
  [[nodiscard]] bool Extend(size_t count, absl::Span<uint8_t>* added) {
    if (memory_.size() - size_ < count) {
      BudgetBytes larger;
      if (!larger.Allocate(budget_, size_ + count)) return false;
      std::copy_n(memory_.span().begin(), size_, larger.span().begin());
      std::swap(memory_, larger);
    }
    *added = memory_.span().subspan(size_, count);
    size_ += count;
    return true;
  }
  // Takes the last `count` bytes back.
  void Shrink(size_t count) { size_ -= count; }

  [[nodiscard]] bool Append(absl::Span<const uint8_t> bytes) {
    absl::Span<uint8_t> added;
    if (!Extend(bytes.size(), &added)) return false;
    std::copy(bytes.begin(), bytes.end(), added.begin());
    return true;
  }

  void Clear() {
    memory_.Clear();
    size_ = 0;
  }

 private:
  MemoryBudget& budget_;
  BudgetBytes memory_;
  size_t size_ = 0;
};

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_FLIGHT_H_
