#ifndef SSPILAB_SIM_BENCH_BENCH_H_
#define SSPILAB_SIM_BENCH_BENCH_H_

#include <string>

#include "absl/status/statusor.h"

namespace sspilab::sim {

struct BenchOptions {
  // How often each benchmark runs.
  int rounds = 200;
  // A regular expression: only benchmarks whose name it matches run.
  std::string filter = ".";
};

// Measures, and returns what is to be printed: Google Benchmark's table, and
// then a line "figure NAME VALUE" for each figure whose benchmarks ran. Tells
// of the machine on standard error.
//
// InvalidArgument when the filter matches nothing; Internal when a handshake
// that is measured fails.
absl::StatusOr<std::string> RunBenchmarks(const BenchOptions& options);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_BENCH_H_
