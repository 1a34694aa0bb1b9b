#include "sim/render/ladder_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

constexpr size_t kMinColumns = 60;
// Where the lifelines stand, from either edge.
constexpr size_t kMargin = 1;
// How far fields stand from the left lifeline, and how wide their labels are.
constexpr size_t kFieldIndent = 6;
constexpr size_t kLabelColumns = 17;
// How much further in the fields of an inner message stand.
constexpr size_t kDepthColumns = 2;

// Before a call that the reader looks for.
constexpr std::string_view kMark = "● ";

// SGR parameters.
constexpr std::string_view kToneCodes[] = {"", "32", "36", "1;31"};

std::string Sgr(const TextStyle& style, std::string_view code,
                std::string_view text) {
  if (!style.colours || code.empty() || text.empty()) {
    return std::string(text);
  }
  return absl::StrCat("\x1b[", code, "m", text, "\x1b[0m");
}

class Drawing {
 public:
  Drawing(const Ladder& ladder, const TextStyle& style)
      : ladder_(ladder),
        style_(style),
        inner_(std::max(style.columns, kMinColumns) - 2 * kMargin - 2) {}

  std::string Draw() {
    Heading();
    const LadderRow* previous = nullptr;
    for (const LadderRow& row : ladder_.rows) {
      if (previous != nullptr && NeedsAir(*previous, row)) {
        Between("");
      }
      DrawRow(row);
      previous = &row;
    }
    return std::move(text_);
  }

 private:
  using Kind = LadderRow::Kind;

  // An empty line sets a message, or another side's calls, off from what was.
  static bool NeedsAir(const LadderRow& previous, const LadderRow& row) {
    return (row.kind == Kind::kMessage && previous.kind != Kind::kMessage) ||
           row.kind == Kind::kKdcRequest ||
           (row.kind == Kind::kCall && previous.kind != Kind::kCall &&
            previous.kind != Kind::kClose) ||
           (row.kind == Kind::kCall && previous.kind == Kind::kCall &&
            row.side != previous.side);
  }

  void Heading() {
    const std::string gap(
        inner_ + 2 * kMargin + 2 -
            std::min(inner_, Columns(ladder_.client) + Columns(ladder_.server)),
        ' ');
    absl::StrAppend(&text_, Bold(style_, ladder_.client), gap,
                    Bold(style_, ladder_.server), "\n");
    Between("");
  }

  // `content`, whose columns are `used`, between the lifelines.
  void Between(std::string_view content, size_t used = 0,
               std::string_view left = "│", std::string_view right = "│") {
    const std::string fill(inner_ > used ? inner_ - used : 0, ' ');
    absl::StrAppend(&text_, std::string(kMargin, ' '), Faint(style_, left),
                    content, fill, Faint(style_, right), "\n");
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
        return DrawBeside(row.side, "╶ " + row.text + " " + row.value,
                          Tone::kBad);
      case Kind::kClose:
        return DrawBeside(row.side, row.text, Tone::kPlain);
    }
  }

  // The client's calls stand at the left, the server's at the right.
  void DrawCall(const LadderRow& row) {
    const std::string state =
        row.note.empty() ? "" : absl::StrCat("  [", row.note, "]");
    const std::string_view mark = row.marked ? kMark : "";
    const size_t around =
        Columns(mark) + Columns(" → ") + Columns(row.value) + Columns(state);
    const std::string name = Fit(row.text, inner_ - 2 - around);
    const size_t used = Columns(name) + around;
    const std::string content = absl::StrCat(
        Coloured(style_, row.tone, mark),
        row.marked ? Bold(style_, name) : name, " → ",
        Coloured(style_, row.tone, row.value), Faint(style_, state));
    Place(row.side, content, used);
  }

  void DrawBeside(Side side, std::string_view text, Tone tone) {
    Place(side,
          tone == Tone::kPlain ? Faint(style_, text)
                               : Coloured(style_, tone, text),
          Columns(text));
  }

  // One column off the lifeline of `side`.
  void Place(Side side, std::string_view content, size_t used) {
    if (side == Side::kClient) {
      Between(absl::StrCat(" ", content), used + 1);
    } else {
      Between(absl::StrCat(std::string(inner_ - used - 1, ' '), content, " "),
              inner_);
    }
  }

  // ├── NEGOTIATE · 40 bytes ─────────────▶│
  void DrawMessage(const LadderRow& row) {
    std::string label = absl::StrCat(" ", Bold(style_, row.text));
    size_t used = 1 + Columns(row.text);
    if (row.tone != Tone::kPlain) {
      label = absl::StrCat(" ", Coloured(style_, row.tone, row.text));
    }
    if (!row.value.empty()) {
      absl::StrAppend(&label, " · ", row.value);
      used += 3 + Columns(row.value);
    }
    absl::StrAppend(&label, " ");
    ++used;
    std::string fault;
    if (!row.note.empty()) {
      const std::string note = absl::StrCat(" ✂ ", row.note, " ");
      fault = absl::StrCat("──", Coloured(style_, Tone::kBad, note));
      used += 2 + Columns(note);
    }
    constexpr size_t kBegin = 2;
    const std::string begin = Repeat("─", kBegin);
    const std::string rest = Repeat(
        "─", inner_ > used + kBegin + 1 ? inner_ - used - kBegin - 1 : 0);
    if (row.side == Side::kClient) {
      Between(absl::StrCat(begin, label, fault, rest, "▶"), inner_, "├", "│");
    } else {
      Between(absl::StrCat("◀", fault, rest, label, begin), inner_, "│", "┤");
    }
  }

  // ├╌╌ AS-REQ · 196 bytes ╌╌▷ KDC of EXAMPLE.TEST
  // The other side's lifeline is not reached.
  void DrawKdc(const LadderRow& row) {
    const bool asks = row.kind == Kind::kKdcRequest;
    const std::string size =
        row.value.empty() ? "" : absl::StrCat(" · ", row.value);
    const std::string name = row.tone == Tone::kPlain
                                 ? Bold(style_, row.text)
                                 : Coloured(style_, row.tone, row.text);
    const size_t label = Columns(row.text) + Columns(size) + 2;
    constexpr size_t kBegin = 2;
    const size_t around = kBegin + label + 2 + Columns(row.note);
    const size_t length = inner_ * 2 / 3;
    const std::string begin = Repeat("╌", kBegin);
    const std::string rest = Repeat("╌", length > around ? length - around : 1);
    const size_t used = around + Columns(rest);
    const std::string kdc = Faint(style_, row.note);
    if (row.side == Side::kClient) {
      const std::string line =
          absl::StrCat(asks ? "" : "◁", begin, " ", name, size, " ", rest,
                       asks ? "▷ " : " ", kdc);
      Between(line, used, asks ? "├" : "│", "│");
    } else {
      const std::string line =
          absl::StrCat(kdc, asks ? " ◁" : " ", rest, " ", name, size, " ",
                       begin, asks ? "" : "▷");
      Between(absl::StrCat(std::string(inner_ > used ? inner_ - used : 0, ' '),
                           line),
              inner_, "│", asks ? "┤" : "│");
    }
  }

  void DrawField(const LadderRow& row) {
    const size_t before = kFieldIndent + kDepthColumns * row.depth;
    const size_t indent = before + kLabelColumns;
    bool first = true;
    for (const std::string& line : WrapWords(row.value, inner_ - indent - 2)) {
      const std::string label = PadRight(first ? row.text : "", kLabelColumns);
      Between(absl::StrCat(std::string(before, ' '), Faint(style_, label),
                           Coloured(style_, row.tone, line)),
              before + Columns(label) + Columns(line));
      first = false;
    }
  }

  const Ladder& ladder_;
  const TextStyle& style_;
  const size_t inner_;
  std::string text_;
};

}  // namespace

std::string Coloured(const TextStyle& style, Tone tone, std::string_view text) {
  return Sgr(style, kToneCodes[static_cast<size_t>(tone)], text);
}

std::string Faint(const TextStyle& style, std::string_view text) {
  return Sgr(style, "2", text);
}

std::string Bold(const TextStyle& style, std::string_view text) {
  return Sgr(style, "1", text);
}

std::string LadderToText(const Ladder& ladder, const TextStyle& style) {
  return Drawing(ladder, style).Draw();
}

}  // namespace sspilab::sim
