#include "sim/render/html_run.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/wire/utf.h"
#include "sim/deviation.h"
#include "sim/fault.h"
#include "sim/render/html.h"
#include "sim/render/machine_path.h"
#include "sim/render/machine_svg.h"
#include "sim/render/report.h"
#include "sim/rules.h"
#include "sim/wire.h"

namespace sspilab::sim {
namespace {

std::string FactsOf(const RunOnPage& run) {
  const Scenario& scenario = run.trace->scenario;
  const ExchangeOptions& exchange = scenario.exchange;
  std::vector<std::pair<std::string, std::string>> facts = {
      {"package",
       HtmlText(wire::Utf16ToUtf8Lossy(exchange.client.caller.package))},
      {"seed", absl::StrCat(scenario.seed)},
      {"wire",
       HtmlText(absl::StrCat(kWireFormNames[static_cast<size_t>(exchange.form)],
                             exchange.faults.empty() ? ", undisturbed" : ""))}};
  std::string faults;
  for (const Fault& fault : exchange.faults) {
    absl::StrAppend(&faults, faults.empty() ? "" : "<br>", "<code>",
                    HtmlText(FaultToString(fault)), "</code>");
  }
  if (!faults.empty()) {
    facts.emplace_back("faults", faults);
  }
  std::string deviations;
  for (const Deviation& deviation : scenario.deviations) {
    absl::StrAppend(&deviations, deviations.empty() ? "" : "<br>",
                    HtmlText(DeviationToString(deviation)));
  }
  if (!deviations.empty()) {
    facts.emplace_back("deviations", deviations);
  }
  facts.emplace_back("again", HtmlCommand(run.command));
  return HtmlFacts(facts);
}

std::string DifferencesOf(const RunOnPage& run) {
  if (run.differences.empty()) {
    return "";
  }
  std::string text =
      "<section class=\"card differs\"><h2>Not as expected</h2><table>"
      "<thead><tr><th></th><th>expected</th><th>got</th></tr></thead><tbody>\n";
  for (const Difference& difference : run.differences) {
    absl::StrAppend(
        &text, "<tr><th>", HtmlText(difference.where),
        difference.line == 0
            ? ""
            : absl::StrCat(
                  " ",
                  HtmlSpan("faint", absl::StrCat("line ", difference.line))),
        "</th><td class=\"good\">", HtmlText(difference.expected),
        "</td><td class=\"bad\">", HtmlText(difference.got), "</td></tr>\n");
  }
  return absl::StrCat(text, "</tbody></table></section>\n");
}

// What a Checker saw.
std::string BrokenRulesOf(const Outcome& outcome) {
  if (outcome.broken.empty()) {
    return "";
  }
  std::string text =
      "<section class=\"card differs\"><h2>Rules that were broken</h2><ul>\n";
  for (const RuleBroken& broken : outcome.broken) {
    absl::StrAppend(&text, "<li>", HtmlText(ToString(broken)), "</li>\n");
  }
  return absl::StrCat(text, "</ul></section>\n");
}

std::string PartiesOf(const Outcome& outcome) {
  std::string text =
      "<section class=\"card\"><h2>What both sides know at the end</h2>"
      "<table class=\"parties\"><thead><tr><th></th><th>client</th>"
      "<th>server</th></tr></thead><tbody>\n";
  for (const ReportRow& row : PartyRows(outcome)) {
    absl::StrAppend(&text, "<tr><th>", HtmlText(row.label), "</th><td class=\"",
                    ToneClass(row.client_tone), "\">", HtmlText(row.client),
                    "</td><td class=\"", ToneClass(row.server_tone), "\">",
                    HtmlText(row.server), "</td></tr>\n");
  }
  return absl::StrCat(text, "</tbody></table></section>\n");
}

std::string ProtectedOf(const Trace& trace) {
  std::string text;
  for (const ProtectedCall& call : ProtectedCalls(trace)) {
    absl::StrAppend(&text, "<div class=\"protected\"><p>",
                    HtmlText(kSideNames[static_cast<size_t>(call.side)]), ": ",
                    HtmlText(call.function), " <span class=\"to\">→</span> ",
                    HtmlStatus(call.status), "</p><dl>");
    for (const ProtectedCall::Line& line : call.lines) {
      absl::StrAppend(&text, "<dt>", HtmlText(line.label), "</dt><dd class=\"",
                      ToneClass(line.tone), "\">", HtmlText(line.value),
                      "</dd>");
    }
    absl::StrAppend(&text, "</dl></div>\n");
  }
  return text.empty() ? ""
                      : absl::StrCat(
                            "<section class=\"card\"><h2>Protected "
                            "messages</h2>\n",
                            text, "</section>\n");
}

// A package's own machine is open, those inside it are closed.
std::string MachinesOfSide(const MachinePaths& paths, Side side) {
  std::string text;
  for (const MachinePath& path : paths.paths()) {
    if (path.side != side) {
      continue;
    }
    absl::StrAppend(
        &text, "<details class=\"card\"", text.empty() ? " open" : "",
        "><summary>", HtmlText(path.machine->name), " ",
        HtmlSpan("faint",
                 absl::StrCat(path.steps, path.steps == 1 ? " step" : " steps",
                              ", ends in ", path.machine->states[path.end])),
        "</summary>",
        MachineToSvg(*path.machine, MachineView::kPath, path.marks, path.end),
        "</details>\n");
  }
  return text;
}

// One of several runs, to be unfolded: it is in a template until then.
std::string FoldedRun(const RunOnPage& run, LadderNumbers* numbers) {
  return absl::StrCat("<details class=\"run ", run.good() ? "good" : "bad",
                      "\"><summary><span class=\"sign\">",
                      run.good() ? "✓" : "✗", "</span><span class=\"name\">",
                      HtmlText(run.name), "</span><span class=\"what\">",
                      HtmlText(run.description.empty() ? Verdict(*run.outcome)
                                                       : run.description),
                      "</span></summary><template>", RunToHtml(run, numbers),
                      "</template></details>\n");
}

}  // namespace

std::string RunToHtml(const RunOnPage& run, LadderNumbers* numbers) {
  MachinePaths paths;
  const std::string ladder = LadderToHtml(*run.trace, numbers, &paths);
  return absl::StrCat(
      "<div class=\"about\">",
      run.description.empty()
          ? ""
          : absl::StrCat("<p>", HtmlText(run.description), "</p>"),
      FactsOf(run), "</div>\n", DifferencesOf(run), BrokenRulesOf(*run.outcome),
      "<div class=\"run-columns\">\n", ladder,
      "<aside aria-label=\"State machines\">\n",
      MachinesOfSide(paths, Side::kClient),
      MachinesOfSide(paths, Side::kServer), "</aside>\n</div>\n",
      "<div class=\"after\">", PartiesOf(*run.outcome), ProtectedOf(*run.trace),
      "</div>\n");
}

std::string RunsToHtml(const std::string& title,
                       absl::Span<const RunOnPage> runs) {
  HtmlPage page;
  page.title = title;
  LadderNumbers numbers;
  if (runs.size() == 1) {
    const RunOnPage& run = runs.front();
    page.lead = run.expects ? absl::StrCat(run.good() ? "As expected. "
                                                      : "Not as expected. ",
                                           Verdict(*run.outcome))
                            : Verdict(*run.outcome);
    page.tone = run.good() ? Tone::kGood : Tone::kBad;
    page.body = RunToHtml(run, &numbers);
  } else {
    std::string failed;
    std::string good;
    size_t failures = 0;
    for (const RunOnPage& run : runs) {
      failures += run.good() ? 0 : 1;
      absl::StrAppend(run.good() ? &good : &failed, FoldedRun(run, &numbers));
    }
    page.lead = failures == 0
                    ? absl::StrCat("All ", runs.size(), " went as expected.")
                    : absl::StrCat(failures, " of ", runs.size(),
                                   " did not go as expected.");
    page.tone = failures == 0 ? Tone::kGood : Tone::kBad;
    page.body =
        absl::StrCat("<div class=\"runs\">\n", failed, good, "</div>\n");
  }
  page.tokens = std::move(numbers.tokens);
  return HtmlPageToText(page);
}

}  // namespace sspilab::sim
