#ifndef SSPILAB_SIM_RENDER_HTML_SURVEY_H_
#define SSPILAB_SIM_RENDER_HTML_SURVEY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/coverage.h"
#include "sim/render/html_run.h"
#include "sim/render/ladder.h"

namespace sspilab::sim {

// What many runs came to, as a page: an exploration, a swarm.

// Counts beside each other.
struct BarChart {
  // A colour in the bars, by its tone.
  struct Part {
    std::string name;
    Tone tone = Tone::kPlain;
  };
  struct Bar {
    std::string name;
    std::vector<uint64_t> counts;  // By part.
  };

  std::string title;
  std::vector<Part> parts;
  std::vector<Bar> bars;
};

// What was found; its run can be unfolded where there is one.
struct SurveyFinding {
  std::string title;
  std::string text;
  Tone tone = Tone::kBad;
  std::string command;
  // Not owned; `run.trace` is null where there is none.
  RunOnPage run;
};

struct Survey {
  std::string title;
  std::string lead;
  Tone tone = Tone::kPlain;
  // Name and value, both text.
  std::vector<std::pair<std::string, std::string>> facts;
  std::string command;
  std::vector<BarChart> charts;
  std::vector<SurveyFinding> findings;
  // Not owned.
  std::vector<const Coverage*> coverages;
};

std::string SurveyToHtml(const Survey& survey);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_HTML_SURVEY_H_
