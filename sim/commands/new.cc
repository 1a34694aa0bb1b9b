// sspilab new: a scenario to begin with.

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sim/commands/command.h"
#include "sim/scenario_template.h"

namespace sspilab::sim {
namespace {

int RunNew(const ParsedOptions& options, const Console& console) {
  if (options.arguments().empty()) {
    console.Print(ScenarioTemplate());
    return kExitOk;
  }
  const std::string path(options.arguments().front());
  if (console.Exists(path)) {
    console.PrintError(
        absl::StrCat(path, " is there already, and stays as it is"));
    return kExitBadInput;
  }
  const absl::Status written = console.WriteFile(path, ScenarioTemplate());
  if (!written.ok()) {
    console.PrintError(written.message());
    return kExitBadInput;
  }
  console.Print(
      absl::StrCat("wrote ", path, "; run it: sspilab run ", path, "\n"));
  return kExitOk;
}

}  // namespace

constinit const Command kNewCommand = {
    .name = "new",
    .usage = "[FILE]",
    .summary = "write a scenario to begin with",
    .description =
        "Writes a scenario that works, with comments that say what else a "
        "scenario can say: into FILE, which must not be there yet, or to the "
        "terminal.",
    .examples =
        "sspilab new mine.toml && sspilab run mine.toml\n"
        "sspilab new | sspilab run -",
    .options = {},
    .max_arguments = 1,
    .run = RunNew,
};

}  // namespace sspilab::sim
