#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "sim/bench/allocations.h"

namespace sspilab::sim {
namespace {

// Constant initialization: malloc is called before anything else is.
thread_local constinit uint64_t allocations = 0;

}  // namespace

uint64_t HeapAllocations() { return allocations; }

}  // namespace sspilab::sim

// The program's own definitions come before the C library's, for the libraries
// it loads, too. free stays the C library's.
//
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {

// What glibc calls its own.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) {
  ++sspilab::sim::allocations;
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  ++sspilab::sim::allocations;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, size_t size) {
  ++sspilab::sim::allocations;
  return __libc_realloc(memory, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  ++sspilab::sim::allocations;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** memory, size_t alignment, size_t size) {
  ++sspilab::sim::allocations;
  void* const allocated = __libc_memalign(alignment, size);
  if (allocated == nullptr) return ENOMEM;
  *memory = allocated;
  return 0;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
