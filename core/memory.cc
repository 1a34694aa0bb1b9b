#include "core/memory.h"

#include <cstdlib>

namespace sspilab {

void* MemoryBudget::Allocate(size_t size) {
  const uint64_t nth = allocations_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (nth == fail_at_.load(std::memory_order_relaxed)) return nullptr;
  const uint64_t live =
      live_bytes_.fetch_add(size, std::memory_order_relaxed) + size;
  void* memory = nullptr;
  if (live <= limit_.load(std::memory_order_relaxed)) {
    memory = std::malloc(size == 0 ? 1 : size);
  }
  if (memory == nullptr) {
    live_bytes_.fetch_sub(size, std::memory_order_relaxed);
    return nullptr;
  }
  live_allocations_.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

void MemoryBudget::Free(void* memory, size_t size) {
  live_bytes_.fetch_sub(size, std::memory_order_relaxed);
  live_allocations_.fetch_sub(1, std::memory_order_relaxed);
  std::free(memory);
}

bool BudgetBytes::Allocate(MemoryBudget& budget, size_t size) {
  Clear();
  if (size == 0) return true;
  data_ = static_cast<uint8_t*>(budget.Allocate(size));
  if (data_ == nullptr) return false;
  budget_ = &budget;
  size_ = size;
  return true;
}

void BudgetBytes::Clear() {
  if (data_ == nullptr) return;
  budget_->Free(data_, size_);
  data_ = nullptr;
  size_ = 0;
}

}  // namespace sspilab
