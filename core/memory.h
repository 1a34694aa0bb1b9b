#ifndef SSPILAB_CORE_MEMORY_H_
#define SSPILAB_CORE_MEMORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "absl/types/span.h"

namespace sspilab {

// The memory that everything of one World is allocated from. It counts, so
// that leaks show, and it refuses on demand, so that every allocation can be
// made to fail once. Safe to use from several threads.
class MemoryBudget {
 public:
  MemoryBudget() = default;
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // Bytes that may be live at a time; more is refused.
  void set_limit(uint64_t bytes) {
    limit_.store(bytes, std::memory_order_relaxed);
  }

  // Refuses the `nth` allocation from now on (1 is the next one), once.
  // 0 takes the order back.
  void FailAt(uint64_t nth) {
    fail_at_.store(nth == 0 ? 0 : allocations() + nth,
                   std::memory_order_relaxed);
  }

  // Uninitialized memory for any object, or nullptr when refused.
  [[nodiscard]] void* Allocate(size_t size);
  // `memory` came from Allocate(size) of this budget.
  void Free(void* memory, size_t size);

  // Allocations asked for so far, refused ones included.
  uint64_t allocations() const {
    return allocations_.load(std::memory_order_relaxed);
  }
  uint64_t live_allocations() const {
    return live_allocations_.load(std::memory_order_relaxed);
  }
  uint64_t live_bytes() const {
    return live_bytes_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<uint64_t> limit_{UINT64_MAX};
  std::atomic<uint64_t> fail_at_{0};
  std::atomic<uint64_t> allocations_{0};
  std::atomic<uint64_t> live_allocations_{0};
  std::atomic<uint64_t> live_bytes_{0};
};

// Deletes an object that NewIn made. Remembers the size of the most derived
// type, so that a pointer to a base with a virtual destructor will do.
class BudgetDelete {
 public:
  BudgetDelete() = default;
  BudgetDelete(MemoryBudget* budget, size_t size)
      : budget_(budget), size_(size) {}

  template <typename T>
  void operator()(T* object) const {
    object->~T();
    budget_->Free(object, size_);
  }

 private:
  MemoryBudget* budget_ = nullptr;
  size_t size_ = 0;
};

// Single inheritance only: the pointer handed to Free must be the one that
// Allocate gave.
template <typename T>
using BudgetPtr = std::unique_ptr<T, BudgetDelete>;

// A T from `budget`, or null when the budget refuses.
template <typename T, typename... Args>
[[nodiscard]] BudgetPtr<T> NewIn(MemoryBudget& budget, Args&&... args) {
  void* memory = budget.Allocate(sizeof(T));
  if (memory == nullptr) return nullptr;
  return BudgetPtr<T>(new (memory) T(std::forward<Args>(args)...),
                      BudgetDelete(&budget, sizeof(T)));
}

// A run of bytes from a budget: what of a token must outlive it.
class BudgetBytes {
 public:
  BudgetBytes() = default;
  BudgetBytes(BudgetBytes&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  BudgetBytes& operator=(BudgetBytes&& other) noexcept {
    std::swap(budget_, other.budget_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~BudgetBytes() { Clear(); }

  // Replaces the contents by `size` uninitialized bytes. False when the budget
  // refuses; the contents are then empty.
  [[nodiscard]] bool Allocate(MemoryBudget& budget, size_t size);
  // Replaces the contents by a copy of `bytes`.
  [[nodiscard]] bool Assign(MemoryBudget& budget,
                            absl::Span<const uint8_t> bytes) {
    if (!Allocate(budget, bytes.size())) return false;
    if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
    return true;
  }
  void Clear();

  absl::Span<uint8_t> span() { return {data_, size_}; }
  absl::Span<const uint8_t> span() const { return {data_, size_}; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  MemoryBudget* budget_ = nullptr;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_MEMORY_H_
