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

TEST(Rounds, ComparesTheFastestRuns) {
  Rounds rounds;
  for (const double disturbance : {5.0, 0.0, 90.0}) {
    rounds.ReportRuns({RunOf("floor", 10 + disturbance)});
  }
  for (const double disturbance : {0.0, 70.0, 1.0}) {
    rounds.ReportRuns({RunOf("ours", 15 + disturbance)});
  }
  EXPECT_DOUBLE_EQ(rounds.Ratio("ours", "floor").value_or(0), 1.5);
  EXPECT_FALSE(rounds.Ratio("ours", "winpr").has_value());
  EXPECT_FALSE(rounds.Ratio("winpr", "ours").has_value());
}

TEST(Rounds, SubtractsTheFastestRuns) {
  Rounds rounds;
  rounds.ReportRuns({RunOf("inner", 3e-6), RunOf("outer", 5e-6)});
  rounds.ReportRuns({RunOf("inner", 2e-6), RunOf("outer", 9e-6)});
  EXPECT_NEAR(rounds.ExtraMicroseconds("outer", "inner").value_or(0), 3, 1e-9);
  EXPECT_FALSE(rounds.ExtraMicroseconds("outer", "other").has_value());
  EXPECT_FALSE(rounds.ExtraMicroseconds("other", "inner").has_value());
}

TEST(Rounds, CountersAreOfTheFastestRun) {
  Rounds rounds;
  for (const double value : {3.0, 1.0, 2.0}) {
    rounds.ReportRuns({RunOf("ours", value, 10 * value)});
  }
  EXPECT_DOUBLE_EQ(rounds.Counter("ours", "count").value_or(0), 10);
  EXPECT_FALSE(rounds.Counter("ours", "other").has_value());
  EXPECT_FALSE(rounds.Counter("winpr", "count").has_value());
}

TEST(Rounds, PrintsTheFastestRunOfEach) {
  std::ostringstream out;
  Rounds rounds;
  rounds.SetOutputStream(&out);
  for (const double seconds : {3e-9, 100e-9, 2e-9}) {
    rounds.ReportRuns({RunOf("ours", seconds)});
  }
  EXPECT_EQ(out.str(), "");
  rounds.PrintTable();
  const size_t at = out.str().find("ours");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(out.str().find("ours", at + 1), std::string::npos);
  EXPECT_NE(out.str().find("2.00 ns"), std::string::npos) << out.str();
}

TEST(Rounds, KeepsWhatWentWrong) {
  Rounds rounds;
  EXPECT_EQ(rounds.error(), "");
  benchmark::BenchmarkReporter::Run run = RunOf("ours", 1);
  run.error_occurred = true;
  run.error_message = "denied";
  rounds.ReportRuns({run});
  EXPECT_EQ(rounds.error(), "ours: denied");
  EXPECT_FALSE(rounds.Ratio("ours", "ours").has_value());
}

}  // namespace
}  // namespace sspilab::sim
