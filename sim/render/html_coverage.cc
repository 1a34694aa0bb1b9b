#include "sim/render/html_coverage.h"

#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/render/html.h"
#include "sim/render/machine_svg.h"

namespace sspilab::sim {

std::string CoverageToHtml(const Coverage& coverage) {
  std::string text = absl::StrCat(
      "<section><h2>Steps of the machines: ", coverage.rows_taken(), " of ",
      coverage.declared(), " taken</h2><p class=\"legend\">",
      HtmlSpan("key taken", "all taken"), HtmlSpan("key partly", "some taken"),
      HtmlSpan("key never", "never taken"), "</p>\n<div class=\"drawings\">\n");
  for (size_t i = 0; i < coverage.machines().size(); ++i) {
    const MachineDescription& machine = *coverage.machines()[i];
    std::vector<RowMark> marks(machine.rows.size());
    size_t taken = 0;
    for (size_t row = 0; row < marks.size(); ++row) {
      marks[row].times = coverage.taken(i, row);
      taken += marks[row].times > 0 ? 1 : 0;
    }
    absl::StrAppend(
        &text, "<div class=\"card\"><h3>", HtmlText(machine.name), " ",
        HtmlSpan("faint",
                 absl::StrCat(taken, " of ", marks.size(), " steps taken")),
        "</h3>", MachineToSvg(machine, MachineView::kCoverage, marks),
        "<details><summary>All steps</summary>",
        MachineToTable(machine, MachineView::kCoverage, marks),
        "</details></div>\n");
  }
  return absl::StrCat(text, "</div></section>\n");
}

}  // namespace sspilab::sim
