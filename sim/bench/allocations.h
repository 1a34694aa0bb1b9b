#ifndef SSPILAB_SIM_BENCH_ALLOCATIONS_H_
#define SSPILAB_SIM_BENCH_ALLOCATIONS_H_

#include <cstdint>

namespace sspilab::sim {

// How often the calling thread has asked the heap for memory so far: malloc and
// its kin, and with them operator new, by whatever library. Whoever links this
// has a malloc that counts and hands on to the C library's; under a sanitizer
// it is the sanitizer's hooks that count.
uint64_t HeapAllocations();

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_ALLOCATIONS_H_
