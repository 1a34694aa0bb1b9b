#include "sim/scenario_template.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/sspi.h"
#include "gtest/gtest.h"
#include "sim/expectation.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario_file.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

std::vector<std::string> Lines() {
  return absl::StrSplit(ScenarioTemplate(), '\n');
}

bool IsUnusedKey(std::string_view line) {
  return line.size() > 1 && line[0] == '#' && absl::ascii_isalpha(line[1]);
}

// What differs between the run of a file and what it expects.
std::string DifferencesOf(const ScenarioFile& file) {
  Recorder recorder;
  const Outcome outcome =
      RunScenarioChecked(file.scenario, InitSecurityInterfaceW(), &recorder);
  const Trace trace = {file.scenario, recorder.TakeEvents()};
  return DifferencesToText(Compare(file.expectation, trace, outcome),
                           "new.toml");
}

std::string Header(const Scenario& scenario) {
  return TraceToJson({scenario, {}}).value_or("no JSON");
}

TEST(ScenarioTemplateTest, RunsAsItExpects) {
  const absl::StatusOr<ScenarioFile> file =
      ParseScenarioFile(ScenarioTemplate(), "new.toml");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(absl::StartsWith(file->description, "The client has a wrong"));
  EXPECT_EQ(DifferencesOf(*file), "");
}

// Each key that is not used may be; but for examples, it then says what holds
// anyway, and the file still runs as it expects.
TEST(ScenarioTemplateTest, EachUnusedKeyMayBeUsed) {
  const std::set<std::string_view> examples = {"faults", "deviation",
                                               "certificate", "tls.protocols"};
  const absl::StatusOr<ScenarioFile> original =
      ParseScenarioFile(ScenarioTemplate(), "new.toml");
  ASSERT_TRUE(original.ok());
  size_t unused = 0;
  size_t seen_examples = 0;
  for (size_t i = 0; i < Lines().size(); ++i) {
    std::vector<std::string> lines = Lines();
    if (!IsUnusedKey(lines[i])) {
      continue;
    }
    ++unused;
    lines[i].erase(0, 1);
    const absl::StatusOr<ScenarioFile> file =
        ParseScenarioFile(absl::StrJoin(lines, "\n"), "new.toml");
    ASSERT_TRUE(file.ok()) << file.status();
    if (examples.contains(lines[i].substr(0, lines[i].find(' ')))) {
      ++seen_examples;
      EXPECT_NE(Header(file->scenario), Header(original->scenario)) << lines[i];
    } else {
      EXPECT_EQ(Header(file->scenario), Header(original->scenario)) << lines[i];
      EXPECT_EQ(DifferencesOf(*file), "") << lines[i];
    }
  }
  EXPECT_EQ(seen_examples, examples.size());
  EXPECT_GT(unused, 20u);
}

TEST(ScenarioTemplateTest, AllUnusedKeysTogether) {
  std::vector<std::string> lines = Lines();
  for (std::string& line : lines) {
    if (IsUnusedKey(line)) {
      line.erase(0, 1);
    }
  }
  const absl::StatusOr<ScenarioFile> file =
      ParseScenarioFile(absl::StrJoin(lines, "\n"), "new.toml");
  EXPECT_TRUE(file.ok()) << file.status();
}

}  // namespace
}  // namespace sspilab::sim
