// sspilab explore: everything that an attacker in the middle can do.

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/commands/command.h"
#include "sim/commands/command_line.h"
#include "sim/commands/explore_page.h"
#include "sim/commands/package_argument.h"
#include "sim/commands/show.h"
#include "sim/commands/stopwatch.h"
#include "sim/coverage.h"
#include "sim/explore/explorer.h"
#include "sim/fault.h"
#include "sim/invariant.h"
#include "sim/render/text.h"
#include "sim/scenario.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

constexpr uint64_t kMaxDepth = 64;
constexpr uint64_t kMaxThreads = 64;

// The command line that does the same to the reference exchange.
std::string RunLine(const Finding& finding) {
  std::string line = "sspilab run";
  for (const Fault& fault : finding.faults) {
    absl::StrAppend(&line, " --fault ", FaultToString(fault));
  }
  return line;
}

std::string FindingToText(const Finding& finding) {
  const std::string_view name = InvariantName(finding.invariant);
  std::string text =
      finding.known_weakness.empty()
          ? absl::StrCat("BROKEN ", name, ": ",
                         InvariantSentence(finding.invariant), "\n")
          : absl::StrCat("known, not ", name, ": ", finding.known_weakness,
                         "\n");
  absl::StrAppend(&text, "  ", finding.times,
                  " times; the fewest faults: ", finding.faults.size(), " in ",
                  finding.depth, " actions\n  ", RunLine(finding), "\n");
  return text;
}

int Run(const ParsedOptions& options, const Console& console) {
  if (options.arguments().empty()) {
    console.PrintError("explore which package? For example: NTLM");
    return kExitBadInput;
  }
  const absl::StatusOr<const Explorable*> explorable =
      FindPackageRow(Explorables(), options.arguments()[0], "explore");
  absl::Status status = explorable.status();
  const absl::StatusOr<uint64_t> depth =
      options.Number("depth", status.ok() ? (*explorable)->depth : 1);
  const absl::StatusOr<uint64_t> threads = options.Number("threads", 1);
  status.Update(depth.status());
  status.Update(threads.status());
  if (status.ok() && (*depth == 0 || *depth > kMaxDepth)) {
    status = absl::InvalidArgumentError(
        absl::StrCat("--depth is not from 1 to ", kMaxDepth));
  }
  if (status.ok() && (*threads == 0 || *threads > kMaxThreads)) {
    status = absl::InvalidArgumentError(
        absl::StrCat("--threads is not from 1 to ", kMaxThreads));
  }
  if (!status.ok()) {
    console.PrintError(status.message());
    return kExitBadInput;
  }

  Scenario scenario = ReferenceScenario((*explorable)->package);
  Coverage coverage((*explorable)->package);
  const Stopwatch stopwatch;
  const Exploration found = Explore(
      **explorable, scenario, static_cast<uint32_t>(*depth),
      InitSecurityInterfaceW(), &coverage,
      [&](const Exploration& so_far) {
        console.ShowProgress(absl::StrCat(so_far.states, " states, ",
                                          so_far.transitions, " transitions, ",
                                          "depth ", so_far.depth));
      },
      static_cast<int>(*threads));
  const double seconds = stopwatch.seconds();
  console.ShowProgress("");

  std::string text = absl::StrCat(
      found.states, " states, ", found.transitions, " transitions, depth ",
      found.depth,
      found.complete()
          ? ", nothing left\n"
          : absl::StrCat(", ", found.left, " states to go on from\n"),
      "  ", found.failed, " in which a side refused\n  ", found.both_done,
      " in which both are done\n  ", found.cut_off,
      " in which nothing is on its way any more\n", found.histories,
      " different histories of one side were run\n");
  for (const Finding& finding : found.findings) {
    absl::StrAppend(&text, FindingToText(finding));
  }
  if (found.ok()) {
    absl::StrAppend(&text, "Every invariant held.\n");
  }
  console.Print(text);

  if (const auto path = options.Get("trace");
      path.has_value() && !found.findings.empty()) {
    scenario.exchange.faults = found.findings.front().faults;
    const absl::StatusOr<std::string> trace =
        TraceToJson(RunAndRecord(scenario).trace);
    absl::Status written = trace.status();
    if (trace.ok()) {
      written = console.WriteFile(std::string(*path), *trace);
    }
    if (!written.ok()) {
      console.PrintError(written.message());
      return kExitBadInput;
    }
  }
  if (const auto path = options.Get("html")) {
    std::vector<std::string> run_lines;
    for (const Finding& finding : found.findings) {
      run_lines.push_back(RunLine(finding));
    }
    scenario.exchange.faults.clear();
    const absl::Status written = console.WriteFile(
        std::string(*path),
        ExplorationToHtml((*explorable)->package, scenario, found, coverage,
                          CommandLine("explore", options), run_lines));
    if (!written.ok()) {
      console.PrintError(written.message());
      return kExitBadInput;
    }
  }
  console.Print(absl::StrFormat(
      "figure explore.%s.states_per_second %.0f\n",
      absl::AsciiStrToLower(PackageName((*explorable)->package)),
      static_cast<double>(found.states) / seconds));
  return found.ok() ? kExitOk : kExitCheckFailed;
}

constexpr OptionSpec kOptions[] = {
    {"depth", "N",
     "How many actions of the attacker's at most; 4 unless told."},
    {"threads", "N", "As many at a time; 1 unless told. Changes nothing else."},
    {"trace", "FILE",
     "Write the first finding's run as JSON Lines, for sspilab replay."},
    {"html", "FILE",
     "Write what was found as a page for a browser, with a ladder for each "
     "finding."},
};

}  // namespace

constinit const Command kExploreCommand = {
    .name = "explore",
    .usage = "PACKAGE [--depth N] [--trace FILE] [--html FILE]",
    .summary = "try everything that an attacker in the middle can do",
    .description =
        "Tries, breadth first, every way in which somebody between the client "
        "and the server of the reference exchange can treat their tokens: let "
        "one pass, drop it, duplicate it, let another pass first, send it back "
        "to its sender, put that of an earlier session in its place or that of "
        "one in which the two machines had each other's role, cut it off at "
        "each field, flip bits in each field.\n"
        "A state is what each side was given, call by call, and what is on its "
        "way. In each, the invariants must hold: done on both sides means the "
        "same key, identity, flags and package, and no less protection than "
        "undisturbed; every status is legal; a failure is final and silent; "
        "nothing is leaked; there is always an end. What breaks one is printed "
        "as the command that does it again, with as few faults as possible.\n"
        "Some weaknesses are the protocol's own: they are told, and are no "
        "failure. Ends with status 1 when an invariant is broken.",
    .examples =
        "sspilab explore NTLM\n"
        "sspilab explore NTLM --depth 2\n"
        "sspilab explore NTLM --trace found.jsonl && sspilab replay "
        "found.jsonl",
    .options = kOptions,
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim
