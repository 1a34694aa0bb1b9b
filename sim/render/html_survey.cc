#include "sim/render/html_survey.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/render/html.h"
#include "sim/render/html_coverage.h"
#include "sim/render/html_ladder.h"

namespace sspilab::sim {
namespace {

uint64_t Total(const BarChart::Bar& bar) {
  return std::accumulate(bar.counts.begin(), bar.counts.end(), uint64_t{0});
}

// "1,234,567".
std::string Grouped(uint64_t number) {
  constexpr size_t kGroup = 3;
  const std::string digits = absl::StrCat(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % kGroup == 0) {
      text.push_back(',');
    }
    text.push_back(digits[i]);
  }
  return text;
}

// Its width is a part of the longest one's.
std::string DrawBar(const BarChart& chart, const BarChart::Bar& bar,
                    uint64_t longest) {
  constexpr double kWidth = 1000;
  std::string text =
      "<svg class=\"bar\" viewBox=\"0 0 1000 10\" "
      "preserveAspectRatio=\"none\" aria-hidden=\"true\">";
  double x = 0;
  for (size_t i = 0; i < bar.counts.size(); ++i) {
    const double width = longest == 0
                             ? 0
                             : kWidth * static_cast<double>(bar.counts[i]) /
                                   static_cast<double>(longest);
    absl::StrAppendFormat(
        &text, "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" height=\"10\"/>",
        ToneClass(chart.parts[i].tone), x, width);
    x += width;
  }
  return absl::StrCat(text, "</svg>");
}

// A column for each part besides the total, where there are several.
std::string DrawChart(const BarChart& chart) {
  uint64_t longest = 0;
  for (const BarChart::Bar& bar : chart.bars) {
    longest = std::max(longest, Total(bar));
  }
  const bool several = chart.parts.size() > 1;
  std::string text = absl::StrCat("<section class=\"card chart\"><h2>",
                                  HtmlText(chart.title), "</h2><table>");
  if (several) {
    absl::StrAppend(&text, "<thead><tr><th></th><th class=\"count\">all</th>");
    for (const BarChart::Part& part : chart.parts) {
      absl::StrAppend(
          &text, "<th class=\"count\">",
          HtmlSpan(absl::StrCat("key ", ToneClass(part.tone)), part.name),
          "</th>");
    }
    absl::StrAppend(&text, "<th></th></tr></thead>");
  }
  absl::StrAppend(&text, "<tbody>\n");
  for (const BarChart::Bar& bar : chart.bars) {
    absl::StrAppend(&text, "<tr><th>", HtmlText(bar.name),
                    "</th><td class=\"count\">", Grouped(Total(bar)), "</td>");
    for (size_t i = 0; several && i < bar.counts.size(); ++i) {
      absl::StrAppend(&text, "<td class=\"count\">", Grouped(bar.counts[i]),
                      "</td>");
    }
    absl::StrAppend(&text, "<td class=\"drawn\">", DrawBar(chart, bar, longest),
                    "</td></tr>\n");
  }
  return absl::StrCat(text, "</tbody></table></section>\n");
}

std::string DrawFinding(const SurveyFinding& finding, LadderNumbers* numbers) {
  return absl::StrCat(
      "<section class=\"card finding\"><h3 class=\"", ToneClass(finding.tone),
      "\">", HtmlText(finding.title), "</h3><p>", HtmlText(finding.text),
      "</p><p>", HtmlCommand(finding.command), "</p>",
      finding.run.trace == nullptr
          ? ""
          : absl::StrCat("<details><summary>How it goes</summary><template>",
                         RunToHtml(finding.run, numbers),
                         "</template></details>"),
      "</section>\n");
}

}  // namespace

std::string SurveyToHtml(const Survey& survey) {
  HtmlPage page;
  page.title = survey.title;
  page.lead = survey.lead;
  page.tone = survey.tone;
  std::vector<std::pair<std::string, std::string>> facts;
  for (const auto& [name, value] : survey.facts) {
    facts.emplace_back(name, HtmlText(value));
  }
  facts.emplace_back("again", HtmlCommand(survey.command));
  page.body = HtmlFacts(facts);
  LadderNumbers numbers;
  if (!survey.findings.empty()) {
    absl::StrAppend(&page.body, "<h2>What was found</h2>\n");
  }
  for (const SurveyFinding& finding : survey.findings) {
    absl::StrAppend(&page.body, DrawFinding(finding, &numbers));
  }
  absl::StrAppend(&page.body, "<div class=\"charts\">\n");
  for (const BarChart& chart : survey.charts) {
    absl::StrAppend(&page.body, DrawChart(chart));
  }
  absl::StrAppend(&page.body, "</div>\n");
  for (const Coverage* coverage : survey.coverages) {
    absl::StrAppend(&page.body, CoverageToHtml(*coverage));
  }
  page.tokens = std::move(numbers.tokens);
  return HtmlPageToText(page);
}

}  // namespace sspilab::sim
