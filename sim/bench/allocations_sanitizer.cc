#include <sanitizer/allocator_interface.h>

#include <cstddef>
#include <cstdint>

#include "sim/bench/allocations.h"

namespace sspilab::sim {
namespace {

thread_local constinit uint64_t allocations = 0;

void CountMalloc(const volatile void* /*memory*/, size_t /*size*/) {
  ++allocations;
}
void IgnoreFree(const volatile void* /*memory*/) {}

}  // namespace

// Counts from the first call on: only differences mean something.
uint64_t HeapAllocations() {
  static const int installed =
      __sanitizer_install_malloc_and_free_hooks(CountMalloc, IgnoreFree);
  static_cast<void>(installed);
  return allocations;
}

}  // namespace sspilab::sim
