// sspilab explore: everything that an attacker in the middle can do.

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/commands/command.h"
#include "sim/commands/command_line.h"
#include "sim/commands/explore_page.h"
#include "sim/commands/package_argument.h"
#include "sim/commands/show.h"
#include "sim/commands/stopwatch.h"
#include "sim/commands/tls_options.h"
#include "sim/coverage.h"
#include "sim/explore/explorable.h"
#include "sim/explore/explorer.h"
#include "sim/fault.h"
#include "sim/invariant.h"
#include "sim/scenario.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

constexpr uint64_t kMaxDepth = 64;
constexpr uint64_t kMaxThreads = 64;

// The command line that does the same to the same exchange.
std::string RunLine(Package package, const Scenario& scenario,
                    const ParsedOptions& options, const Finding& finding) {
  std::string line =
      absl::StrCat("sspilab run --package ", PackageName(package));
  if (const auto version = options.Get("tls"); version.has_value()) {
    absl::StrAppend(&line, " --tls ", *version);
  }
  const std::vector<std::string>& protocols =
      scenario.exchange.client.caller.tls.application_protocols;
  if (!protocols.empty()) {
    absl::StrAppend(&line, " --alpn ", absl::StrJoin(protocols, ","));
  }
  for (const Fault& fault : finding.faults) {
    absl::StrAppend(&line, " --fault ", FaultToString(fault));
  }
  return line;
}

std::string FindingToText(const Finding& finding, std::string_view run_line) {
  const std::string_view name = InvariantName(finding.invariant);
  std::string text =
      finding.known_weakness.empty()
          ? absl::StrCat("BROKEN ", name, ": ",
                         InvariantSentence(finding.invariant), "\n")
          : absl::StrCat("known, not ", name, ": ", finding.known_weakness,
                         "\n");
  absl::StrAppend(&text, "  ", finding.times, " times; at the least ",
                  finding.faults.size(), " of ", finding.depth,
                  finding.depth == 1 ? " message is" : " messages are",
                  " tampered with\n  ", run_line, "\n");
  if (!finding.on_the_wire) {
    absl::StrAppend(&text,
                    "  (nearly: there, a copy is as its original; here it was "
                    "not)\n");
  }
  return text;
}

std::string ExplorationToText(const Exploration& found) {
  std::string text = absl::StrCat(
      found.states, " states, ", found.transitions, " transitions, depth ",
      found.depth,
      found.complete()
          ? std::string(", nothing left\n")
          : absl::StrCat("; left are ", found.left,
                         " states from which more follows (--depth)\n"),
      "  ", found.failed, " in which a side refused\n  ", found.both_done,
      " in which both are done\n  ", found.cut_off,
      " in which nothing is on its way any more\n", found.histories,
      " different histories of one side were run\n");
  return text;
}

// Of the worst finding, since violations come first.
absl::Status WriteTrace(const std::string& path, Scenario scenario,
                        const Finding& finding, const Console& console) {
  scenario.exchange.faults = finding.faults;
  const absl::StatusOr<std::string> trace =
      TraceToJson(RunAndRecord(scenario).trace);
  return trace.ok() ? console.WriteFile(path, *trace) : trace.status();
}

// "--NAME N", up to `most`.
absl::StatusOr<uint64_t> NumberUpTo(const ParsedOptions& options,
                                    std::string_view name, uint64_t otherwise,
                                    uint64_t most) {
  absl::StatusOr<uint64_t> number = options.Number(name, otherwise);
  if (number.ok() && (*number == 0 || *number > most)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", name, " is not from 1 to ", most));
  }
  return number;
}

int Run(const ParsedOptions& options, const Console& console) {
  if (options.arguments().empty()) {
    console.PrintError("explore which package? For example: NTLM");
    return kExitBadInput;
  }
  const absl::StatusOr<const Explorable*> row =
      FindPackageRow(Explorables(), options.arguments()[0], "explore");
  if (!row.ok()) {
    console.PrintError(row.status().message());
    return kExitBadInput;
  }
  const Explorable& explorable = **row;
  Scenario scenario = ScenarioToExplore(explorable.package);
  const absl::StatusOr<uint64_t> depth =
      NumberUpTo(options, "depth", explorable.depth, kMaxDepth);
  const absl::StatusOr<uint64_t> threads =
      NumberUpTo(options, "threads", 1, kMaxThreads);
  absl::Status status = TakeTlsOptions(options, &scenario);
  status.Update(depth.status());
  status.Update(threads.status());
  if (!status.ok()) {
    console.PrintError(status.message());
    return kExitBadInput;
  }

  Coverage coverage(explorable.package);
  const Stopwatch stopwatch;
  double told = 0;
  const Exploration found = Explore(
      explorable, scenario, static_cast<uint32_t>(*depth),
      InitSecurityInterfaceW(), &coverage,
      [&](const Exploration& so_far) {
        constexpr double kEverySeconds = 0.25;
        if (stopwatch.seconds() < told + kEverySeconds) {
          return;
        }
        told = stopwatch.seconds();
        console.ShowProgress(absl::StrCat(so_far.states, " states, ",
                                          so_far.transitions, " transitions, ",
                                          "depth ", so_far.depth));
      },
      static_cast<int>(*threads));
  const double seconds = stopwatch.seconds();
  console.ShowProgress("");
  if (!found.impossible.empty()) {
    console.PrintError(found.impossible);
    return kExitBadInput;
  }

  console.Print(ExplorationToText(found));
  for (const Finding& finding : found.findings) {
    console.Print(FindingToText(
        finding, RunLine(explorable.package, scenario, options, finding)));
  }
  if (found.ok()) {
    console.Print("Every invariant held.\n");
  }
  if (const auto path = options.Get("trace");
      path.has_value() && !found.findings.empty()) {
    const absl::Status written = WriteTrace(std::string(*path), scenario,
                                            found.findings.front(), console);
    if (!written.ok()) {
      console.PrintError(written.message());
      return kExitBadInput;
    }
  }
  if (const auto path = options.Get("html")) {
    std::vector<std::string> run_lines;
    for (const Finding& finding : found.findings) {
      run_lines.push_back(
          RunLine(explorable.package, scenario, options, finding));
    }
    const absl::Status written = console.WriteFile(
        std::string(*path),
        ExplorationToHtml(explorable.package, scenario, found, coverage,
                          CommandLine("explore", options), run_lines));
    if (!written.ok()) {
      console.PrintError(written.message());
      return kExitBadInput;
    }
  }
  console.Print(
      absl::StrFormat("figure explore.%s.states_per_second %.0f\n",
                      absl::AsciiStrToLower(PackageName(explorable.package)),
                      static_cast<double>(found.states) / seconds));
  return found.ok() ? kExitOk : kExitCheckFailed;
}

constexpr OptionSpec kOptions[] = {
    {"depth", "N",
     "How many messages the attacker decides about at most. Default: enough "
     "for a session of the package."},
    kTlsOption,
    kAlpnOption,
    {"threads", "N",
     "Run as many calls at a time; changes nothing else. Default: 1."},
    {"trace", "FILE",
     "Write the first finding's run as JSON Lines, for sspilab replay."},
    {"html", "FILE",
     "Write what was found as a page for a browser, with a ladder for each "
     "finding."},
};

}  // namespace

constinit const Command kExploreCommand = {
    .name = "explore",
    .usage = "PACKAGE [OPTION...]",
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
        "sspilab explore Schannel --tls 1.2 --threads 2\n"
        "sspilab explore NTLM --trace found.jsonl && sspilab replay "
        "found.jsonl",
    .options = kOptions,
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim
