#ifndef SSPILAB_SIM_BENCH_ROUNDS_H_
#define SSPILAB_SIM_BENCH_ROUNDS_H_

#include <benchmark/benchmark.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sspilab::sim {

// Collects what Google Benchmark measures over many short rounds, in each of
// which every benchmark runs once, and keeps the fastest run of each. What else
// the machine does can only add to a time, and between two turns of others
// there is room for a short run: so the fastest ones hold still on a busy
// machine, where means and medians do not, and quotients of them do, too.
//
// Times are of CPU, of one thread.
class Rounds : public benchmark::ConsoleReporter {
 public:
  Rounds() : ConsoleReporter(OO_Tabular) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  // Google Benchmark's table, of the fastest runs.
  void PrintTable();
  // What benchmarks said that gave up; empty when none did.
  const std::string& error() const { return error_; }

  // The quotient of two benchmarks' times. Nothing when one of them did not
  // run.
  std::optional<double> Ratio(std::string_view dividend,
                              std::string_view divisor) const;
  // By how many microseconds the first one's time is longer than the second's.
  std::optional<double> ExtraMicroseconds(std::string_view longer,
                                          std::string_view shorter) const;
  // One of a benchmark's counters.
  std::optional<double> Counter(std::string_view name,
                                const std::string& counter) const;

 private:
  const Run* Find(std::string_view name) const;

  bool has_context_ = false;
  std::string error_;
  // In the order in which they first ran.
  std::vector<std::string> names_;
  std::map<std::string, Run, std::less<>> fastest_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_ROUNDS_H_
