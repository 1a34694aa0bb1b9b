// sspilab status: a status, who returns it, what to do then, and a run in which
// it happens.

#include "absl/status/status.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/commands/command.h"
#include "sim/commands/known_scenarios.h"
#include "sim/commands/show.h"
#include "sim/did_you_mean.h"
#include "sim/render/ladder.h"
#include "sim/render/ladder_text.h"
#include "sim/render/text.h"
#include "sim/rules.h"
#include "sim/status_advice.h"
#include "sim/status_matrix.h"

namespace sspilab::sim {
namespace {

constexpr size_t kColumns = 100;
constexpr std::string_view kSeverityNames[] = {"success", "informational",
                                               "error"};

std::string_view SeverityName(const StatusInfo& status) {
  return kSeverityNames[static_cast<size_t>(status.severity())];
}

// `text` in lines behind `indent` spaces.
std::string Indented(std::string_view text, size_t indent) {
  std::string lines;
  for (const std::string& line : WrapWords(text, kColumns - indent)) {
    absl::StrAppend(&lines, std::string(indent, ' '), line, "\n");
  }
  return lines;
}

// "MakeSignature, EncryptMessage or DecryptMessage".
std::string Names(absl::Span<const Call> calls) {
  std::string text;
  for (size_t i = 0; i < calls.size(); ++i) {
    const bool last = i + 1 == calls.size();
    absl::StrAppend(&text,
                    i == 0 ? ""
                    : last ? " or "
                           : ", ",
                    CallName(calls[i]));
  }
  return text;
}

// "Schannel, CREDSSP"; "every package".
std::string PackagesText(uint32_t packages) {
  std::vector<std::string_view> names;
  for (int i = 0; i < kPackageCount; ++i) {
    if ((packages >> i & 1) != 0) {
      names.push_back(PackageName(static_cast<Package>(i)));
    }
  }
  return names.size() == static_cast<size_t>(kPackageCount)
             ? "every package"
             : absl::StrJoin(names, ", ");
}

// For each call its packages, and where it is written.
std::string WhoReturns(const StatusInfo& status) {
  std::string text;
  for (int i = 0; i < kCallCount; ++i) {
    const auto call = static_cast<Call>(i);
    uint32_t packages = 0;
    std::vector<std::string_view> sources;
    for (const LegalityRow& row : StatusLegality()) {
      if (row.call != call ||
          std::find(row.statuses.begin(), row.statuses.end(), status.value) ==
              row.statuses.end()) {
        continue;
      }
      packages |= row.packages;
      if (std::find(sources.begin(), sources.end(), row.source) ==
          sources.end()) {
        sources.push_back(row.source);
      }
    }
    if (packages != 0) {
      constexpr size_t kNames = 30;
      std::string begin =
          absl::StrCat("  ", PadRight(CallName(call), kNames - 2));
      for (const std::string& line :
           WrapWords(absl::StrCat(PackagesText(packages), ": ",
                                  absl::StrJoin(sources, "; ")),
                     kColumns - kNames)) {
        absl::StrAppend(&text, begin, line, "\n");
        begin.assign(kNames, ' ');
      }
    }
  }
  return text.empty() ? "  No call of these packages.\n" : text;
}

// Where a piece of advice holds.
struct Reach {
  std::vector<Call> calls;
  uint32_t packages = 0;
};
Reach ReachOf(const StatusAdvice& advice) {
  Reach reach;
  for (int i = 0; i < kCallCount; ++i) {
    const auto call = static_cast<Call>(i);
    bool holds = false;
    for (int j = 0; j < kPackageCount; ++j) {
      const auto package = static_cast<Package>(j);
      if (MayReturn(call, package, advice.status) &&
          AdviceFor(call, package, advice.status) == &advice) {
        holds = true;
        reach.packages |= uint32_t{1} << j;
      }
    }
    if (holds) {
      reach.calls.push_back(call);
    }
  }
  return reach;
}

std::string SourceAndRules(std::string_view source, uint64_t rules,
                           const TextStyle& style) {
  std::string line(source);
  std::vector<std::string_view> names;
  for (const Rule* rule : RulesIn(rules)) {
    names.push_back(rule->name);
  }
  if (!names.empty()) {
    absl::StrAppend(&line, " (", names.size() == 1 ? "rule " : "rules ",
                    absl::StrJoin(names, ", "), ")");
  }
  std::string text;
  for (const std::string& wrapped : WrapWords(line, kColumns - 4)) {
    absl::StrAppend(&text, "    ", Faint(style, wrapped), "\n");
  }
  return text;
}

std::string WhatToDo(const StatusInfo& status, const TextStyle& style) {
  std::string text;
  const std::vector<const StatusAdvice*> all = AdviceOn(status.value);
  std::vector<const FailureAdvice*> failures;
  for (const StatusAdvice* advice : all) {
    constexpr size_t kFewCalls = 5;
    const Reach reach = ReachOf(*advice);
    const std::string calls = reach.calls.size() <= kFewCalls
                                  ? Names(reach.calls)
                              : all.size() == 1 ? "any call"
                                                : "any other call";
    absl::StrAppend(&text,
                    Indented(absl::StrCat("After ", calls, " (",
                                          PackagesText(reach.packages), "):"),
                             2),
                    Indented(advice->text, 4),
                    SourceAndRules(advice->source, advice->rules, style));
    for (const Call call : reach.calls) {
      const FailureAdvice* const failure =
          advice->failed ? FailureAdviceFor(call) : nullptr;
      if (failure != nullptr && std::find(failures.begin(), failures.end(),
                                          failure) == failures.end()) {
        failures.push_back(failure);
      }
    }
  }
  for (const FailureAdvice* failure : failures) {
    std::vector<Call> calls;
    for (int i = 0; i < kCallCount; ++i) {
      const auto call = static_cast<Call>(i);
      if (FailureAdviceFor(call) == failure) {
        calls.push_back(call);
      }
    }
    absl::StrAppend(
        &text,
        Indented(absl::StrCat("As after every failure of ", Names(calls), ":"),
                 2),
        Indented(failure->text, 4),
        SourceAndRules(failure->source, failure->rules, style));
  }
  return text.empty() ? "  Nothing is known of it.\n" : text;
}

// All scenarios that the program carries, and what they cause.
struct WhatWasRun {
  std::vector<NamedScenario> scenarios;
  std::vector<ScenarioStatuses> statuses = {};
  StatusMatrix matrix = {};
};

// Why it happens nowhere, as far as that is known.
std::string WhyNot(const StatusInfo& status, const StatusMatrix& matrix) {
  std::vector<std::string_view> reasons;
  for (const StatusRow& row : matrix.rows) {
    for (const StatusCell& cell : row.cells) {
      if (row.status == &status && cell.state == CellState::kExcused &&
          std::find(reasons.begin(), reasons.end(), cell.reason) ==
              reasons.end()) {
        reasons.push_back(cell.reason);
      }
    }
  }
  return Indented(reasons.empty()
                      ? "No scenario causes it."
                      : absl::StrCat("No scenario causes it: ",
                                     absl::StrJoin(reasons, "; "), "."),
                  2);
}

// The ladder of the shortest scenario that causes it.
std::string HowItHappens(const StatusInfo& status, const WhatWasRun& run,
                         const TextStyle& style) {
  for (const StatusWitness& witness : WitnessesOf(status.value, run.statuses)) {
    const NamedScenario& scenario = run.scenarios[witness.scenario];
    Ladder ladder = MakeLadder(RunAndRecord(scenario.scenario).trace);
    // A session before the one that is told may have been the one.
    if (MarkCalls(witness.call, status.value, &ladder) == 0) {
      continue;
    }
    return absl::StrCat(
        Indented(
            absl::StrCat(scenario.name, ": ", CallName(witness.call), " (",
                         PackageName(witness.package), ") returns it at ●."),
            2),
        "  ", Faint(style, absl::StrCat("sspilab run ", scenario.name)), "\n\n",
        LadderToText(ladder, style));
  }
  return WhyNot(status, run.matrix);
}

std::string Explain(const StatusInfo& status, const WhatWasRun& run,
                    const TextStyle& style) {
  std::string also;
  for (const StatusAlias& alias : StatusAliases()) {
    if (alias.name == status.name) {
      absl::StrAppend(&also, ", also ", alias.alias);
    }
  }
  return absl::StrCat(
      Bold(style, status.name), also,
      absl::StrFormat("  0x%08X  %d  ", static_cast<uint32_t>(status.value),
                      status.value),
      Coloured(style, ToneOf(status.value), SeverityName(status)), "\n",
      Indented(status.meaning, 2), "\n", Bold(style, "Who returns it"), "\n",
      WhoReturns(status), "\n", Bold(style, "What to do then"), "\n",
      WhatToDo(status, style), "\n", Bold(style, "How it happens"), "\n",
      HowItHappens(status, run, style));
}

// All of them, for whoever does not know the name.
std::string List(const TextStyle& style) {
  size_t names = 0;
  for (const StatusInfo& status : AllStatuses()) {
    names = std::max(names, Columns(status.name));
  }
  std::string text;
  std::optional<Severity> severity;
  for (const StatusInfo& status : AllStatuses()) {
    if (severity != status.severity()) {
      absl::StrAppend(&text, text.empty() ? "" : "\n",
                      Bold(style, SeverityName(status)), "\n");
      severity = status.severity();
    }
    const std::string begin =
        absl::StrFormat("  0x%08X  %s  ", static_cast<uint32_t>(status.value),
                        PadRight(status.name, names));
    bool first = true;
    for (const std::string& line :
         WrapWords(status.meaning, kColumns + 20 - Columns(begin))) {
      absl::StrAppend(&text, first ? begin : std::string(Columns(begin), ' '),
                      line, "\n");
      first = false;
    }
  }
  return text;
}

// A name, an alias, or a number: in hexadecimal, or signed or unsigned in
// decimal.
absl::StatusOr<const StatusInfo*> ParseStatus(std::string_view text) {
  const std::string name = absl::AsciiStrToUpper(text);
  if (const StatusInfo* status = FindStatusByName(name)) {
    return status;
  }
  int64_t number = 0;
  uint32_t bits = 0;
  const bool hexadecimal = absl::StartsWith(name, "0X");
  if (hexadecimal ? absl::SimpleHexAtoi(name, &bits)
                  : absl::SimpleAtoi(name, &number) && number <= UINT32_MAX &&
                        number >= INT32_MIN) {
    const auto value = static_cast<SECURITY_STATUS>(
        hexadecimal ? bits : static_cast<uint32_t>(number));
    if (const StatusInfo* status = FindStatus(value)) {
      return status;
    }
    return absl::NotFoundError(
        absl::StrCat("no status of the SSPI has the value ", text));
  }
  std::vector<std::string_view> known;
  for (const StatusInfo& status : AllStatuses()) {
    known.push_back(status.name);
  }
  for (const StatusAlias& alias : StatusAliases()) {
    known.push_back(alias.alias);
  }
  const std::string_view nearest = NearestWord(name, known);
  return absl::NotFoundError(absl::StrCat(
      "unknown status '", text, "'; ",
      nearest.empty() ? "sspilab status, without a name, lists them"
                      : absl::StrCat("did you mean '", nearest, "'?")));
}

int Run(const ParsedOptions& options, const Console& console) {
  if (options.arguments().empty()) {
    console.Print(List(console.style()));
    return kExitOk;
  }
  std::vector<const StatusInfo*> wanted;
  for (const std::string_view text : options.arguments()) {
    const absl::StatusOr<const StatusInfo*> status = ParseStatus(text);
    if (!status.ok()) {
      console.PrintError(status.status().message());
      return kExitBadInput;
    }
    wanted.push_back(*status);
  }
  absl::StatusOr<std::vector<NamedScenario>> known = KnownScenarios();
  if (!known.ok()) {
    console.PrintError(known.status().message());
    return kExitBadInput;
  }
  WhatWasRun run{.scenarios = *std::move(known)};
  run.statuses = CollectWithProgress(run.scenarios, console);
  run.matrix = MakeStatusMatrix(run.scenarios, run.statuses);
  bool first = true;
  for (const StatusInfo* status : wanted) {
    console.Print(absl::StrCat(first ? "" : "\n\n",
                               Explain(*status, run, console.style())));
    first = false;
  }
  return kExitOk;
}

}  // namespace

constinit const Command kStatusCommand = {
    .name = "status",
    .usage = "[NAME...]",
    .summary = "what a status means, and what to do then",
    .description =
        "Says of a status, by name or number, what it means, which calls of "
        "which packages return it, and what a caller must do then; then shows "
        "a run in which it happens. Without a name: all there are.",
    .examples =
        "sspilab status\n"
        "sspilab status SEC_E_INCOMPLETE_MESSAGE\n"
        "sspilab status 0x80090318 -2146893048",
    .max_arguments = 100,
    .run = Run,
};

}  // namespace sspilab::sim
