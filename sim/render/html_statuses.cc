#include "sim/render/html_statuses.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/machines.h"
#include "core/status.h"
#include "sim/render/html.h"
#include "sim/render/ladder.h"

namespace sspilab::sim {
namespace {

// By CellState.
struct Look {
  std::string_view css;
  std::string_view sign;
  std::string_view meaning;
};
constexpr Look kLooks[] = {
    {"not-legal", "", "the package may not return it"},
    {"reached", "●", "a scenario causes it"},
    {"excused", "○", "no scenario causes it, for a reason"},
    {"missing", "✗", "no scenario causes it"},
};

const Look& LookOf(CellState state) {
  return kLooks[static_cast<size_t>(state)];
}

class Page {
 public:
  Page(const StatusMatrix& matrix, absl::Span<const NamedScenario> scenarios,
       std::optional<Package> only)
      : matrix_(matrix), scenarios_(scenarios) {
    for (int i = 0; i < kPackageCount; ++i) {
      const auto package = static_cast<Package>(i);
      if (only.has_value() ? package == *only : !MachinesOf(package).empty()) {
        packages_.push_back(package);
      }
    }
  }

  std::string Body(const std::string& command) const {
    std::string text = HtmlFacts(
        {{"cells reached",
          absl::StrCat(matrix_.cells_reached, " of ", matrix_.cells)},
         {"documented statuses reached",
          absl::StrCat(matrix_.documented_reached, " of ", matrix_.documented)},
         {"scenarios", absl::StrCat(scenarios_.size())},
         {"again", HtmlCommand(command)}});
    absl::StrAppend(&text, Problems(), Legend(), "<div class=\"matrix\">\n");
    std::optional<Call> call;
    for (const StatusRow& row : matrix_.rows) {
      if (!IsShown(row)) {
        continue;
      }
      if (call != row.call) {
        absl::StrAppend(&text, call.has_value() ? kTableEnd : "",
                        Heading(row.call));
        call = row.call;
      }
      absl::StrAppend(&text, Row(row));
    }
    return absl::StrCat(text, call.has_value() ? kTableEnd : "",
                        "</div>\n<output id=\"about\" hidden></output>\n");
  }

 private:
  static constexpr std::string_view kTableEnd = "</tbody></table></section>\n";

  bool IsShown(const StatusRow& row) const {
    return std::any_of(packages_.begin(), packages_.end(),
                       [&](Package package) {
                         return row.cell(package).state != CellState::kNotLegal;
                       });
  }

  std::string Problems() const {
    std::string text;
    for (const StatusProblem& problem : matrix_.problems) {
      absl::StrAppend(&text, "<li>", HtmlText(problem.text), "</li>\n");
    }
    return text.empty()
               ? ""
               : absl::StrCat(
                     "<details class=\"card differs\"><summary class=\"bad\">",
                     matrix_.problems.size(),
                     matrix_.problems.size() == 1 ? " thing is wrong"
                                                  : " things are wrong",
                     "</summary><ul>", text, "</ul></details>\n");
  }

  static std::string Legend() {
    std::string text = "<p class=\"legend\">";
    for (const Look& look : kLooks) {
      absl::StrAppend(&text, "<span><span class=\"cell ", look.css, "\">",
                      look.sign, "</span>", HtmlSpan("faint", look.meaning),
                      "</span>");
    }
    return absl::StrCat(text, "</p>\n");
  }

  std::string Heading(Call call) const {
    std::string text =
        absl::StrCat("<section class=\"card\"><table><thead><tr><th><h2>",
                     HtmlText(CallName(call)), "</h2></th>");
    for (const Package package : packages_) {
      absl::StrAppend(&text, "<th class=\"package\">",
                      HtmlText(PackageName(package)), "</th>");
    }
    return absl::StrCat(text, "</tr></thead><tbody>\n");
  }

  std::string Row(const StatusRow& row) const {
    std::string text =
        absl::StrCat("<tr><th title=\"", HtmlText(row.status->meaning), "\">",
                     HtmlText(row.status->name), "</th>");
    for (const Package package : packages_) {
      const StatusCell& cell = row.cell(package);
      const Look& look = LookOf(cell.state);
      if (cell.state == CellState::kNotLegal) {
        absl::StrAppend(&text, "<td><span class=\"cell ", look.css,
                        "\"></span></td>");
        continue;
      }
      const std::string about = HtmlText(About(row, package, cell));
      absl::StrAppend(&text, "<td><button type=\"button\" class=\"cell ",
                      look.css, "\" title=\"", about, "\" aria-label=\"", about,
                      "\">", look.sign, "</button></td>");
    }
    return absl::StrCat(text, "</tr>\n");
  }

  std::string About(const StatusRow& row, Package package,
                    const StatusCell& cell) const {
    return absl::StrCat(
        CallName(row.call), " over ", PackageName(package), ", ",
        row.status->name, ": ", row.status->meaning, " ",
        cell.state == CellState::kReached
            ? absl::StrCat("Scenario: ", scenarios_[cell.scenario].name, ".")
        : cell.state == CellState::kExcused
            ? absl::StrCat("No scenario causes it: ", cell.reason, ".")
            : "No scenario causes it.");
  }

  const StatusMatrix& matrix_;
  const absl::Span<const NamedScenario> scenarios_;
  std::vector<Package> packages_;
};

}  // namespace

std::string StatusesToHtml(const StatusMatrix& matrix,
                           absl::Span<const NamedScenario> scenarios,
                           std::optional<Package> only,
                           const std::string& command) {
  HtmlPage page;
  page.title = "Statuses";
  page.tone = matrix.problems.empty() ? Tone::kGood : Tone::kBad;
  page.lead = matrix.problems.empty()
                  ? "Every status that a call may return is caused by a "
                    "scenario, or has a reason why not."
                  : "Not every status that a call may return is caused by a "
                    "scenario.";
  page.body = Page(matrix, scenarios, only).Body(command);
  return HtmlPageToText(page);
}

}  // namespace sspilab::sim
