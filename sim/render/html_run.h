#ifndef SSPILAB_SIM_RENDER_HTML_RUN_H_
#define SSPILAB_SIM_RENDER_HTML_RUN_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "sim/expectation.h"
#include "sim/render/html_ladder.h"
#include "sim/run_scenario.h"
#include "sim/trace.h"

namespace sspilab::sim {

// A run as a page tells it.
struct RunOnPage {
  // Of the scenario; what it is for, where its file says so.
  std::string name;
  std::string description;
  // The command line that does it again.
  std::string command;
  // Not owned.
  const Trace* trace = nullptr;
  const Outcome* outcome = nullptr;
  // Where something was expected: whether it came so, and in what not. Without
  // expectation a run is good when both sides are content.
  bool expects = false;
  std::vector<Difference> differences;

  bool good() const { return expects ? differences.empty() : outcome->ok; }
};

// The page of one run, or of several: a list of them, those that failed first,
// each to be unfolded.
std::string RunsToHtml(const std::string& title,
                       absl::Span<const RunOnPage> runs);

// All about one run, to be part of a page: ladder, machines, and what both
// sides know.
std::string RunToHtml(const RunOnPage& run, LadderNumbers* numbers);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_HTML_RUN_H_
