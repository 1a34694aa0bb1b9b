#include "sim/render/html_ladder.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "sim/render/html.h"
#include "sim/render/html_token.h"
#include "sim/render/kerberos_opened.h"
#include "sim/render/ladder.h"
#include "sim/scenario_realms.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

class Drawing {
 public:
  Drawing(const Trace& trace, LadderNumbers* numbers, MachinePaths* paths)
      : trace_(trace),
        keys_(MakeRealms(trace.scenario)),
        numbers_(*numbers),
        paths_(*paths) {}

  std::string Draw() {
    const Ladder ladder = MakeLadder(trace_);
    absl::StrAppend(&text_, "<section class=\"ladder\">\n<div class=\"heads\">",
                    HtmlSpan("head", ladder.client),
                    "<button type=\"button\" class=\"all\">unfold all "
                    "tokens</button>",
                    HtmlSpan("head", ladder.server), "</div>\n<ol>\n");
    for (const LadderRow& row : ladder.rows) {
      if (row.kind != Kind::kField) {
        EndFields();
      }
      DrawRow(row);
    }
    EndFields();
    return absl::StrCat(text_, "</ol>\n</section>\n");
  }

 private:
  using Kind = LadderRow::Kind;

  static std::string_view SideClass(Side side) {
    return kSideNames[static_cast<size_t>(side)];
  }

  void DrawRow(const LadderRow& row) {
    switch (row.kind) {
      case Kind::kCall:
        return DrawCall(row);
      case Kind::kMessage:
        return DrawMessage(row);
      case Kind::kField:
        return DrawField(row);
      case Kind::kKdcRequest:
      case Kind::kKdcAnswer:
        return DrawKdc(row);
      case Kind::kArrival:
        return DrawArrival(row);
      case Kind::kClose:
        absl::StrAppend(&text_, "<li class=\"call closes ", SideClass(row.side),
                        "\">", HtmlText(row.text), "</li>\n");
        return;
    }
  }

  void DrawCall(const LadderRow& row) {
    const size_t number = numbers_.calls++;
    const std::vector<MachineStep> steps =
        paths_.Follow(trace_, row.events, number);
    const auto& call = std::get<TraceCall>(trace_.events[row.events.back()]);
    // Only what has something to show is a stop for the keyboard.
    absl::StrAppend(&text_, "<li class=\"call ", SideClass(row.side), "\"",
                    steps.empty() ? ""
                                  : absl::StrCat(" tabindex=\"0\" data-call=\"",
                                                 number, "\""),
                    "><span>", HtmlText(row.text),
                    " <span class=\"to\">→</span> ", HtmlStatus(call.status));
    if (!row.note.empty()) {
      absl::StrAppend(&text_, " ", HtmlSpan("in", row.note));
    }
    // The outermost machine's: those inside are where it points.
    for (const MachineStep& step : steps) {
      if (step.machine != steps.back().machine) {
        continue;
      }
      absl::StrAppend(
          &text_, "<span class=\"step\" title=\"",
          HtmlText(absl::StrCat(
              step.machine->name, ", step ", step.number, ": ",
              step.machine->events[step.machine->rows[step.row].event])),
          "\">", step.number, "</span>");
    }
    absl::StrAppend(&text_, "</span></li>\n");
  }

  void DrawMessage(const LadderRow& row) {
    const auto& wire = std::get<TraceWire>(trace_.events[row.events.back()]);
    sent_[static_cast<size_t>(wire.direction)] = wire.bytes;
    std::string label = absl::StrCat(
        "<span class=\"label\"><b class=\"", ToneClass(row.tone), "\">",
        HtmlText(row.text), "</b>",
        row.value.empty() ? ""
                          : HtmlSpan("faint", absl::StrCat(" · ", row.value)),
        row.note.empty()
            ? ""
            : absl::StrCat(" ",
                           HtmlSpan("fault", absl::StrCat("✂ ", row.note))),
        "</span><span class=\"arrow\"></span>");
    absl::StrAppend(&text_, "<li class=\"message from-", SideClass(row.side),
                    row.note.empty() ? "" : " faulted", "\">");
    // A verdict is a byte of which all is said.
    if (wire.kind == MessageKind::kVerdict) {
      absl::StrAppend(&text_, "<div class=\"token\">", label, "</div>");
    } else {
      AddButton(label, HtmlToken(trace_, row, std::nullopt, &keys_));
    }
    in_message_ = true;
  }

  // Its arrow ends on the way to the other side.
  void DrawKdc(const LadderRow& row) {
    const bool asks = row.kind == Kind::kKdcRequest;
    const bool to_right = asks == (row.side == Side::kClient);
    const std::string label = absl::StrCat(
        "<span class=\"label\"><b class=\"", ToneClass(row.tone), "\">",
        HtmlText(row.text), "</b>",
        HtmlSpan("faint",
                 absl::StrCat(row.value.empty() ? "" : " · ", row.value,
                              asks ? ", to the " : ", from the ", row.note)),
        "</span><span class=\"arrow\"></span>");
    absl::StrAppend(&text_, "<li class=\"message kdc-of-", SideClass(row.side),
                    to_right ? " from-client" : " from-server", "\">");
    if (row.value.empty()) {
      absl::StrAppend(&text_, "<div class=\"token\">", label, "</div>");
    } else {
      AddButton(label, HtmlToken(trace_, row, std::nullopt, &keys_));
    }
    in_message_ = true;
  }

  void DrawArrival(const LadderRow& row) {
    const auto& wire = std::get<TraceWire>(trace_.events[row.events.back()]);
    absl::StrAppend(&text_, "<li class=\"message arrival at-",
                    SideClass(row.side), "\">");
    const std::string label = absl::StrCat(
        "<span class=\"label\"><b class=\"bad\">", HtmlText(row.text), "</b> ",
        HtmlSpan("faint", row.value), "</span>");
    if (wire.bytes.empty()) {
      absl::StrAppend(&text_, "<div class=\"token\">", label, "</div>");
    } else {
      AddButton(label,
                HtmlToken(trace_, row,
                          sent_[static_cast<size_t>(wire.direction)], &keys_));
    }
    in_message_ = true;
  }

  void AddButton(std::string_view label, nlohmann::json token) {
    absl::StrAppend(&text_,
                    "<button type=\"button\" class=\"token\" "
                    "aria-expanded=\"false\" data-token=\"",
                    numbers_.tokens.size(), "\">", label, "</button>");
    numbers_.tokens.push_back(std::move(token));
  }

  // What one wants to know of a message, until it is unfolded.
  void DrawField(const LadderRow& row) {
    if (!std::exchange(in_fields_, true)) {
      absl::StrAppend(&text_, "<dl class=\"brief\">");
    }
    absl::StrAppend(&text_, "<dt class=\"depth", row.depth, "\">",
                    HtmlText(row.text), "</dt><dd",
                    row.tone == Tone::kBad ? " class=\"bad\"" : "", ">",
                    HtmlText(row.value), "</dd>");
  }

  void EndFields() {
    if (std::exchange(in_fields_, false)) {
      absl::StrAppend(&text_, "</dl>");
    }
    if (std::exchange(in_message_, false)) {
      absl::StrAppend(&text_, "</li>\n");
    }
  }

  const Trace& trace_;
  KerberosKeys keys_;
  LadderNumbers& numbers_;
  MachinePaths& paths_;
  std::string text_;
  bool in_message_ = false;
  bool in_fields_ = false;
  // By direction: the last message that set out.
  std::array<Bytes, 2> sent_;
};

}  // namespace

std::string LadderToHtml(const Trace& trace, LadderNumbers* numbers,
                         MachinePaths* paths) {
  return Drawing(trace, numbers, paths).Draw();
}

}  // namespace sspilab::sim
