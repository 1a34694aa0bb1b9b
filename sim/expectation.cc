#include "sim/expectation.h"

#include <algorithm>
#include <set>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "core/status.h"
#include "core/wire/utf.h"
#include "sim/context_flags.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

// A call of the trace, and its number there.
struct NumberedCall {
  const TraceCall* call;
  size_t number;
};

std::string_view BareName(std::string_view function) {
  absl::ConsumeSuffix(&function, "W");
  return function;
}

// All calls, or those of one function that `side` makes.
std::vector<NumberedCall> CallsOf(const Trace& trace,
                                  std::optional<Side> side = std::nullopt,
                                  std::string_view function = "") {
  std::vector<NumberedCall> calls;
  size_t number = 0;
  for (const TraceEvent& event : trace.events) {
    if (const auto* call = std::get_if<TraceCall>(&event)) {
      ++number;
      if (!side.has_value() ||
          (call->side == *side && BareName(call->function) == function)) {
        calls.push_back({call, number});
      }
    }
  }
  return calls;
}

std::string_view LegFunction(Side side) {
  return CallName(side == Side::kClient ? Call::kInitializeSecurityContext
                                        : Call::kAcceptSecurityContext);
}

std::string_view SideName(Side side) {
  return kSideNames[static_cast<size_t>(side)];
}

std::string_view EndingName(Ending ending) {
  return kEndingNames[static_cast<size_t>(ending)];
}

std::string EndingText(const PartyView& view) {
  return view.ending == Ending::kCallFailed
             ? absl::StrCat(EndingName(view.ending), ": ", view.call, " said ",
                            StatusName(view.status))
             : std::string(EndingName(view.ending));
}

// Takes the differences down, one aspect of a run after the other.
class Comparison {
 public:
  Comparison(const Trace& trace, const Outcome& outcome)
      : trace_(trace), outcome_(outcome) {}

  void Sides(const Expectation& expectation);
  void Whole(const Expectation& expectation);
  void Rules(const std::vector<Placed<std::string>>& expected);
  void OneCall(const ExpectedCall& expected);

  std::vector<Difference> Take() { return std::move(differences_); }

  void Add(uint32_t line, std::string where, std::string expected,
           std::string got) {
    differences_.push_back(
        {line, std::move(where), std::move(expected), std::move(got)});
  }

 private:
  void Legs(Side side, const ExpectedSide& expected);

  const Trace& trace_;
  const Outcome& outcome_;
  std::vector<Difference> differences_;
};

void Comparison::Legs(Side side, const ExpectedSide& expected) {
  if (!expected.legs.has_value()) {
    return;
  }
  const std::vector<NumberedCall> legs =
      CallsOf(trace_, side, LegFunction(side));
  for (size_t i = 0; i < std::max(legs.size(), expected.legs->size()); ++i) {
    const bool wanted = i < expected.legs->size();
    const bool made = i < legs.size();
    if (wanted && made && (*expected.legs)[i].value == legs[i].call->status) {
      continue;
    }
    Add(wanted ? (*expected.legs)[i].line : expected.line,
        absl::StrCat(SideName(side), ", leg ", i + 1,
                     made ? absl::StrCat(" (call ", legs[i].number, ")") : ""),
        wanted ? StatusName((*expected.legs)[i].value) : "no such leg",
        made ? StatusName(legs[i].call->status) : "no such leg");
  }
}

void Comparison::Sides(const Expectation& expectation) {
  for (const Side side : {Side::kClient, Side::kServer}) {
    const ExpectedSide& expected = expectation.sides[static_cast<size_t>(side)];
    const PartyView& view =
        side == Side::kClient ? outcome_.client : outcome_.server;
    Legs(side, expected);
    if (expected.ends.has_value() && expected.ends->value != view.ending) {
      Add(expected.ends->line, absl::StrCat(SideName(side), "'s ending"),
          std::string(EndingName(expected.ends->value)), EndingText(view));
    }
  }
}

void Comparison::Whole(const Expectation& expectation) {
  if (expectation.ok.has_value() && expectation.ok->value != outcome_.ok) {
    Add(expectation.ok->line, "all in all",
        expectation.ok->value ? "both sides authenticated, with one key and "
                                "each other's message"
                              : "not both sides content",
        outcome_.ok ? "both are content"
                    : absl::StrCat("client: ", EndingText(outcome_.client),
                                   "; server: ", EndingText(outcome_.server)));
  }
  const auto key_text = [](bool same) {
    return same ? "both sides have the same" : "not the same on both sides";
  };
  if (expectation.same_key.has_value() &&
      expectation.same_key->value != outcome_.same_key) {
    Add(expectation.same_key->line, "the session key",
        key_text(expectation.same_key->value), key_text(outcome_.same_key));
  }
  if (expectation.identity.has_value() &&
      expectation.identity->value != outcome_.server.identity) {
    Add(expectation.identity->line, "the client's identity",
        wire::Utf16ToUtf8Lossy(expectation.identity->value),
        outcome_.server.identity.empty()
            ? "not told"
            : wire::Utf16ToUtf8Lossy(outcome_.server.identity));
  }
  const size_t calls = CallsOf(trace_).size();
  if (expectation.calls.has_value() && expectation.calls->value != calls) {
    Add(expectation.calls->line, "all calls",
        absl::StrCat(expectation.calls->value), absl::StrCat(calls));
  }
}

void Comparison::Rules(const std::vector<Placed<std::string>>& expected) {
  std::set<std::string_view> wanted;
  for (const Placed<std::string>& rule : expected) {
    wanted.insert(rule.value);
    if (std::none_of(outcome_.broken.begin(), outcome_.broken.end(),
                     [&](const RuleBroken& broken) {
                       return RuleOf(broken.rule).name == rule.value;
                     })) {
      Add(rule.line, absl::StrCat("rule ", rule.value), "broken", "kept");
    }
  }
  for (const RuleBroken& broken : outcome_.broken) {
    const Rule& rule = RuleOf(broken.rule);
    if (!wanted.contains(rule.name)) {
      Add(0, absl::StrCat("rule ", rule.name), "kept", ToString(broken));
    }
  }
}

void Comparison::OneCall(const ExpectedCall& expected) {
  const std::vector<NumberedCall> calls =
      CallsOf(trace_, expected.side, expected.function);
  std::string where = absl::StrCat(SideName(expected.side), ", ",
                                   expected.function, " ", expected.nth);
  if (calls.size() < expected.nth) {
    Add(expected.line, std::move(where), "the call",
        calls.empty() ? "it is never made"
                      : absl::StrCat("it is made ", calls.size(),
                                     calls.size() == 1 ? " time" : " times"));
    return;
  }
  const auto& [call, number] = calls[expected.nth - 1];
  absl::StrAppend(&where, " (call ", number, ")");
  if (expected.status.has_value() && expected.status->value != call->status) {
    Add(expected.status->line, where, StatusName(expected.status->value),
        StatusName(call->status));
  }
  const absl::Span<const ContextFlag> names = GrantedFlags(expected.side);
  if ((call->attributes & expected.has.value) != expected.has.value) {
    Add(expected.has.line, where,
        absl::StrCat("grants ", FlagsToText(names, expected.has.value)),
        FlagsToText(names, call->attributes));
  }
  if ((call->attributes & expected.lacks.value) != 0) {
    Add(expected.lacks.line, where,
        absl::StrCat("grants no ", FlagsToText(names, expected.lacks.value)),
        FlagsToText(names, call->attributes));
  }
}

}  // namespace

std::vector<Difference> Compare(const Expectation& expectation,
                                const Trace& trace, const Outcome& outcome) {
  Comparison comparison(trace, outcome);
  if (!outcome.impossible.empty()) {
    comparison.Add(0, "the scenario", "that it can be made",
                   outcome.impossible);
    return comparison.Take();
  }
  comparison.Sides(expectation);
  comparison.Whole(expectation);
  comparison.Rules(expectation.broken_rules);
  for (const ExpectedCall& call : expectation.call) {
    comparison.OneCall(call);
  }
  for (const DeviationSurprise& surprise : outcome.deviation_surprises) {
    const bool placed = surprise.deviation < expectation.deviation_lines.size();
    comparison.Add(placed ? expectation.deviation_lines[surprise.deviation] : 0,
                   surprise.where, surprise.expected, surprise.got);
  }
  return comparison.Take();
}

std::string DifferencesToText(absl::Span<const Difference> differences,
                              std::string_view file) {
  std::vector<std::string> places;
  size_t place_columns = 0;
  size_t where_columns = 0;
  for (const Difference& difference : differences) {
    places.push_back(difference.line == 0
                         ? std::string(file)
                         : absl::StrCat(file, ":", difference.line));
    place_columns = std::max(place_columns, Columns(places.back()));
    where_columns = std::max(where_columns, Columns(difference.where));
  }
  std::string text;
  for (size_t i = 0; i < differences.size(); ++i) {
    const Difference& difference = differences[i];
    absl::StrAppend(&text, "  ", PadRight(places[i], place_columns), "  ",
                    PadRight(difference.where, where_columns), "  expected ",
                    Printable(difference.expected), "\n",
                    std::string(place_columns + where_columns + 6, ' '),
                    "got      ", Printable(difference.got), "\n");
  }
  return text;
}

}  // namespace sspilab::sim
