// sspilab statuses: every status of every call, and the scenario that causes
// it.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/machines.h"
#include "core/status.h"
#include "sim/commands/command.h"
#include "sim/commands/command_line.h"
#include "sim/commands/known_scenarios.h"
#include "sim/did_you_mean.h"
#include "sim/render/html_statuses.h"
#include "sim/render/text.h"
#include "sim/status_matrix.h"

namespace sspilab::sim {
namespace {

constexpr size_t kColumns = 120;

// A column of the matrix.
struct Column {
  Package package;
  // Narrow, so that there is room for the scenarios' names.
  std::string_view head;
};
constexpr Column kPackageColumns[] = {{Package::kNegotiate, "Nego"},
                                      {Package::kNtlm, "NTLM"},
                                      {Package::kSchannel, "Schan"},
                                      {Package::kCredSsp, "Cred"},
                                      {Package::kKerberos, "Kerb"}};
constexpr size_t kColumnWidth = 6;

struct Symbol {
  std::string_view sign;
  Tone tone;
  std::string_view meaning;
};

// By CellState.
constexpr Symbol kSymbols[] = {
    {" ", Tone::kPlain, ""},
    {"●", Tone::kGood, "a scenario causes it"},
    {"○", Tone::kPlain, "none does, for the reason behind"},
    {"✗", Tone::kBad, "none does"},
};

const Symbol& SymbolOf(CellState state) {
  return kSymbols[static_cast<size_t>(state)];
}

// The matrix, or the part of it that is about one package.
class Table {
 public:
  Table(const StatusMatrix& matrix, absl::Span<const NamedScenario> scenarios,
        std::optional<Package> only, const TextStyle& style)
      : matrix_(matrix), scenarios_(scenarios), style_(style) {
    for (const Column& column : kPackageColumns) {
      if (!only.has_value() || column.package == *only) {
        columns_.push_back(column);
      }
    }
    for (const StatusInfo& status : AllStatuses()) {
      names_ = std::max(names_, Columns(status.name));
    }
  }

  std::string Draw() const {
    std::string text = Legend();
    std::optional<Call> call;
    for (const StatusRow& row : matrix_.rows) {
      if (!IsShown(row)) {
        continue;
      }
      if (call != row.call) {
        absl::StrAppend(&text, "\n", Heading(row.call));
        call = row.call;
      }
      absl::StrAppend(&text, Line(row));
    }
    return text;
  }

 private:
  bool IsShown(const StatusRow& row) const {
    return std::any_of(
        columns_.begin(), columns_.end(), [&](const Column& column) {
          return row.cell(column.package).state != CellState::kNotLegal;
        });
  }

  std::string Legend() const {
    std::string text;
    for (const Symbol& symbol : kSymbols) {
      if (!symbol.meaning.empty()) {
        absl::StrAppend(&text, text.empty() ? "" : "   ",
                        Coloured(style_, symbol.tone, symbol.sign), " ",
                        Faint(style_, symbol.meaning));
      }
    }
    return absl::StrCat(text, "\n");
  }

  std::string Heading(Call call) const {
    std::string heads;
    for (const Column& column : columns_) {
      absl::StrAppend(&heads, PadRight(column.head, kColumnWidth));
    }
    return absl::StrCat(Bold(style_, PadRight(CallName(call), names_ + 4)),
                        Faint(style_, heads), "\n");
  }

  // The scenarios, then the reasons, each once.
  std::string Behind(const StatusRow& row) const {
    std::vector<std::string_view> parts;
    const auto add = [&](std::string_view part) {
      if (std::find(parts.begin(), parts.end(), part) == parts.end()) {
        parts.push_back(part);
      }
    };
    for (const Column& column : columns_) {
      const StatusCell& cell = row.cell(column.package);
      if (cell.state == CellState::kReached) {
        add(scenarios_[cell.scenario].name);
      }
    }
    for (const Column& column : columns_) {
      const StatusCell& cell = row.cell(column.package);
      if (cell.state == CellState::kExcused) {
        add(cell.reason);
      }
    }
    return absl::StrJoin(parts, "; ");
  }

  std::string Line(const StatusRow& row) const {
    std::string cells;
    for (const Column& column : columns_) {
      const Symbol& symbol = SymbolOf(row.cell(column.package).state);
      absl::StrAppend(&cells, Coloured(style_, symbol.tone, symbol.sign),
                      std::string(kColumnWidth - 1, ' '));
    }
    const size_t before = 2 + names_ + 2 + columns_.size() * kColumnWidth;
    std::string text =
        absl::StrCat("  ", PadRight(row.status->name, names_), "  ", cells);
    bool first = true;
    for (const std::string& line : WrapWords(Behind(row), kColumns - before)) {
      absl::StrAppend(&text, first ? "" : std::string(before, ' '),
                      Faint(style_, line), "\n");
      first = false;
    }
    return text;
  }

  const StatusMatrix& matrix_;
  const absl::Span<const NamedScenario> scenarios_;
  const TextStyle& style_;
  std::vector<Column> columns_;
  size_t names_ = 0;
};

// The problems of one package, or all.
std::vector<std::string_view> ProblemsOf(const StatusMatrix& matrix,
                                         std::optional<Package> only) {
  std::vector<std::string_view> texts;
  for (const StatusProblem& problem : matrix.problems) {
    if (!only.has_value() || !problem.package.has_value() ||
        problem.package == only) {
      texts.push_back(problem.text);
    }
  }
  return texts;
}

std::string ProblemsToText(absl::Span<const std::string_view> problems,
                           const TextStyle& style) {
  std::string text;
  for (const std::string_view problem : problems) {
    absl::StrAppend(&text, "  ", Coloured(style, Tone::kBad, "✗"), " ", problem,
                    "\n");
  }
  return absl::StrCat(
      "\n",
      Bold(style, problems.size() == 1
                      ? std::string("1 thing is wrong")
                      : absl::StrCat(problems.size(), " things are wrong")),
      "\n", text);
}

// The package that was asked for, if one was.
absl::StatusOr<std::optional<Package>> ParsePackage(
    absl::Span<const std::string_view> arguments) {
  if (arguments.empty()) {
    return std::nullopt;
  }
  std::vector<std::string_view> known;
  for (const Column& column : kPackageColumns) {
    const std::string_view name = PackageName(column.package);
    if (MachinesOf(column.package).empty()) {
      continue;
    }
    if (absl::EqualsIgnoreCase(name, arguments[0])) {
      return column.package;
    }
    known.push_back(name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("there is no package '", arguments[0], "'; ",
                   DidYouMean(arguments[0], known)));
}

int Run(const ParsedOptions& options, const Console& console) {
  const absl::StatusOr<std::optional<Package>> parsed =
      ParsePackage(options.arguments());
  if (!parsed.ok()) {
    console.PrintError(parsed.status().message());
    return kExitBadInput;
  }
  const std::optional<Package> only = *parsed;
  const absl::StatusOr<std::vector<NamedScenario>> known = KnownScenarios();
  if (!known.ok()) {
    console.PrintError(known.status().message());
    return kExitBadInput;
  }
  const std::vector<NamedScenario>& scenarios = *known;
  const std::vector<ScenarioStatuses> statuses =
      CollectWithProgress(scenarios, console);
  const StatusMatrix matrix = MakeStatusMatrix(scenarios, statuses);
  console.Print(Table(matrix, scenarios, only, console.style()).Draw());
  const std::vector<std::string_view> problems = ProblemsOf(matrix, only);
  if (!problems.empty()) {
    console.Print(ProblemsToText(problems, console.style()));
  }
  if (!only.has_value()) {
    console.Print(absl::StrCat(
        "\n", scenarios.size(), " scenarios\nfigure statuses.cells_reached ",
        matrix.cells_reached, "\nfigure statuses.cells ", matrix.cells,
        "\nfigure statuses.reached ", matrix.documented_reached,
        "\nfigure statuses.documented ", matrix.documented, "\n"));
  }
  if (const auto path = options.Get("html")) {
    const absl::Status written = console.WriteFile(
        std::string(*path), StatusesToHtml(matrix, scenarios, only,
                                           CommandLine("statuses", options)));
    if (!written.ok()) {
      console.PrintError(written.message());
      return kExitBadInput;
    }
  }
  return problems.empty() ? kExitOk : kExitCheckFailed;
}

constexpr OptionSpec kOptions[] = {
    {"html", "FILE", "Write the matrix as a page for a browser."},
};

}  // namespace

constinit const Command kStatusesCommand = {
    .name = "statuses",
    .usage = "[PACKAGE] [--html FILE]",
    .summary = "every status of every call, and the scenario that causes it",
    .description =
        "Runs all scenarios that the program carries and notes what the "
        "packages themselves return. Prints, for each call, every status that "
        "it may return and for which package a scenario causes it.\n"
        "Ends with status 1 when a status is caused by no scenario and has no "
        "reason for that, when a reason is out of date, or when a package "
        "returned what it may not. reached and documented are about the "
        "statuses of two documents of Microsoft's; cells about all of the "
        "matrix.",
    .examples =
        "sspilab statuses\n"
        "sspilab statuses CREDSSP\n"
        "sspilab statuses --html statuses.html",
    .options = kOptions,
    .max_arguments = 1,
    .run = Run,
};

}  // namespace sspilab::sim
