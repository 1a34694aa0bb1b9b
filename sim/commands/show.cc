#include "sim/commands/show.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "sim/recorder.h"
#include "sim/render/ladder.h"
#include "sim/render/ladder_text.h"
#include "sim/render/report_text.h"

namespace sspilab::sim {

RecordedRun RunAndRecord(const Scenario& scenario) {
  Recorder recorder;
  RecordedRun run;
  run.outcome = RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  run.trace = {scenario, recorder.TakeEvents()};
  return run;
}

RecordedRun RunChecked(const Scenario& scenario) {
  Recorder recorder;
  RecordedRun run;
  run.outcome =
      RunScenarioChecked(scenario, InitSecurityInterfaceW(), &recorder);
  run.trace = {scenario, recorder.TakeEvents()};
  return run;
}

void Show(const RecordedRun& run, const Console& console) {
  const TextStyle& style = console.style();
  console.Print(absl::StrCat(LadderToText(MakeLadder(run.trace), style), "\n",
                             ViewsToText(run.outcome, style), "\n"));
  const std::string messages = ProtectedMessagesToText(run.trace, style);
  if (!messages.empty()) {
    console.Print(absl::StrCat(messages, "\n"));
  }
  console.Print(absl::StrCat(VerdictToText(run.outcome, style), "\n"));
}

}  // namespace sspilab::sim
