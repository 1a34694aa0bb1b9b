// All of sim/scenarios/ goes as it says.

#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "gtest/gtest.h"
#include "sim/expectation.h"
#include "sim/fault.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario_file.h"
#include "sim/scenarios/embedded.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

class ScenariosTest : public ::testing::TestWithParam<EmbeddedScenario> {};

TEST_P(ScenariosTest, GoesAsItSays) {
  const std::string path = absl::StrCat(GetParam().name, ".toml");
  const absl::StatusOr<ScenarioFile> file =
      ParseScenarioFile(GetParam().text, path);
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_NE(file->description, "") << "its first comment says what it shows";
  Trace trace = {file->scenario, {}};
  {
    Recorder recorder;
    const Outcome outcome =
        RunScenarioChecked(file->scenario, InitSecurityInterfaceW(), &recorder);
    trace.events = recorder.TakeEvents();
    EXPECT_EQ(
        DifferencesToText(Compare(file->expectation, trace, outcome), path),
        "");
  }
  // Nobody who watches changes what happens.
  Recorder unchecked;
  RunScenario(file->scenario, InitSecurityInterfaceW(), &unchecked);
  EXPECT_EQ(TraceToJson(trace).value_or(""),
            TraceToJson({file->scenario, unchecked.TakeEvents()})
                .value_or("no JSON"));
}

INSTANTIATE_TEST_SUITE_P(
    All, ScenariosTest,
    ::testing::ValuesIn(Scenarios().begin(), Scenarios().end()),
    [](const ::testing::TestParamInfo<EmbeddedScenario>& file) {
      std::string name(file.param.name);
      for (char& c : name) {
        c = absl::ascii_isalnum(static_cast<unsigned char>(c)) ? c : '_';
      }
      return name;
    });

// A fault that misses its message would show nothing.
TEST(ScenariosOfFaultsTest, EveryKindIsSeenToAct) {
  for (const std::string_view kind : kFaultKindNames) {
    bool acts = false;
    for (const EmbeddedScenario& scenario : Scenarios()) {
      if (!absl::EndsWith(scenario.name, absl::StrCat("/wire_", kind))) {
        continue;
      }
      const absl::StatusOr<ScenarioFile> file =
          ParseScenarioFile(scenario.text, scenario.name);
      ASSERT_TRUE(file.ok());
      Recorder recorder;
      RunScenario(file->scenario, InitSecurityInterfaceW(), &recorder);
      for (const TraceEvent& event : recorder.events()) {
        const auto* wire = std::get_if<TraceWire>(&event);
        acts |= wire != nullptr && wire->what == TraceWire::What::kFault &&
                kFaultKindNames[static_cast<size_t>(wire->fault.kind)] == kind;
      }
    }
    EXPECT_TRUE(acts) << "sim/scenarios/*/wire_" << kind << ".toml";
  }
}

}  // namespace
}  // namespace sspilab::sim
