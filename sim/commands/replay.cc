// sspilab replay: runs a trace again and compares.

#include <algorithm>
#include <string>
#include <string_view>
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

// Where the first difference is, and what stands there.
std::string FirstDifference(std::string_view recorded, std::string_view now) {
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
    return Fit(absl::StrCat(from > 0 ? "…" : "",
                            text.substr(std::min(from, text.size()))),
               90);
  };
  return absl::StrCat(line + 1, ":", column + 1, ": the runs differ\n",
                      "  recorded  ", show(left), "\n  now       ", show(right),
                      "\n");
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
  trace->events = recorder.TakeEvents();
  const absl::StatusOr<std::string> now = TraceToJson(*trace);
  if (!now.ok()) {
    console.PrintError(now.status().message());
    return kExitBadInput;
  }
  if (*now != *recorded) {
    console.Print(absl::StrCat(file, ":", FirstDifference(*recorded, *now)));
    return kExitCheckFailed;
  }
  console.Print(absl::StrCat(
      file, ": the same run to the byte, ", trace->events.size(),
      " events, SHA-256 ",
      Sha256Hex(absl::MakeConstSpan(
          reinterpret_cast<const uint8_t*>(now->data()), now->size())),
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
        "event with what is recorded. Says where the first difference is, and "
        "ends with status 1, where there is one.",
    .examples =
        "sspilab run --seed 7 --trace seven.jsonl\n"
        "sspilab replay seven.jsonl",
    .options = {},
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim
