#include "sim/commands/explore_page.h"

#include <cstddef>
#include <deque>

#include "absl/strings/str_cat.h"
#include "sim/commands/show.h"
#include "sim/explore/attacks.h"
#include "sim/invariant.h"
#include "sim/render/html_survey.h"

namespace sspilab::sim {
namespace {

BarChart StatesByDepth(const Exploration& found) {
  BarChart chart = {"States by depth",
                    {{"done", Tone::kGood},
                     {"refused", Tone::kBad},
                     {"cut off", Tone::kPlain},
                     {"goes on", Tone::kWaiting}},
                    {}};
  for (size_t depth = 0; depth < found.levels.size(); ++depth) {
    const Exploration::Level& level = found.levels[depth];
    chart.bars.push_back(
        {absl::StrCat(depth),
         {level.both_done, level.failed, level.cut_off,
          level.states - level.both_done - level.failed - level.cut_off}});
  }
  return chart;
}

BarChart Actions(const Exploration& found) {
  BarChart chart = {
      "What the attacker did", {{"transitions", Tone::kWaiting}}, {}};
  for (size_t i = 0; i < kAttackNames.size(); ++i) {
    chart.bars.push_back(
        {std::string(kAttackNames[i]), {found.transitions_by_attack[i]}});
  }
  return chart;
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
  survey.charts = {StatesByDepth(found), Actions(found)};
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
