// sspilab states: the machines of a package, as tables or as a graph.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/machine.h"
#include "core/machines.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/commands/command.h"
#include "sim/coverage.h"
#include "sim/explore/explorer.h"
#include "sim/render/text.h"
#include "sim/scenario.h"
#include "sim/swarm/random_scenario.h"
#include "sim/swarm/swarm.h"

namespace sspilab::sim {
namespace {

using Row = MachineDescription::Row;

// The packages that have machines.
std::vector<Package> Packages() {
  std::vector<Package> packages;
  for (int i = 0; i < kPackageCount; ++i) {
    const auto package = static_cast<Package>(i);
    if (!MachinesOf(package).empty()) {
      packages.push_back(package);
    }
  }
  return packages;
}

// What a row's status is called.
std::string StatusText(const Row& row) {
  return row.status == kStatusFromInside ? "the mechanism's"
                                         : StatusName(row.status);
}

// A state that no row leads from or to is only a name in the enumeration.
bool IsUsed(const MachineDescription& machine, size_t state) {
  return std::any_of(
      machine.rows.begin(), machine.rows.end(),
      [&](const Row& row) { return row.from == state || row.to == state; });
}

// The aligned table of one machine, its states in order; a state is named in
// its first row only.
std::string Table(const MachineDescription& machine, const TextStyle& style) {
  size_t states = Columns("state");
  for (const std::string_view state : machine.states) {
    states = std::max(states, Columns(state));
  }
  size_t events = Columns("event");
  for (const std::string_view event : machine.events) {
    events = std::max(events, Columns(event));
  }
  const auto line = [&](std::string_view from, std::string_view event,
                        std::string_view to, const std::string& status) {
    return absl::StrCat("  ", PadRight(from, states), "  ",
                        PadRight(event, events), "  ", PadRight(to, states),
                        "  ", status, "\n");
  };
  std::string text = absl::StrCat(
      Bold(style, machine.name), "\n",
      Faint(style, line("state", "event", "next state", "status")));
  for (size_t state = 0; state < machine.states.size(); ++state) {
    std::string_view name = machine.states[state];
    for (const Row& row : machine.rows) {
      if (row.from != state) {
        continue;
      }
      absl::StrAppend(
          &text, line(name, machine.events[row.event], machine.states[row.to],
                      Coloured(style, ToneOf(row.status), StatusText(row))));
      name = "";
    }
  }
  return text;
}

// Graphviz: a cluster for the machine, an edge for every pair of states, and on
// it the events that lead that way.
std::string Cluster(const MachineDescription& machine, size_t number) {
  const auto id = [&](size_t state) {
    return absl::StrCat("m", number, "_", state);
  };
  std::string text = absl::StrCat("  subgraph cluster_", number,
                                  " {\n    label=\"", machine.name, "\";\n");
  for (size_t state = 0; state < machine.states.size(); ++state) {
    if (!IsUsed(machine, state)) {
      continue;
    }
    absl::StrAppend(&text, "    ", id(state), " [label=\"",
                    machine.states[state], "\"];\n");
  }
  for (size_t from = 0; from < machine.states.size(); ++from) {
    for (size_t to = 0; to < machine.states.size(); ++to) {
      std::vector<std::string> labels;
      for (const Row& row : machine.rows) {
        if (row.from == from && row.to == to) {
          labels.push_back(
              absl::StrCat(machine.events[row.event], " / ", StatusText(row)));
        }
      }
      if (!labels.empty()) {
        absl::StrAppend(&text, "    ", id(from), " -> ", id(to), " [label=\"",
                        absl::StrJoin(labels, "\\n"), "\"];\n");
      }
    }
  }
  return absl::StrCat(text, "  }\n");
}

std::string Graph(absl::Span<const MachineDescription* const> machines) {
  std::string text =
      "digraph machines {\n"
      "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=10];\n";
  for (size_t i = 0; i < machines.size(); ++i) {
    absl::StrAppend(&text, Cluster(*machines[i], i));
  }
  return absl::StrCat(text, "}\n");
}

// What coverage is measured over. Large enough that each row is taken many
// times, small enough to wait for.
constexpr uint64_t kCoverageSeeds = 20'000;
constexpr uint32_t kCoverageDepth = 2;

// Everything of this package that runs by itself.
Coverage Cover(Package package, std::string* sources) {
  Coverage coverage(package);
  SecurityFunctionTableW* table = InitSecurityInterfaceW();
  for (const SwarmPackage& row : SwarmPackages()) {
    if (row.package == package) {
      coverage.Add(RunSwarm(row, 0, kCoverageSeeds - 1, 1, table).coverage);
      absl::StrAppend(sources, "the swarm of seeds 0..", kCoverageSeeds - 1);
    }
  }
  for (const Explorable& row : Explorables()) {
    if (row.package == package) {
      Explore(row, ReferenceScenario(package), kCoverageDepth, table,
              &coverage);
      absl::StrAppend(sources, sources->empty() ? "" : ", ",
                      "the exploration to depth ", kCoverageDepth);
    }
  }
  return coverage;
}

std::string CoverageToText(const Coverage& coverage, std::string_view sources,
                           const TextStyle& style) {
  constexpr size_t kCount = 10;
  std::string text;
  for (size_t i = 0; i < coverage.machines().size(); ++i) {
    const MachineDescription& machine = *coverage.machines()[i];
    absl::StrAppend(&text, Bold(style, machine.name), "\n");
    for (size_t j = 0; j < machine.rows.size(); ++j) {
      const Row& row = machine.rows[j];
      const std::string count = absl::StrCat(coverage.taken(i, j));
      const std::string line = absl::StrCat(
          "  ", std::string(kCount - std::min(kCount, count.size()), ' '),
          count, "  ", machine.states[row.from], " - ",
          machine.events[row.event], " -> ", machine.states[row.to], "  ",
          StatusName(row.status));
      absl::StrAppend(&text,
                      coverage.taken(i, j) > 0
                          ? line
                          : Coloured(style, Tone::kBad, line + "  NEVER TAKEN"),
                      "\n");
    }
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(
      &text, "Taken by ", sources,
      ". What tests and fuzz corpora take beyond that is not seen here.\n",
      coverage.refused(),
      " calls were made that their state does not allow, and refused; ",
      coverage.undeclared(), " transitions were in no table\n",
      "figure transitions.taken ", coverage.rows_taken(),
      "\nfigure transitions.declared ", coverage.declared(), "\n");
  return text;
}

int Run(const ParsedOptions& options, const Console& console) {
  const std::vector<Package> packages = Packages();
  const std::string known =
      absl::StrJoin(packages, ", ", [](std::string* out, Package package) {
        absl::StrAppend(out, PackageName(package));
      });
  if (options.arguments().empty()) {
    console.PrintError(absl::StrCat("states of which package? ", known));
    return kExitBadInput;
  }
  const std::string_view name = options.arguments()[0];
  const auto package = std::find_if(
      packages.begin(), packages.end(),
      [&](Package p) { return absl::EqualsIgnoreCase(PackageName(p), name); });
  if (package == packages.end()) {
    console.PrintError(absl::StrCat("no machines of package '", name,
                                    "'; there are those of ", known));
    return kExitBadInput;
  }
  const absl::Span<const MachineDescription* const> machines =
      MachinesOf(*package);
  if (options.Has("coverage")) {
    std::string sources;
    const Coverage coverage = Cover(*package, &sources);
    if (sources.empty()) {
      console.PrintError(absl::StrCat("nothing runs ", PackageName(*package),
                                      " by itself yet: no coverage to show"));
      return kExitBadInput;
    }
    console.Print(CoverageToText(coverage, sources, console.style()));
    return coverage.rows_taken() == coverage.declared() &&
                   coverage.undeclared() == 0
               ? kExitOk
               : kExitCheckFailed;
  }
  if (options.Has("dot")) {
    console.Print(Graph(machines));
    return kExitOk;
  }
  std::string text;
  for (const MachineDescription* machine : machines) {
    absl::StrAppend(&text, text.empty() ? "" : "\n",
                    Table(*machine, console.style()));
  }
  console.Print(text);
  return kExitOk;
}

constexpr OptionSpec kOptions[] = {
    {"dot", "", "As a graph for Graphviz instead of a table."},
    {"coverage", "",
     "Run everything that runs by itself, and say how often each transition "
     "was taken."},
};

}  // namespace

constinit const Command kStatesCommand = {
    .name = "states",
    .usage = "PACKAGE [--dot | --coverage]",
    .summary = "the state machines of a package",
    .description =
        "Prints the transition tables that the machines run on: in which "
        "state which event leads to which state and status. What is not in "
        "the table does not happen.\n"
        "With --coverage, runs a swarm and an exploration and counts. Ends "
        "with status 1 when a transition was never taken, or one that no table "
        "has was.",
    .examples =
        "sspilab states NTLM\n"
        "sspilab states NTLM --coverage\n"
        "sspilab states NTLM --dot | dot -Tsvg > ntlm.svg",
    .options = kOptions,
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim
