#include "sim/commands/explore_page.h"

#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/strings/str_cat.h"
#include "sim/commands/show.h"
#include "sim/invariant.h"
#include "sim/render/html_survey.h"

namespace sspilab::sim {
namespace {

BarChart Endings(const Exploration& found) {
  const uint64_t rest =
      found.states - found.both_done - found.failed - found.cut_off;
  return {"What the states are",
          {{"states", Tone::kWaiting}},
          {{"both sides are done", {found.both_done}},
           {"a side refused", {found.failed}},
           {"nothing is on its way any more", {found.cut_off}},
           {"it goes on", {rest}}}};
}

}  // namespace

std::string ExplorationToHtml(Package package, const Scenario& scenario,
                              const Exploration& found,
                              const Coverage& coverage,
                              const std::string& command,
                              const std::vector<std::string>& run_lines) {
  Survey survey;
  survey.title = absl::StrCat("An exploration of ", PackageName(package));
  survey.lead = found.ok() ? "Every invariant held."
                           : "An attacker in the middle can break what must "
                             "hold.";
  survey.tone = found.ok() ? Tone::kGood : Tone::kBad;
  survey.facts = {
      {"states", absl::StrCat(found.states)},
      {"transitions", absl::StrCat(found.transitions)},
      {"depth", absl::StrCat(found.depth, found.complete() ? ", nothing left"
                                                           : ", more is left")},
      {"histories run", absl::StrCat(found.histories)}};
  survey.command = command;
  survey.charts = {Endings(found)};
  survey.coverages = {&coverage};
  std::deque<RecordedRun> runs;  // Stay where they are.
  for (size_t i = 0; i < found.findings.size(); ++i) {
    const Finding& finding = found.findings[i];
    const bool known = !finding.known_weakness.empty();
    Scenario again = scenario;
    again.exchange.faults = finding.faults;
    const RecordedRun& run = runs.emplace_back(RunAndRecord(again));
    SurveyFinding& shown = survey.findings.emplace_back();
    shown.title = absl::StrCat(known ? "Known weakness, not " : "Broken: ",
                               InvariantName(finding.invariant));
    shown.text = absl::StrCat(
        known ? finding.known_weakness : InvariantSentence(finding.invariant),
        ". ", finding.times, " times; at the least ", finding.faults.size(),
        finding.faults.size() == 1 ? " fault in " : " faults in ",
        finding.depth, " actions.");
    shown.tone = known ? Tone::kWaiting : Tone::kBad;
    shown.command = run_lines[i];
    shown.run.command = run_lines[i];
    shown.run.trace = &run.trace;
    shown.run.outcome = &run.outcome;
  }
  return SurveyToHtml(survey);
}

}  // namespace sspilab::sim
