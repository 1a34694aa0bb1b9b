// sspilab swarm: random sessions from seeds.

#include "sim/swarm/swarm.h"

#include <algorithm>
#include <optional>
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
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/swarm/parts.h"
#include "sim/swarm/random_scenario.h"
#include "sim/swarm/walk.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

constexpr uint64_t kMaxThreads = 12;

struct Seeds {
  uint64_t first = 0;
  uint64_t last = 0;

  bool is_one() const { return first == last; }
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
std::string FailureLine(const SwarmPackage& package,
                        const SwarmFailure& failure) {
  std::string line =
      absl::StrCat("sspilab swarm --packages ", PackageName(package.package),
                   " --seeds ", failure.seed);
  if (failure.without != Omissions()) {
    absl::StrAppendFormat(&line, " --without 0x%x", failure.without.mask());
  }
  return line;
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
  if (result.walks > 0) {
    absl::StrAppend(&text, "  walks: ", result.walks, ", with ",
                    result.connections, " connections, ", result.established,
                    " established at the end\n");
  }
  absl::StrAppend(&text, "  transitions: ", result.coverage.rows_taken(),
                  " of ", result.coverage.declared(), " taken, ",
                  result.coverage.refused(), " calls at the wrong time\n",
                  absl::StrFormat("  digest %016x\n", result.digest));
  for (const SwarmFailure& failure : result.failures) {
    absl::StrAppend(&text, "  seed ", failure.seed, " broke ",
                    InvariantName(failure.invariant), ": ",
                    FailureLine(package, failure), "\n");
  }
  if (result.failed > result.failures.size()) {
    absl::StrAppend(&text, "  ... ", result.failed, " failures in all\n");
  }
  return text;
}

// The session as a trace: as much of it as a Scenario says.
absl::Status WriteTrace(const Scenario& scenario, SecurityFunctionTableW* table,
                        std::string_view path, const Console& console) {
  Recorder recorder;
  RunScenario(scenario, table, &recorder);
  const absl::StatusOr<std::string> trace =
      TraceToJson({scenario, recorder.TakeEvents()});
  return trace.ok() ? console.WriteFile(std::string(path), *trace)
                    : trace.status();
}

// What was asked for.
struct Order {
  // Without them, each package's own number from 0 on.
  std::optional<Seeds> seeds;
  std::vector<const SwarmPackage*> packages;
  int threads = 1;
  Omissions without;
  std::optional<std::string_view> trace;
};

absl::StatusOr<Order> ReadOrder(const ParsedOptions& options) {
  Order order;
  absl::Status status;
  if (const auto text = options.Get("seeds"); text.has_value()) {
    const absl::StatusOr<Seeds> seeds = ParseSeeds(*text);
    status.Update(seeds.status());
    order.seeds = seeds.value_or(Seeds());
  }
  absl::StatusOr<std::vector<const SwarmPackage*>> packages =
      ParsePackages(options);
  status.Update(packages.status());
  const absl::StatusOr<uint64_t> threads = options.Number(
      "threads", std::clamp<uint64_t>(std::thread::hardware_concurrency(), 1,
                                      kMaxThreads));
  status.Update(threads.status());
  const absl::StatusOr<uint64_t> without = options.Number("without", 0);
  status.Update(without.status());
  order.trace = options.Get("trace");
  if (!status.ok()) {
    return status;
  }
  if (*threads == 0 || *threads > kMaxThreads) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads is not from 1 to ", kMaxThreads));
  }
  if (order.trace.has_value() &&
      (packages->size() != 1 || !order.seeds.has_value() ||
       !order.seeds->is_one())) {
    return absl::InvalidArgumentError(
        "--trace is of one session: give one seed (--seeds N) and one package "
        "(--packages NAME)");
  }
  if (order.trace.has_value() &&
      IsWalk(packages->front()->package, order.seeds->first)) {
    return absl::InvalidArgumentError(
        absl::StrCat("seed ", order.seeds->first,
                     " is a walk, not an exchange between two callers: there "
                     "is no trace of it"));
  }
  order.packages = *std::move(packages);
  order.threads = static_cast<int>(*threads);
  order.without = Omissions(*without);
  return order;
}

int Run(const ParsedOptions& options, const Console& console) {
  const absl::StatusOr<Order> order = ReadOrder(options);
  if (!order.ok()) {
    console.PrintError(order.status().message());
    return kExitBadInput;
  }
  SecurityFunctionTableW* table = InitSecurityInterfaceW();
  bool ok = true;
  std::string figures;
  std::vector<SwarmOnPage> pages;
  for (const SwarmPackage* package : order->packages) {
    const Seeds seeds = order->seeds.value_or(Seeds{0, package->sessions - 1});
    const int threads = seeds.is_one() ? 1 : order->threads;
    const std::string_view name = PackageName(package->package);
    const Stopwatch stopwatch;
    const SwarmResult result = RunSwarm(
        *package, seeds.first, seeds.last, threads, table, order->without,
        [&](uint64_t sessions) {
          console.ShowProgress(absl::StrCat(name, ": ", sessions, " sessions"));
        });
    const double seconds = stopwatch.seconds();
    console.ShowProgress("");
    console.Print(ResultToText(*package, result));
    ok = ok && result.failed == 0;
    SwarmOnPage& page =
        pages.emplace_back(SwarmOnPage{package->package, result, {}});
    for (const SwarmFailure& failure : result.failures) {
      page.failure_lines.push_back(FailureLine(*package, failure));
    }
    if (!seeds.is_one()) {
      absl::StrAppendFormat(
          &figures, "figure swarm.%s.sessions_per_second %.0f\n",
          absl::AsciiStrToLower(name),
          static_cast<double>(result.sessions) / (seconds * threads));
      continue;
    }
    console.Print(
        DescribeSession(*package, seeds.first, order->without, table));
    if (order->trace.has_value()) {
      const absl::Status written =
          WriteTrace(RandomScenario(*package, seeds.first, order->without),
                     table, *order->trace, console);
      if (!written.ok()) {
        console.PrintError(written.message());
        return kExitBadInput;
      }
    }
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
     "The seeds, both ends included, of each package. A single one is told "
     "call by call. Unless told, each package has so many from 0 on that it "
     "takes a few seconds."},
    {"packages", "NAME,...", "Only these packages."},
    {"threads", "N", "As many as there are cores, unless told."},
    {"without", "MASK",
     "Leave out parts of the sessions: 1 is the client's World, 2 the "
     "server's, 4 who logs on, 8 what the callers ask for, from 0x10 on the "
     "faults, 0x40 the realms, from 0x100 on a walk's connections, from "
     "0x100000 on the "
     "mischiefs. What is left out is as in the reference exchange."},
    {"trace", "FILE",
     "Write the one session for `sspilab replay`, without its mischiefs: those "
     "are in the seed alone."},
    {"html", "FILE", "Write what it came to as a page for a browser."},
};

}  // namespace

constinit const Command kSwarmCommand = {
    .name = "swarm",
    .usage = "[--seeds A..B] [--packages NAME,...] [--threads N] [--html FILE]",
    .summary = "run random sessions, a seed each",
    .description =
        "Makes up a session for each seed: Worlds and their policies, who logs "
        "on and whether rightly, realms, certificates, what the callers ask "
        "for, what "
        "goes wrong on the wire, and mischief: calls that a caller with "
        "mistakes would make between the right ones. Each call and each "
        "session is judged by invariants. A failure is a seed, and the command "
        "that is printed for it leaves out what the failure does not need.\n"
        "The digest is of every call, status and token. It does not depend on "
        "the number of threads. Ends with status 1 when an invariant is "
        "broken. The figures are for one core.",
    .examples =
        "sspilab swarm\n"
        "sspilab swarm --packages NTLM --seeds 0..999999\n"
        "sspilab swarm --packages Schannel --seeds 4711 --trace 4711.jsonl",
    .options = kOptions,
    .max_arguments = 0,
    .run = Run,
};

}  // namespace sspilab::sim
