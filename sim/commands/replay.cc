// sspilab replay: runs a trace again and compares.

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/sspi.h"
#include "sim/commands/command.h"
#include "sim/digest.h"
#include "sim/render/text.h"
#include "sim/run_scenario.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

// What an event is, for people.
struct EventName {
  std::string operator()(const TraceCall& call) const {
    return absl::StrCat("the ", NameOf(call.side), "'s call of ",
                        call.function);
  }
  std::string operator()(const TraceWire& wire) const {
    constexpr std::string_view kWhat[] = {"sending", "fault to", "receiving of",
                                          "closing"};
    return absl::StrCat(
        kWhat[static_cast<size_t>(wire.what)], " ",
        wire.leg == 0 ? "" : absl::StrCat("message ", wire.leg, " "),
        kDirectionNames[static_cast<size_t>(wire.direction)]);
  }
  std::string operator()(const TraceTransition& transition) const {
    return absl::StrCat("a transition of the ", NameOf(transition.side),
                        "'s machine ", transition.machine);
  }
  std::string operator()(const TraceInner& inner) const {
    return absl::StrCat("a message that the ", NameOf(inner.side), " encrypts");
  }
  std::string operator()(const TraceKdc& kdc) const {
    return absl::StrCat(kdc.what == TraceKdc::What::kRequest
                            ? "a request to the KDC of "
                            : "an answer of the KDC of ",
                        kdc.realm);
  }
  std::string operator()(const TraceKeyLog& keys) const {
    return absl::StrCat("the ", NameOf(keys.side), "'s key log");
  }
  std::string operator()(const TraceEnd& end) const {
    return absl::StrCat("the ", NameOf(end.side), "'s end");
  }

  static std::string_view NameOf(Side side) {
    return kSideNames[static_cast<size_t>(side)];
  }
};

// The line behind the first, which is the header.
std::string_view EventsOf(std::string_view text) {
  const size_t end = text.find('\n');
  return end == std::string_view::npos ? "" : text.substr(end + 1);
}

// Where the first difference is, what stands there, and what event that is.
// Both are what stands behind a header.
std::string FirstDifference(std::string_view recorded, std::string_view now,
                            const std::vector<TraceEvent>& events) {
  const std::vector<std::string_view> a = absl::StrSplit(recorded, '\n');
  const std::vector<std::string_view> b = absl::StrSplit(now, '\n');
  size_t line = 0;
  while (line < a.size() && line < b.size() && a[line] == b[line]) {
    ++line;
  }
  const std::string_view left = line < a.size() ? a[line] : "";
  const std::string_view right = line < b.size() ? b[line] : "";
  const size_t column = static_cast<size_t>(
      std::mismatch(left.begin(), left.end(), right.begin(), right.end())
          .first -
      left.begin());
  const auto show = [&](std::string_view text) {
    constexpr size_t kBefore = 30;
    const size_t from = column > kBefore ? column - kBefore : 0;
    return text.empty()
               ? std::string("(nothing more)")
               : Fit(absl::StrCat(from > 0 ? "…" : "",
                                  text.substr(std::min(from, text.size()))),
                     90);
  };
  const std::string event = line < events.size()
                                ? std::visit(EventName(), events[line])
                                : "the end of the recorded run";
  constexpr size_t kHeaderLines = 1;
  return absl::StrCat(line + 1 + kHeaderLines, ":", column + 1,
                      ": the runs differ in ", event, "\n  recorded  ",
                      show(left), "\n  now       ", show(right), "\n");
}

int Run(const ParsedOptions& options, const Console& console) {
  if (options.arguments().empty()) {
    console.PrintError("replay what? Give the file of a trace");
    return kExitBadInput;
  }
  const std::string file(options.arguments()[0]);
  const absl::StatusOr<std::string> recorded = console.ReadFile(file);
  if (!recorded.ok()) {
    console.PrintError(recorded.status().message());
    return kExitBadInput;
  }
  absl::StatusOr<Trace> trace = TraceFromJson(*recorded, file);
  if (!trace.ok()) {
    console.PrintError(trace.status().message());
    return kExitBadInput;
  }
  Recorder recorder;
  RunScenario(trace->scenario, InitSecurityInterfaceW(), &recorder);
  const Trace again = {trace->scenario, recorder.TakeEvents()};
  const absl::StatusOr<std::string> now = TraceToJson(again);
  if (!now.ok()) {
    console.PrintError(now.status().message());
    return kExitBadInput;
  }
  // The header is not compared: what a later version adds to a scenario has its
  // default here, and only what happens tells whether that is the same.
  if (EventsOf(*now) != EventsOf(*recorded)) {
    console.Print(absl::StrCat(
        file, ":",
        FirstDifference(EventsOf(*recorded), EventsOf(*now), trace->events)));
    return kExitCheckFailed;
  }
  const std::string_view events = EventsOf(*now);
  console.Print(absl::StrCat(
      file, ": the same run to the byte, ", again.events.size(),
      " events, SHA-256 ",
      Sha256Hex(absl::MakeConstSpan(
          reinterpret_cast<const uint8_t*>(events.data()), events.size())),
      "\n"));
  return kExitOk;
}

}  // namespace

constinit const Command kReplayCommand = {
    .name = "replay",
    .usage = "FILE",
    .summary = "run a trace again and compare every byte",
    .description =
        "Runs what the first line of the trace describes, and compares every "
        "byte of every event with what is recorded. Says in which event the "
        "first difference is, where in the file, and what stands there, and "
        "ends with status 1, where there is one: then the code has changed, or "
        "the file.",
    .examples =
        "sspilab run --seed 7 --trace seven.jsonl\n"
        "sspilab replay seven.jsonl",
    .options = {},
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim
