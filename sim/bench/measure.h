#ifndef SSPILAB_SIM_BENCH_MEASURE_H_
#define SSPILAB_SIM_BENCH_MEASURE_H_

#include <benchmark/benchmark.h>

#include <cstdint>

#include "absl/status/status.h"
#include "sim/bench/allocations.h"

namespace sspilab::sim {

// Runs `body`, which returns an absl::Status, over and over, and counts its
// heap allocations. The first error ends it.
template <typename Body>
void Measure(benchmark::State& state, Body body) {
  const uint64_t before = HeapAllocations();
  for (auto _ : state) {
    if (const absl::Status status = body(); !status.ok()) {
      state.SkipWithError(status.ToString().c_str());
      break;
    }
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(HeapAllocations() - before),
                         benchmark::Counter::kAvgIterations);
}

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_MEASURE_H_
