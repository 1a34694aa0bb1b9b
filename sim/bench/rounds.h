#ifndef SSPILAB_SIM_BENCH_ROUNDS_H_
#define SSPILAB_SIM_BENCH_ROUNDS_H_

#include <benchmark/benchmark.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sspilab::sim {

// Collects what Google Benchmark measures over many rounds, in each of which
// every benchmark runs once, in the same order. What else the machine does
// slows neighbours in a round alike: the median of a ratio within a round holds
// still where times do not.
//
// Times are of CPU, of one thread.
class Rounds : public benchmark::ConsoleReporter {
 public:
  Rounds() : ConsoleReporter(OO_Tabular) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  // Google Benchmark's table: of each benchmark the round of median time.
  void PrintTable();
  // What benchmarks said that gave up; empty when none did.
  const std::string& error() const { return error_; }

  // The median of the rounds' quotients of two benchmarks' times. Nothing when
  // one of them did not run.
  std::optional<double> MedianRatio(std::string_view dividend,
                                    std::string_view divisor) const;
  // Of one of a benchmark's counters.
  std::optional<double> MedianCounter(std::string_view name,
                                      const std::string& counter) const;

 private:
  const std::vector<Run>* Find(std::string_view name) const;

  bool has_context_ = false;
  std::string error_;
  // In the order in which they first ran.
  std::vector<std::string> names_;
  std::map<std::string, std::vector<Run>, std::less<>> runs_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_ROUNDS_H_
