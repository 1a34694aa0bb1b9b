#include "sim/bench/bench.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

// The report's lines "figure NAME VALUE".
std::map<std::string, double> FiguresIn(const std::string& report) {
  std::map<std::string, double> figures;
  for (const std::string_view line : absl::StrSplit(report, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] != "figure") continue;
    double value = 0;
    EXPECT_EQ(words.size(), 3u) << line;
    EXPECT_TRUE(absl::SimpleAtod(words.back(), &value)) << line;
    EXPECT_TRUE(figures.emplace(words[1], value).second) << line;
  }
  return figures;
}

bool Contains(const std::string& text, const char* part) {
  return text.find(part) != text.npos;
}

TEST(Bench, GivesEveryFigure) {
  const absl::StatusOr<std::string> report = RunBenchmarks({.rounds = 2});
  ASSERT_TRUE(report.ok()) << report.status();
  std::map<std::string, double> figures = FiguresIn(*report);
  for (const char* name :
       {"ntlm.over_floor", "ntlm.warm_over_floor", "ntlm.protected_over_floor",
        "ntlm.allocations", "ntlm.parses_per_second", "schannel.over_openssl",
        "schannel12.over_openssl", "schannel.bytewise_calls_per_byte",
        "credssp.over_openssl", "kerberos.over_floor", "kerberos.allocations",
        "kerberos_sha2.over_floor"}) {
    EXPECT_GT(figures[name], 0) << name;
    figures.erase(name);
  }
  // Differences of two times, which may be anything on a busy machine.
  for (const char* name :
       {"spnego.added_us", "spnego.added_with_signatures_us"}) {
    EXPECT_EQ(figures.erase(name), 1u) << name;
  }
  // Others are measured, or it is said why not.
  if (!Contains(*report, "WinPR is not measured: ")) {
    EXPECT_GT(figures["ntlm.winpr_over_ours"], 0);
    figures.erase("ntlm.winpr_over_ours");
  }
  if (!Contains(*report, "MIT's GSSAPI is not measured: ")) {
    for (const char* name :
         {"kerberos.mit_over_ours", "kerberos_sha2.mit_over_ours"}) {
      EXPECT_GT(figures[name], 0) << name;
      figures.erase(name);
    }
  }
  EXPECT_TRUE(figures.empty()) << figures.begin()->first;
  EXPECT_TRUE(Contains(*report, "ntlm/parse_authenticate")) << *report;
}

TEST(Bench, LeavesOutTheFiguresOfWhatDidNotRun) {
  const absl::StatusOr<std::string> report =
      RunBenchmarks({.rounds = 1, .filter = "ntlm/(ours|floor)/"});
  ASSERT_TRUE(report.ok()) << report.status();
  const std::map<std::string, double> figures = FiguresIn(*report);
  EXPECT_EQ(figures.count("ntlm.over_floor"), 1u);
  EXPECT_EQ(figures.count("ntlm.allocations"), 1u);
  EXPECT_EQ(figures.size(), 2u);
}

TEST(Bench, SaysWhenNothingMatches) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      RunBenchmarks({.rounds = 1, .filter = "no such benchmark"}).status()));
}

}  // namespace
}  // namespace sspilab::sim
