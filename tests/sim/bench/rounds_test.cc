#include "sim/bench/rounds.h"

#include <benchmark/benchmark.h>

#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

benchmark::BenchmarkReporter::Run RunOf(const char* name, double seconds,
                                        double count = 0) {
  benchmark::BenchmarkReporter::Run run;
  run.run_name.function_name = name;
  run.iterations = 1;
  run.time_unit = benchmark::kNanosecond;
  run.real_accumulated_time = run.cpu_accumulated_time = seconds;
  if (count != 0) run.counters["count"] = count;
  return run;
}

// Time doubles from round to round, as on a machine that others use, too.
TEST(Rounds, ComparesWithinARound) {
  Rounds rounds;
  for (const double load : {1.0, 2.0, 4.0}) {
    rounds.ReportRuns({RunOf("floor", 10 * load)});
    rounds.ReportRuns({RunOf("ours", 15 * load)});
  }
  EXPECT_DOUBLE_EQ(rounds.MedianRatio("ours", "floor").value_or(0), 1.5);
  EXPECT_FALSE(rounds.MedianRatio("ours", "winpr").has_value());
  EXPECT_FALSE(rounds.MedianRatio("winpr", "ours").has_value());
}

TEST(Rounds, TakesTheMedian) {
  Rounds rounds;
  for (const double value : {3.0, 100.0, 1.0}) {
    rounds.ReportRuns({RunOf("floor", 1)});
    rounds.ReportRuns({RunOf("ours", value, value)});
  }
  EXPECT_DOUBLE_EQ(rounds.MedianRatio("ours", "floor").value_or(0), 3);
  EXPECT_DOUBLE_EQ(rounds.MedianCounter("ours", "count").value_or(0), 3);
  EXPECT_FALSE(rounds.MedianCounter("ours", "other").has_value());
  EXPECT_FALSE(rounds.MedianCounter("winpr", "count").has_value());
}

TEST(Rounds, PrintsEachBenchmarkOnceAndTheMedianRound) {
  std::ostringstream out;
  Rounds rounds;
  rounds.SetOutputStream(&out);
  for (const double seconds : {3e-9, 100e-9, 1e-9}) {
    rounds.ReportRuns({RunOf("ours", seconds)});
  }
  EXPECT_EQ(out.str(), "");
  rounds.PrintTable();
  const size_t at = out.str().find("ours");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(out.str().find("ours", at + 1), std::string::npos);
  EXPECT_NE(out.str().find("3.00 ns"), std::string::npos) << out.str();
}

TEST(Rounds, KeepsWhatWentWrong) {
  Rounds rounds;
  EXPECT_EQ(rounds.error(), "");
  benchmark::BenchmarkReporter::Run run = RunOf("ours", 1);
  run.error_occurred = true;
  run.error_message = "denied";
  rounds.ReportRuns({run});
  EXPECT_EQ(rounds.error(), "ours: denied");
  EXPECT_FALSE(rounds.MedianRatio("ours", "ours").has_value());
}

}  // namespace
}  // namespace sspilab::sim
