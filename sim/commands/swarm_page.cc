#include "sim/commands/swarm_page.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/invariant.h"
#include "sim/party_view.h"
#include "sim/render/html_survey.h"

namespace sspilab::sim {
namespace {

BarChart Endings(const SwarmOnPage& swarm) {
  BarChart chart = {
      absl::StrCat(PackageName(swarm.package), ": how it ended for the server"),
      {{"sessions", Tone::kWaiting}},
      {}};
  for (size_t i = 0; i < kEndingNames.size(); ++i) {
    if (swarm.result.endings[i] > 0) {
      chart.bars.push_back(
          {std::string(kEndingNames[i]), {swarm.result.endings[i]}});
    }
  }
  return chart;
}

}  // namespace

std::string SwarmToHtml(const std::vector<SwarmOnPage>& swarms,
                        const std::string& command) {
  Survey survey;
  survey.title = "A swarm";
  survey.command = command;
  uint64_t sessions = 0;
  uint64_t failed = 0;
  for (const SwarmOnPage& swarm : swarms) {
    const SwarmResult& result = swarm.result;
    const std::string name(PackageName(swarm.package));
    sessions += result.sessions;
    failed += result.failed;
    survey.facts.emplace_back(
        name,
        absl::StrFormat("%d sessions, %d authenticated, digest %016x",
                        result.sessions, result.authenticated, result.digest));
    survey.charts.push_back(Endings(swarm));
    survey.coverages.push_back(&result.coverage);
    for (size_t i = 0; i < result.failures.size(); ++i) {
      const SwarmFailure& failure = result.failures[i];
      SurveyFinding& shown = survey.findings.emplace_back();
      shown.title = absl::StrCat(name, ", seed ", failure.seed, ": ",
                                 InvariantName(failure.invariant));
      shown.text =
          absl::StrCat("Broken: ", InvariantSentence(failure.invariant), ".");
      shown.command = swarm.failure_lines[i];
    }
  }
  survey.lead = failed == 0 ? absl::StrCat("Every invariant held in ", sessions,
                                           " sessions.")
                            : absl::StrCat(failed, " of ", sessions,
                                           " sessions broke an invariant.");
  survey.tone = failed == 0 ? Tone::kGood : Tone::kBad;
  return SurveyToHtml(survey);
}

}  // namespace sspilab::sim
