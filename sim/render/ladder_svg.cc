#include "sim/render/ladder_svg.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

// All in pixels. Text is monospaced, so that its width is known without its
// font.
constexpr int kWidth = 920;
constexpr int kLeft = 48;  // The lifelines.
constexpr int kRight = kWidth - kLeft;
constexpr int kTop = 64;
constexpr int kBottom = 24;
constexpr int kCallHeight = 22;
constexpr int kMessageHeight = 34;
constexpr int kFieldHeight = 18;
constexpr int kAir = 10;
constexpr int kTextGap = 14;  // From a lifeline to text beside it.
constexpr int kLabelAt = kLeft + 34;
constexpr int kValueAt = kLeft + 166;
constexpr size_t kValueColumns = 82;
constexpr int kDepth = 16;  // Of an inner message's fields, two columns.

constexpr std::string_view kToneClasses[] = {"plain", "good", "wait", "bad"};

constexpr std::string_view kStyle = R"(  <style>
    text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328; }
    .page { fill: #ffffff; stroke: #d1d9e0; }
    .head { font-weight: 600; }
    .name { font-weight: 600; }
    .line { stroke: #818b98; stroke-width: 1.5; }
    .box { fill: #f6f8fa; stroke: #818b98; }
    .arrow { stroke: #0969da; stroke-width: 1.5; }
    .tip { fill: #0969da; }
    .kdc { stroke-dasharray: 4 3; }
    .small { font-size: 12px; }
    .faint { fill: #59636e; }
    .good { fill: #116329; }
    .wait { fill: #0550ae; }
    .bad { fill: #b3141f; font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .page { fill: #0d1117; stroke: #3d444d; }
      .line { stroke: #768390; }
      .box { fill: #151b23; stroke: #768390; }
      .arrow { stroke: #58a6ff; }
      .tip { fill: #58a6ff; }
      .faint { fill: #9198a1; }
      .good { fill: #56d364; }
      .wait { fill: #79c0ff; }
      .bad { fill: #ff7b72; }
    }
  </style>
)";

std::string Escape(std::string_view text) {
  return absl::StrReplaceAll(
      Printable(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string Span(std::string_view css, std::string_view text) {
  return absl::StrCat("<tspan class=\"", css, "\">", Escape(text), "</tspan>");
}

class Picture {
 public:
  std::string Draw(const Ladder& ladder) {
    const LadderRow* previous = nullptr;
    for (const LadderRow& row : ladder.rows) {
      if (previous != nullptr && NeedsAir(*previous, row)) {
        y_ += kAir;
      }
      DrawRow(row);
      previous = &row;
    }
    const int height = y_ + kBottom;
    return absl::StrCat(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", kWidth,
        "\" height=\"", height, "\" viewBox=\"0 0 ", kWidth, " ", height,
        "\" role=\"img\" xml:space=\"preserve\">\n  <title>",
        Escape(ladder.client), " and ", Escape(ladder.server), "</title>\n",
        kStyle, "  <rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"",
        kWidth - 1, "\" height=\"", height - 1, "\" rx=\"8\"/>\n",
        Lifeline(kLeft, height), Lifeline(kRight, height), body_,
        Head(kLeft - 20, "start", ladder.client),
        Head(kRight + 20, "end", ladder.server), "</svg>\n");
  }

 private:
  using Kind = LadderRow::Kind;

  static bool NeedsAir(const LadderRow& previous, const LadderRow& row) {
    return (row.kind == Kind::kCall && previous.kind != Kind::kCall) ||
           (row.kind == Kind::kCall && row.side != previous.side) ||
           (row.kind == Kind::kMessage && previous.kind != Kind::kCall) ||
           (row.kind == Kind::kKdcRequest && previous.kind != Kind::kCall);
  }

  static std::string Lifeline(int x, int height) {
    return absl::StrCat("  <line class=\"line\" x1=\"", x, "\" y1=\"",
                        kTop - 18, "\" x2=\"", x, "\" y2=\"", height - 14,
                        "\"/>\n");
  }

  // A box around the name of a side, its outer edge at `x`.
  static std::string Head(int x, std::string_view anchor,
                          std::string_view name) {
    constexpr int kColumn = 8;
    constexpr int kPadding = 12;
    const int width = static_cast<int>(Columns(name)) * kColumn + 2 * kPadding;
    const bool left = anchor == "start";
    return absl::StrCat(
        "  <rect class=\"box\" x=\"", left ? x : x - width,
        "\" y=\"16\" width=\"", width,
        "\" height=\"30\" rx=\"6\"/>\n  <text class=\"head\" x=\"",
        left ? x + kPadding : x - kPadding, "\" y=\"36\" text-anchor=\"",
        anchor, "\">", Escape(name), "</text>\n");
  }

  void DrawRow(const LadderRow& row) {
    switch (row.kind) {
      case Kind::kCall:
        y_ += kCallHeight;
        return Beside(
            row.side,
            absl::StrCat(
                Escape(row.text), Span("faint", " → "),
                Span(kToneClasses[static_cast<size_t>(row.tone)], row.value),
                row.note.empty()
                    ? ""
                    : Span("faint", absl::StrCat("  [", row.note, "]"))));
      case Kind::kMessage:
        return DrawMessage(row);
      case Kind::kField:
        return DrawField(row);
      case Kind::kKdcRequest:
      case Kind::kKdcAnswer:
        return DrawKdc(row);
      case Kind::kArrival:
        y_ += kCallHeight;
        return Beside(row.side,
                      Span("bad", absl::StrCat(row.text, " ", row.value)));
      case Kind::kClose:
        y_ += kCallHeight;
        return Beside(row.side, Span("faint", row.text));
    }
  }

  // `content` is markup already.
  void Text(int x, std::string_view anchor, std::string_view css,
            std::string_view content) {
    absl::StrAppend(&body_, "  <text", css.empty() ? "" : " class=\"", css,
                    css.empty() ? "" : "\"", " x=\"", x, "\" y=\"", y_, "\"",
                    anchor == "end" ? " text-anchor=\"end\"" : "", ">", content,
                    "</text>\n");
  }

  void Beside(Side side, std::string_view content) {
    if (side == Side::kClient) {
      Text(kLeft + kTextGap, "start", "", content);
    } else {
      Text(kRight - kTextGap, "end", "", content);
    }
  }

  // The label stands above its arrow, near its sender.
  void DrawMessage(const LadderRow& row) {
    const bool to_server = row.side == Side::kClient;
    constexpr int kAboveLine = 7;
    y_ += kMessageHeight - kAboveLine;
    std::string label = Span(row.tone == Tone::kPlain
                                 ? "name"
                                 : kToneClasses[static_cast<size_t>(row.tone)],
                             row.text);
    if (!row.value.empty()) {
      absl::StrAppend(&label, Span("faint", absl::StrCat(" · ", row.value)));
    }
    if (!row.note.empty()) {
      absl::StrAppend(&label, Span("bad", absl::StrCat("  ✂ ", row.note)));
    }
    Text(to_server ? kLabelAt : kRight - (kLabelAt - kLeft),
         to_server ? "start" : "end", "", label);
    y_ += kAboveLine;
    Arrow("arrow", to_server ? kLeft : kRight, to_server ? kRight : kLeft);
    y_ += 4;
  }

  void Arrow(std::string_view css, int from, int to) {
    constexpr int kTip = 9;
    const int back = from < to ? to - kTip : to + kTip;
    absl::StrAppend(&body_, "  <line class=\"", css, "\" x1=\"", from,
                    "\" y1=\"", y_, "\" x2=\"", back, "\" y2=\"", y_,
                    "\"/>\n  <path class=\"tip\" d=\"M", to, " ", y_, " L",
                    back, " ", y_ - 4, " L", back, " ", y_ + 4, " Z\"/>\n");
  }

  // A KDC has no lifeline: its name stands where the arrow comes from or goes
  // to.
  void DrawKdc(const LadderRow& row) {
    constexpr int kAboveLine = 7;
    constexpr int kLength = 400;
    const bool left = row.side == Side::kClient;
    y_ += kMessageHeight - kAboveLine;
    Text(left ? kLabelAt : kRight - (kLabelAt - kLeft), left ? "start" : "end",
         "",
         absl::StrCat(Span(row.tone == Tone::kPlain
                               ? "name"
                               : kToneClasses[static_cast<size_t>(row.tone)],
                           row.text),
                      row.value.empty()
                          ? ""
                          : Span("faint", absl::StrCat(" · ", row.value))));
    y_ += kAboveLine;
    const int line = left ? kLeft : kRight;
    const int kdc = left ? kLeft + kLength : kRight - kLength;
    const bool asks = row.kind == Kind::kKdcRequest;
    Arrow("arrow kdc", asks ? line : kdc, asks ? kdc : line);
    y_ += 4;
    Text(left ? kdc + kTextGap : kdc - kTextGap, left ? "start" : "end",
         "small faint", Escape(row.note));
  }

  void DrawField(const LadderRow& row) {
    bool first = true;
    const int inside = kDepth * static_cast<int>(row.depth);
    for (const std::string& line :
         WrapWords(row.value, kValueColumns - 2 * row.depth)) {
      y_ += kFieldHeight;
      if (std::exchange(first, false)) {
        Text(kLabelAt + inside, "start", "small faint", Escape(row.text));
      }
      Text(kValueAt + inside, "start",
           row.tone == Tone::kBad ? "small bad" : "small", Escape(line));
    }
  }

  std::string body_;
  int y_ = kTop;
};

}  // namespace

std::string LadderToSvg(const Ladder& ladder) { return Picture().Draw(ladder); }

}  // namespace sspilab::sim
