#include "sim/render/machine_svg.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/status.h"
#include "sim/render/html.h"
#include "sim/render/machine_layout.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

using Row = MachineDescription::Row;

// A column of the drawing's text, in pixels: it is monospaced.
constexpr double kColumn = 6.63;

// "9", "1.2k", "34M".
std::string ShortCount(uint64_t count) {
  constexpr uint64_t kThousand = 1000;
  constexpr uint64_t kTens = 10;
  const char* unit = "";
  uint64_t tenths = count * kTens;
  for (const char* next : {"k", "M", "G"}) {
    if (tenths / kTens < kThousand) {
      break;
    }
    tenths /= kThousand;
    unit = next;
  }
  return *unit != '\0' && tenths < kTens * kTens
             ? absl::StrFormat("%d.%d%s", tenths / kTens, tenths % kTens, unit)
             : absl::StrCat(tenths / kTens, unit);
}

class Drawing {
 public:
  Drawing(const MachineDescription& machine, MachineView view,
          const std::vector<RowMark>& marks, size_t end)
      : machine_(machine), view_(view), marks_(marks), end_(end) {}

  std::string Draw() {
    const MachineLayout layout = LayOutMachine(machine_);
    std::string text = absl::StrCat(
        "<svg class=\"machine\" role=\"img\" width=\"", layout.width,
        "\" viewBox=\"0 0 ", layout.width, " ", layout.height, "\"><title>",
        HtmlText(machine_.name), "</title>\n");
    // What was taken lies over what was not.
    for (const bool taken : {false, true}) {
      for (const MachineEdge& edge : layout.edges) {
        if (IsTaken(edge.rows) == taken) {
          absl::StrAppend(&text, Edge(edge));
        }
      }
    }
    for (const MachineBox& box : layout.boxes) {
      absl::StrAppend(&text, Box(box));
    }
    if (layout.failure.has_value()) {
      absl::StrAppend(&text, Bar(*layout.failure));
    }
    return absl::StrCat(text, "</svg>\n");
  }

 private:
  bool IsTaken(absl::Span<const size_t> rows) const {
    return std::any_of(rows.begin(), rows.end(), [&](size_t row) {
      return !marks_[row].steps.empty() || marks_[row].times > 0;
    });
  }

  // How rows that share a line look.
  std::string Css(absl::Span<const size_t> rows) const {
    const bool fails = std::all_of(rows.begin(), rows.end(), [&](size_t row) {
      return machine_.rows[row].status < 0;
    });
    const bool taken = IsTaken(rows);
    if (view_ == MachineView::kPath) {
      return taken ? fails ? "taken failing" : "taken" : "";
    }
    const bool all = std::all_of(rows.begin(), rows.end(), [&](size_t row) {
      return marks_[row].times > 0;
    });
    return all ? "taken" : taken ? "partly" : "never";
  }

  // All of them, for the tooltip.
  std::string Title(absl::Span<const size_t> rows) const {
    std::string title = absl::StrCat(
        HtmlText(machine_.states[machine_.rows[rows[0]].from]), " → ",
        HtmlText(machine_.states[machine_.rows[rows[0]].to]));
    for (const size_t row : rows) {
      absl::StrAppend(&title, "\n",
                      HtmlText(machine_.events[machine_.rows[row].event]),
                      " / ", HtmlText(RowStatusName(machine_.rows[row])));
      if (view_ == MachineView::kCoverage) {
        absl::StrAppend(&title, "  ×", marks_[row].times);
      }
    }
    return absl::StrCat("<title>", title, "</title>");
  }

  std::string Calls(absl::Span<const size_t> rows) const {
    std::vector<size_t> calls;
    for (const size_t row : rows) {
      calls.insert(calls.end(), marks_[row].calls.begin(),
                   marks_[row].calls.end());
    }
    return calls.empty() ? ""
                         : absl::StrCat(" data-calls=\"",
                                        absl::StrJoin(calls, " "), "\"");
  }

  // The first event (of those taken, where there are some), how many more
  // there are, and in front of it the steps or behind it the count.
  std::string Label(absl::Span<const size_t> rows, Place at, bool at_end,
                    size_t columns) const {
    const auto first = std::find_if(rows.begin(), rows.end(), [&](size_t row) {
      return view_ == MachineView::kPath && !marks_[row].steps.empty();
    });
    const size_t row = first == rows.end() ? rows[0] : *first;
    std::vector<size_t> steps;
    uint64_t times = 0;
    for (const size_t r : rows) {
      steps.insert(steps.end(), marks_[r].steps.begin(), marks_[r].steps.end());
      times += marks_[r].times;
    }
    std::sort(steps.begin(), steps.end());
    std::string badge =
        absl::StrJoin(absl::MakeSpan(steps).subspan(0, kSteps), ",");
    absl::StrAppend(&badge, steps.size() > kSteps ? "…" : "");
    std::string tail =
        rows.size() > 1 ? absl::StrCat(" +", rows.size() - 1) : "";
    if (view_ == MachineView::kCoverage) {
      tail = rows.size() > 1
                 ? absl::StrCat(" +", rows.size() - 1, " ×", ShortCount(times))
                 : absl::StrCat(" ×", ShortCount(times));
    }
    // The badge takes its columns and two more.
    const size_t badge_columns = badge.empty() ? 0 : Columns(badge) + 2;
    const size_t room = columns - badge_columns - Columns(tail);
    const std::string event =
        Fit(machine_.events[machine_.rows[row].event], room);
    const auto pixels = [](size_t count) {
      return static_cast<int>(kColumn * static_cast<double>(count));
    };
    const int width = pixels(badge_columns + Columns(event) + Columns(tail));
    int x = at_end ? at.x - width : at.x;
    std::string text;
    if (!badge.empty()) {
      const int pill = pixels(Columns(badge)) + 9;
      absl::StrAppend(&text, "<rect class=\"pill\" x=\"", x, "\" y=\"",
                      at.y - 11, "\" width=\"", pill,
                      "\" height=\"14\" rx=\"7\"/><text class=\"number\" x=\"",
                      x + pill / 2, "\" y=\"", at.y, "\">", badge, "</text>");
      x += pill + 5;
    }
    absl::StrAppend(&text, "<text x=\"", x, "\" y=\"", at.y, "\">",
                    HtmlText(event), "<tspan class=\"faint\">", tail,
                    "</tspan></text>");
    return text;
  }

  std::string Edge(const MachineEdge& edge) const {
    constexpr int kTip = 8;
    const Place tip = edge.line.back();
    const Place before = edge.line[edge.line.size() - 2];
    const bool down = tip.x == before.x;
    std::string line;
    for (const Place& corner : edge.line) {
      const bool last = &corner == &edge.line.back();
      absl::StrAppend(&line, line.empty() ? "M" : "L",
                      last && !down ? corner.x - kTip : corner.x, " ",
                      last && down ? corner.y - kTip : corner.y);
    }
    const std::string head =
        down ? absl::StrCat("M", tip.x, " ", tip.y, "l-4 -", kTip, "h8z")
             : absl::StrCat("M", tip.x, " ", tip.y, "l-", kTip, " -4v8z");
    return absl::StrCat(
        "<g class=\"edge ", Css(edge.rows), "\"", Calls(edge.rows), ">",
        Title(edge.rows), "<path class=\"line\" d=\"", line,
        "\"/><path class=\"tip\" d=\"", head, "\"/>",
        Label(edge.rows, edge.label, edge.route == MachineEdge::Route::kLane,
              kMachineLabelColumns),
        "</g>\n");
  }

  // Of a state: whether the run was there, or ended there.
  std::string StateCss(size_t state) const {
    if (view_ == MachineView::kCoverage) {
      return "";
    }
    bool visited = false;
    for (size_t i = 0; i < marks_.size(); ++i) {
      visited = visited ||
                (!marks_[i].steps.empty() && (machine_.rows[i].from == state ||
                                              machine_.rows[i].to == state));
    }
    return state == end_ && visited ? " visited last"
           : visited                ? " visited"
                                    : "";
  }

  std::string Loops(const MachineBox& box, Place at) const {
    if (box.loops.empty()) {
      return "";
    }
    return absl::StrCat(
        "<g class=\"edge loop ", Css(box.loops), "\"", Calls(box.loops), ">",
        Title(box.loops), "<text class=\"turn\" x=\"", at.x, "\" y=\"", at.y,
        "\">↻</text>",
        Label(box.loops, {at.x + 14, at.y}, false, kMachineLoopColumns - 4),
        "</g>");
  }

  std::string Box(const MachineBox& box) const {
    const bool has_loops = !box.loops.empty();
    const int middle = box.corner.y + box.height / 2;
    return absl::StrCat(
        "<g class=\"state", StateCss(box.state), "\"><rect x=\"", box.corner.x,
        "\" y=\"", box.corner.y, "\" width=\"", box.width, "\" height=\"",
        box.height, "\" rx=\"6\"/><text class=\"name\" x=\"",
        box.corner.x + box.width / 2, "\" y=\"", middle + (has_loops ? -3 : 4),
        "\">", HtmlText(machine_.states[box.state]), "</text></g>",
        Loops(box, {box.corner.x + 8, middle + 12}), "\n");
  }

  std::string Bar(const MachineBox& bar) const {
    const int x = bar.corner.x + bar.width / 2;
    const int y = bar.corner.y + bar.height / 2;
    return absl::StrCat("<g class=\"state failure", StateCss(bar.state), "\">",
                        bar.loops.empty() ? "" : Title(bar.loops), "<rect x=\"",
                        bar.corner.x, "\" y=\"", bar.corner.y, "\" width=\"",
                        bar.width, "\" height=\"", bar.height,
                        "\" rx=\"6\"/><text class=\"name\" x=\"", x, "\" y=\"",
                        y + 4, "\" transform=\"rotate(90 ", x, " ", y, ")\">",
                        HtmlText(machine_.states[bar.state]), "</text></g>\n");
  }

  static constexpr size_t kSteps = 3;  // Numbers in a badge at most.

  const MachineDescription& machine_;
  const MachineView view_;
  const std::vector<RowMark>& marks_;
  const size_t end_;
};

}  // namespace

std::string RowStatusName(const Row& row) {
  return row.status == kStatusFromInside ? "the mechanism's"
                                         : StatusName(row.status);
}

std::string MachineToSvg(const MachineDescription& machine, MachineView view,
                         const std::vector<RowMark>& marks, size_t end) {
  return Drawing(machine, view, marks, end).Draw();
}

std::string MachineToTable(const MachineDescription& machine, MachineView view,
                           const std::vector<RowMark>& marks) {
  const bool counts = view == MachineView::kCoverage;
  std::string text = absl::StrCat(
      "<table class=\"rows\"><thead><tr><th>", counts ? "times" : "steps",
      "</th><th>state</th><th>event</th><th>next state</th><th>status</th>"
      "</tr></thead><tbody>\n");
  for (size_t i = 0; i < machine.rows.size(); ++i) {
    const Row& row = machine.rows[i];
    const RowMark& mark = marks[i];
    absl::StrAppend(
        &text, "<tr", counts && mark.times == 0 ? " class=\"never\"" : "",
        "><td class=\"count\">",
        counts ? absl::StrCat(mark.times) : absl::StrJoin(mark.steps, ", "),
        "</td><td>", HtmlText(machine.states[row.from]), "</td><td>",
        HtmlText(machine.events[row.event]), "</td><td>",
        HtmlText(machine.states[row.to]), "</td><td>", RowStatusName(row),
        "</td></tr>\n");
  }
  return absl::StrCat(text, "</tbody></table>\n");
}

}  // namespace sspilab::sim
