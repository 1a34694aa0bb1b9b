// sspilab states: the machines of a package, as tables or as a graph.

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
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
#include "sim/package_coverage.h"
#include "sim/render/text.h"
#include "sim/transition_counts.h"

namespace sspilab::sim {
namespace {

using Row = MachineDescription::Row;

constexpr int kMaxThreads = 12;

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

// A line a row: how often each kind of run took it.
std::string CoverageToText(const PackageCoverage& covered,
                           const TextStyle& style) {
  constexpr size_t kCount = 13;
  const Coverage& total = covered.total;
  const auto counts = [&](const auto& of) {
    return absl::StrJoin(
        covered.sources, "",
        [&](std::string* out, const CoverageSource& source) {
          const std::string count = of(source);
          absl::StrAppend(
              out, std::string(kCount - std::min(kCount, count.size()), ' '),
              count);
        });
  };
  std::string text = absl::StrCat(
      Faint(style, counts([](const auto& s) { return std::string(s.name); })),
      "\n");
  size_t explained = 0;
  for (size_t i = 0; i < total.machines().size(); ++i) {
    const MachineDescription& machine = *total.machines()[i];
    absl::StrAppend(&text, Bold(style, machine.name), "\n");
    for (size_t j = 0; j < machine.rows.size(); ++j) {
      const Row& row = machine.rows[j];
      const std::string line = absl::StrCat(
          counts([&](const auto& s) {
            return absl::StrCat(s.coverage.taken(i, j));
          }),
          "  ", machine.states[row.from], " - ", machine.events[row.event],
          " -> ", machine.states[row.to], "  ", StatusText(row));
      const TransitionVerdict verdict = JudgeTransition(total, i, j);
      if (verdict.taken) {
        absl::StrAppend(&text, line, "\n");
      } else if (verdict.ok()) {
        ++explained;
        absl::StrAppend(&text, Faint(style, line), "\n",
                        std::string(kCount * covered.sources.size() + 2, ' '),
                        "not taken: ", verdict.excuse, "\n");
      } else {
        absl::StrAppend(
            &text, Coloured(style, Tone::kBad, line + "  NEVER TAKEN"), "\n");
      }
    }
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, "Counted: ");
  absl::StrAppend(
      &text,
      absl::StrJoin(covered.sources, "; ", [](std::string* out, const auto& s) {
        absl::StrAppend(out, s.name, ", ", s.what);
      }));
  absl::StrAppend(
      &text, ".\n", explained,
      " transitions cannot be taken by these; the reasons are ", "above.\n",
      total.refused(),
      " calls were made that their state does not allow, and refused; ",
      total.undeclared(), " transitions were in no table.\n",
      "figure transitions.taken ", total.rows_taken(),
      "\nfigure transitions.declared ", total.declared(), "\n");
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
    TransitionCountsBySource counted_elsewhere;
    for (const std::string_view file : options.All("taken")) {
      const absl::StatusOr<std::string> text =
          console.ReadFile(std::string(file));
      const absl::Status parsed =
          text.ok() ? ParseTransitionCounts(*text, file, &counted_elsewhere)
                    : text.status();
      if (!parsed.ok()) {
        console.PrintError(parsed.message());
        return kExitBadInput;
      }
    }
    const int threads = std::clamp<int>(
        static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
    const PackageCoverage covered =
        CoverPackage(*package, InitSecurityInterfaceW(), threads,
                     counted_elsewhere, [&](std::string_view source) {
                       console.ShowProgress(absl::StrCat(PackageName(*package),
                                                         ": ", source, "..."));
                     });
    console.ShowProgress("");
    if (covered.sources.empty()) {
      console.PrintError(absl::StrCat("nothing runs ", PackageName(*package),
                                      " by itself yet: no coverage to show"));
      return kExitBadInput;
    }
    console.Print(CoverageToText(covered, console.style()));
    return IsComplete(covered.total) ? kExitOk : kExitCheckFailed;
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
    {"taken", "FILE",
     "With --coverage: columns of what other programs counted, the tests and "
     "the fuzz corpora above all.",
     true},
};

}  // namespace

constinit const Command kStatesCommand = {
    .name = "states",
    .usage = "PACKAGE [--dot | --coverage [--taken FILE]]",
    .summary = "the state machines of a package",
    .description =
        "Prints the transition tables that the machines run on: in which "
        "state which event leads to which state and status. What is not in "
        "the table does not happen.\n"
        "With --coverage, runs what runs by itself and counts: in columns, the "
        "scenarios, a swarm and an exploration. Ends with status 1 when a "
        "transition was "
        "never taken, though nothing is in its way, or one that no table has "
        "was. tests/run --transitions FILE writes what the tests and the fuzz "
        "corpora take.",
    .examples =
        "sspilab states NTLM\n"
        "sspilab states NTLM --coverage\n"
        "sspilab states NTLM --coverage --taken transitions.tsv\n"
        "sspilab states NTLM --dot | dot -Tsvg > ntlm.svg",
    .options = kOptions,
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim
