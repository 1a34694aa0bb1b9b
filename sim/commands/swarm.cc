// sspilab swarm: random sessions from seeds.

#include "sim/swarm/swarm.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/commands/command.h"
#include "sim/commands/command_line.h"
#include "sim/commands/package_argument.h"
#include "sim/commands/stopwatch.h"
#include "sim/commands/swarm_page.h"
#include "sim/invariant.h"
#include "sim/party_view.h"
#include "sim/swarm/random_scenario.h"

namespace sspilab::sim {
namespace {

constexpr uint64_t kMaxThreads = 12;

struct Seeds {
  uint64_t first = 0;
  uint64_t last = 99'999;
};

// "A..B", or one seed.
absl::StatusOr<Seeds> ParseSeeds(std::string_view text) {
  const std::pair<std::string_view, std::string_view> ends =
      absl::StrSplit(text, absl::MaxSplits("..", 1));
  Seeds seeds;
  const bool one = text.find("..") == std::string_view::npos;
  if (!absl::SimpleAtoi(ends.first, &seeds.first) ||
      !absl::SimpleAtoi(one ? ends.first : ends.second, &seeds.last) ||
      seeds.last < seeds.first || seeds.last - seeds.first == UINT64_MAX) {
    return absl::InvalidArgumentError(
        absl::StrCat("--seeds '", text,
                     "' is neither a number nor A..B with A up to B, for "
                     "example 0..99999"));
  }
  return seeds;
}

absl::StatusOr<std::vector<const SwarmPackage*>> ParsePackages(
    const ParsedOptions& options) {
  std::vector<const SwarmPackage*> packages;
  if (const auto names = options.Get("packages"); names.has_value()) {
    for (const std::string_view name : absl::StrSplit(*names, ',')) {
      const absl::StatusOr<const SwarmPackage*> package =
          FindPackageRow(SwarmPackages(), name, "make up sessions of");
      if (!package.ok()) {
        return package.status();
      }
      packages.push_back(*package);
    }
    return packages;
  }
  for (const SwarmPackage& package : SwarmPackages()) {
    packages.push_back(&package);
  }
  return packages;
}

// The command that runs a failure alone.
std::string FailureLine(const SwarmFailure& failure) {
  return absl::StrCat("sspilab swarm --seeds ", failure.seed);
}

// The failures, each with the command that runs it alone.
std::string ResultToText(const SwarmPackage& package,
                         const SwarmResult& result) {
  std::string text =
      absl::StrCat(PackageName(package.package), ": ", result.sessions,
                   " sessions, ", result.authenticated,
                   " authenticated on both sides\n  the server's endings:");
  for (size_t i = 0; i < result.endings.size(); ++i) {
    if (result.endings[i] > 0) {
      absl::StrAppend(&text, " ", kEndingNames[i], " ", result.endings[i], ",");
    }
  }
  text.back() = '\n';
  absl::StrAppend(&text, "  transitions: ", result.coverage.rows_taken(),
                  " of ", result.coverage.declared(), " taken, ",
                  result.coverage.refused(), " calls at the wrong time\n",
                  absl::StrFormat("  digest %016x\n", result.digest));
  for (const SwarmFailure& failure : result.failures) {
    absl::StrAppend(&text, "  seed ", failure.seed, " broke ",
                    InvariantName(failure.invariant), ": ",
                    FailureLine(failure), "\n");
  }
  if (result.failed > result.failures.size()) {
    absl::StrAppend(&text, "  ... ", result.failed, " failures in all\n");
  }
  return text;
}

int Run(const ParsedOptions& options, const Console& console) {
  absl::StatusOr<Seeds> seeds = Seeds();
  if (const auto text = options.Get("seeds"); text.has_value()) {
    seeds = ParseSeeds(*text);
  }
  const absl::StatusOr<std::vector<const SwarmPackage*>> packages =
      ParsePackages(options);
  const absl::StatusOr<uint64_t> threads = options.Number(
      "threads", std::clamp<uint64_t>(std::thread::hardware_concurrency(), 1,
                                      kMaxThreads));
  absl::Status status = seeds.status();
  status.Update(packages.status());
  status.Update(threads.status());
  if (status.ok() && (*threads == 0 || *threads > kMaxThreads)) {
    status = absl::InvalidArgumentError(
        absl::StrCat("--threads is not from 1 to ", kMaxThreads));
  }
  if (!status.ok()) {
    console.PrintError(status.message());
    return kExitBadInput;
  }

  SecurityFunctionTableW* table = InitSecurityInterfaceW();
  bool ok = true;
  std::string figures;
  std::vector<SwarmOnPage> pages;
  for (const SwarmPackage* package : *packages) {
    const Stopwatch stopwatch;
    const SwarmResult result = RunSwarm(
        *package, seeds->first, seeds->last, static_cast<int>(*threads), table,
        [&](uint64_t sessions) {
          console.ShowProgress(absl::StrCat(PackageName(package->package), ": ",
                                            sessions, " sessions"));
        });
    const double seconds = stopwatch.seconds();
    console.ShowProgress("");
    console.Print(ResultToText(*package, result));
    if (seeds->first == seeds->last) {
      console.Print(DescribeSession(*package, seeds->first, table));
    }
    ok = ok && result.failed == 0;
    SwarmOnPage& page =
        pages.emplace_back(SwarmOnPage{package->package, result, {}});
    for (const SwarmFailure& failure : result.failures) {
      page.failure_lines.push_back(FailureLine(failure));
    }
    absl::StrAppendFormat(&figures,
                          "figure swarm.%s.sessions_per_second %.0f\n",
                          absl::AsciiStrToLower(PackageName(package->package)),
                          static_cast<double>(result.sessions) / seconds);
  }
  if (const auto path = options.Get("html")) {
    const absl::Status written = console.WriteFile(
        std::string(*path), SwarmToHtml(pages, CommandLine("swarm", options)));
    if (!written.ok()) {
      console.PrintError(written.message());
      return kExitBadInput;
    }
  }
  console.Print(figures);
  return ok ? kExitOk : kExitCheckFailed;
}

constexpr OptionSpec kOptions[] = {
    {"seeds", "A..B",
     "The seeds, both ends included; 0..99999 unless told. A single one is "
     "told call by call."},
    {"packages", "NAME,...", "Only these packages."},
    {"threads", "N", "As many as there are cores, unless told."},
    {"html", "FILE", "Write what it came to as a page for a browser."},
};

}  // namespace

constinit const Command kSwarmCommand = {
    .name = "swarm",
    .usage = "[--seeds A..B] [--packages NAME,...] [--threads N] [--html FILE]",
    .summary = "run random sessions, a seed each",
    .description =
        "Makes up a session for each seed: Worlds and their policies, who logs "
        "on and whether rightly, what the callers ask for, what goes wrong on "
        "the wire, and calls that a caller with mistakes would make between "
        "the right ones. Each call and each session is judged by invariants; a "
        "failure is a seed.\n"
        "The digest is of every call, status and token. It does not depend on "
        "the number of threads. Ends with status 1 when an invariant is "
        "broken. The figure is for one core.",
    .examples =
        "sspilab swarm\n"
        "sspilab swarm --seeds 0..999999\n"
        "sspilab swarm --seeds 4711",
    .options = kOptions,
    .max_arguments = 0,
    .run = Run,
};

}  // namespace sspilab::sim
