#include "sim/render/report_text.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/status.h"
#include "sim/caller.h"
#include "sim/render/ladder.h"
#include "sim/render/report.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

constexpr size_t kLabelColumns = 15;
constexpr size_t kIndent = 2;

// A label, and a value for each side.
class Table {
 public:
  explicit Table(const TextStyle& style)
      : style_(style),
        cell_((style.columns - kIndent - kLabelColumns - kGap) / 2) {
    Row("", "client", "server", Tone::kPlain, Tone::kPlain);
  }

  void Row(std::string_view label, std::string_view client,
           std::string_view server, Tone client_tone = Tone::kPlain,
           Tone server_tone = Tone::kPlain) {
    const std::vector<std::string> left = WrapWords(client, cell_);
    const std::vector<std::string> right = WrapWords(server, cell_);
    for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      const std::string l = i < left.size() ? left[i] : "";
      const std::string r = i < right.size() ? right[i] : "";
      const std::string gap(cell_ - std::min(cell_, Columns(l)) + kGap, ' ');
      absl::StrAppend(
          &text_, std::string(kIndent, ' '),
          Faint(style_, PadRight(i == 0 ? label : "", kLabelColumns)),
          Coloured(style_, client_tone, l), r.empty() ? "" : gap,
          Coloured(style_, server_tone, r), "\n");
    }
  }

  std::string TakeText() { return std::move(text_); }

 private:
  static constexpr size_t kGap = 2;

  const TextStyle& style_;
  const size_t cell_;
  std::string text_;
};

// The line "  LABEL  VALUE" of a message.
std::string Line(const TextStyle& style, std::string_view label,
                 std::string_view value, Tone tone) {
  return absl::StrCat(
      std::string(kIndent, ' '), Faint(style, PadRight(label, kLabelColumns)),
      Coloured(style, tone,
               Fit(value, style.columns - kIndent - kLabelColumns)),
      "\n");
}

}  // namespace

std::string ViewsToText(const Outcome& outcome, const TextStyle& style) {
  Table table(style);
  for (const ReportRow& row : PartyRows(outcome)) {
    table.Row(row.label, row.client, row.server, row.client_tone,
              row.server_tone);
  }
  return table.TakeText();
}

std::string ProtectedMessagesToText(const Trace& trace,
                                    const TextStyle& style) {
  std::string text;
  for (const ProtectedCall& call : ProtectedCalls(trace)) {
    const bool protects =
        call.function == "EncryptMessage" || call.function == "MakeSignature";
    absl::StrAppend(
        &text, protects && !text.empty() ? "\n" : "",
        kSideNames[static_cast<size_t>(call.side)], ": ", call.function, " → ",
        Coloured(style, ToneOf(call.status), StatusName(call.status)), "\n");
    for (const ProtectedCall::Line& line : call.lines) {
      absl::StrAppend(&text, Line(style, line.label, line.value, line.tone));
    }
  }
  return text;
}

std::string VerdictToText(const Outcome& outcome, const TextStyle& style) {
  std::string text;
  for (const std::string& line : WrapWords(Verdict(outcome), style.columns)) {
    absl::StrAppend(
        &text, text.empty() ? "" : "\n",
        Coloured(style, outcome.ok ? Tone::kGood : Tone::kBad, line));
  }
  return text;
}

}  // namespace sspilab::sim
