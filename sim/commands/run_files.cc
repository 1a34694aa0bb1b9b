#include "sim/commands/run_files.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/types/span.h"
#include "sim/commands/command.h"
#include "sim/commands/command_line.h"
#include "sim/commands/run_outputs.h"
#include "sim/commands/show.h"
#include "sim/did_you_mean.h"
#include "sim/expectation.h"
#include "sim/render/html_run.h"
#include "sim/render/ladder.h"
#include "sim/render/ladder_text.h"
#include "sim/render/text.h"
#include "sim/scenario_file.h"
#include "sim/scenarios/embedded.h"

namespace sspilab::sim {
namespace {

// Each needs functions of two interceptors (Interceptor::kMaxAlive), and of a
// third one where its callers deviate.
constexpr uint64_t kMaxThreads = 8;

// A scenario and where it comes from.
struct Source {
  std::string path;
  ScenarioFile file;
};

struct Result {
  std::vector<Difference> differences;
  // Of one that differs, of the only one, or of all for a page.
  RecordedRun run;
};

// The scenario in the program with the name, or those of the folder.
absl::StatusOr<std::vector<EmbeddedScenario>> EmbeddedAt(
    std::string_view name) {
  const std::string folder = absl::StrCat(name, "/");
  std::vector<std::string_view> names;
  std::vector<EmbeddedScenario> found;
  for (const EmbeddedScenario& scenario : Scenarios()) {
    names.push_back(scenario.name);
    if (scenario.name == name || absl::StartsWith(scenario.name, folder)) {
      found.push_back(scenario);
    }
  }
  if (!found.empty()) return found;
  return absl::NotFoundError(absl::StrCat("there is no file and no scenario '",
                                          name, "'; ",
                                          DidYouMean(name, names)));
}

// Gathers what the arguments name, and what is wrong with it.
class SourceReader {
 public:
  explicit SourceReader(const Console& console) : console_(console) {}

  // A file, all *.toml in a folder, sorted, or the name of a scenario or of a
  // folder of them that is in the program.
  void Add(const std::string& argument) {
    if (!console_.Exists(argument) && !absl::EndsWith(argument, kSuffix)) {
      AddEmbedded(argument);
      return;
    }
    const absl::StatusOr<std::vector<std::string>> paths =
        console_.FilesAt(argument, kSuffix);
    if (!paths.ok()) {
      Fail(paths.status().message());
      return;
    }
    if (paths->empty()) {
      Fail(absl::StrCat("there is no *.toml in ", argument));
    }
    for (const std::string& path : *paths) {
      const absl::StatusOr<std::string> text = console_.ReadFile(path);
      text.ok() ? AddText(path, *text) : Fail(text.status().message());
    }
  }

  // The error has a line for each file that is bad.
  absl::StatusOr<std::vector<Source>> Take() {
    if (!errors_.empty()) {
      return absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
    }
    return std::move(sources_);
  }

 private:
  static constexpr std::string_view kSuffix = ".toml";

  void AddText(const std::string& path, std::string_view text) {
    absl::StatusOr<ScenarioFile> file = ParseScenarioFile(text, path);
    if (file.ok()) {
      sources_.push_back({path, *std::move(file)});
    } else {
      Fail(file.status().message());
    }
  }

  void AddEmbedded(const std::string& name) {
    const absl::StatusOr<std::vector<EmbeddedScenario>> scenarios =
        EmbeddedAt(name);
    if (!scenarios.ok()) {
      Fail(scenarios.status().message());
      return;
    }
    for (const EmbeddedScenario& scenario : *scenarios) {
      AddText(std::string(scenario.name), scenario.text);
    }
  }

  void Fail(std::string_view message) { errors_.emplace_back(message); }

  const Console& console_;
  std::vector<Source> sources_;
  std::vector<std::string> errors_;
};

Result RunSource(const Source& source) {
  Result result;
  result.run = RunChecked(source.file.scenario);
  result.differences =
      Compare(source.file.expectation, result.run.trace, result.run.outcome);
  return result;
}

// By index, whatever the number of threads.
std::vector<Result> RunAll(const std::vector<Source>& sources, size_t threads,
                           bool keeps_all, const Console& console) {
  std::vector<Result> results(sources.size());
  std::atomic<size_t> next = 0;
  const auto work = [&](bool shows) {
    for (size_t i = next++; i < sources.size(); i = next++) {
      results[i] = RunSource(sources[i]);
      if (results[i].differences.empty() && sources.size() > 1 && !keeps_all) {
        results[i].run = {};
      }
      if (shows) {
        console.ShowProgress(
            absl::StrCat(i + 1, " of ", sources.size(), " scenarios"));
      }
    }
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < std::min(threads, sources.size()); ++i) {
    others.emplace_back(work, /*shows=*/false);
  }
  work(/*shows=*/true);
  for (std::thread& other : others) {
    other.join();
  }
  console.ShowProgress("");
  return results;
}

std::string DifferencesOf(const Source& source, const Result& result) {
  return DifferencesToText(result.differences, source.path);
}

// One run, shown as that of a command line is.
int ShowOne(const Source& source, const Result& result,
            const ParsedOptions& options, const Console& console) {
  const TextStyle& style = console.style();
  console.Print(absl::StrCat(source.file.description,
                             source.file.description.empty() ? "" : "\n\n"));
  Show(result.run, console);
  const bool as_expected = result.differences.empty();
  console.Print(
      as_expected
          ? absl::StrCat(Coloured(style, Tone::kGood, "As expected."), "\n")
          : absl::StrCat(Coloured(style, Tone::kBad, "Not as expected:"), "\n",
                         DifferencesOf(source, result)));
  const absl::Status written = WriteOutputs(result.run, options, console);
  if (!written.ok()) {
    console.PrintError(written.message());
    return kExitBadInput;
  }
  return as_expected ? kExitOk : kExitCheckFailed;
}

// A line for each that went as expected, all about each that did not.
int ShowAll(const std::vector<Source>& sources,
            const std::vector<Result>& results, const Console& console) {
  const TextStyle& style = console.style();
  size_t as_expected = 0;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (results[i].differences.empty()) {
      ++as_expected;
      console.Print(absl::StrCat(Coloured(style, Tone::kGood, "ok      "),
                                 sources[i].path, "\n"));
      continue;
    }
    console.Print(
        absl::StrCat(Coloured(style, Tone::kBad, "differs "), sources[i].path,
                     "\n", DifferencesOf(sources[i], results[i]), "\n",
                     LadderToText(MakeLadder(results[i].run.trace), style),
                     "\n", "  again: sspilab run ", sources[i].path, "\n\n"));
  }
  console.Print(absl::StrCat(sources.size(), " scenarios, ", as_expected,
                             " as expected\n"));
  return as_expected == sources.size() ? kExitOk : kExitCheckFailed;
}

absl::Status WriteResults(const std::vector<Source>& sources,
                          const std::vector<Result>& results,
                          const ParsedOptions& options,
                          const Console& console) {
  std::vector<RunOnPage> pages;
  for (size_t i = 0; i < sources.size(); ++i) {
    RunOnPage& page = pages.emplace_back();
    page.name = sources[i].file.name;
    page.description = sources[i].file.description;
    page.command = absl::StrCat("sspilab run ", ShellWord(sources[i].path));
    page.trace = &results[i].run.trace;
    page.outcome = &results[i].run.outcome;
    page.expects = true;
    page.differences = results[i].differences;
  }
  return WritePage(pages.size() == 1 ? pages.front().name : "Scenarios", pages,
                   options, console);
}

int BadInput(std::string_view message, const Console& console) {
  console.PrintError(message);
  return kExitBadInput;
}

}  // namespace

int ListScenarios(absl::Span<const std::string_view> names,
                  const Console& console) {
  std::vector<EmbeddedScenario> scenarios;
  if (names.empty()) absl::c_copy(Scenarios(), std::back_inserter(scenarios));
  for (const std::string_view name : names) {
    const absl::StatusOr<std::vector<EmbeddedScenario>> named =
        EmbeddedAt(name);
    if (!named.ok()) return BadInput(named.status().message(), console);
    absl::c_copy(*named, std::back_inserter(scenarios));
  }
  size_t columns = 0;
  for (const EmbeddedScenario& scenario : scenarios) {
    columns = std::max(columns, Columns(scenario.name));
  }
  std::string text;
  for (const EmbeddedScenario& scenario : scenarios) {
    const absl::StatusOr<ScenarioFile> file =
        ParseScenarioFile(scenario.text, scenario.name);
    if (!file.ok()) {
      return BadInput(file.status().message(), console);
    }
    std::string_view name = scenario.name;
    for (const std::string& line :
         WrapWords(absl::StrReplaceAll(file->description, {{"\n", " "}}),
                   console.style().columns - columns - 2)) {
      absl::StrAppend(&text, PadRight(name, columns), "  ", line, "\n");
      name = "";
    }
  }
  console.Print(text);
  return kExitOk;
}

int RunFiles(const ParsedOptions& options, const Console& console) {
  const absl::StatusOr<uint64_t> threads = options.Number(
      "threads", std::clamp<uint64_t>(std::thread::hardware_concurrency(), 1,
                                      kMaxThreads));
  if (!threads.ok()) {
    return BadInput(threads.status().message(), console);
  }
  if (*threads == 0 || *threads > kMaxThreads) {
    return BadInput(absl::StrCat("--threads is not from 1 to ", kMaxThreads),
                    console);
  }
  SourceReader reader(console);
  for (const std::string_view argument : options.arguments()) {
    reader.Add(std::string(argument));
  }
  const absl::StatusOr<std::vector<Source>> sources = reader.Take();
  if (!sources.ok()) {
    return BadInput(sources.status().message(), console);
  }
  if (sources->size() > 1) {
    for (const std::string_view name : {"trace", "pcap", "keytab", "svg"}) {
      if (options.Has(name)) {
        return BadInput(absl::StrCat("--", name, " is for one scenario, not ",
                                     sources->size()),
                        console);
      }
    }
  }
  const std::vector<Result> results = RunAll(
      *sources, static_cast<size_t>(*threads), options.Has("html"), console);
  const absl::Status written =
      WriteResults(*sources, results, options, console);
  if (!written.ok()) {
    return BadInput(written.message(), console);
  }
  return sources->size() == 1
             ? ShowOne(sources->front(), results.front(), options, console)
             : ShowAll(*sources, results, console);
}

}  // namespace sspilab::sim
