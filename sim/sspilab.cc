// The command line: which command, with which options. What a command does is
// in commands/.

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "sim/commands/command.h"
#include "sim/commands/console.h"
#include "sim/did_you_mean.h"
#include "sim/render/text.h"

namespace sspilab::sim {
namespace {

const Command* const kCommands[] = {
    &kDemoCommand,       &kRunCommand,        &kNewCommand,
    &kDecodeCommand,     &kStatesCommand,     &kStatusCommand,
    &kStatusesCommand,   &kRulesCommand,      &kReplayCommand,
    &kExploreCommand,    &kSwarmCommand,      &kBenchCommand,
    &kSeed2traceCommand, &kTrace2seedCommand,
};

std::string Help() {
  constexpr size_t kNames = 12;
  std::string text =
      "Usage: sspilab [COMMAND [OPTION...]]\n\n"
      "A client and a server that authenticate each other over the Security "
      "Support\nProvider Interface, in memory. Without a command: the "
      "demonstration.\n\nCommands:\n";
  for (const Command* command : kCommands) {
    absl::StrAppend(&text, "  ", PadRight(command->name, kNames),
                    command->summary, "\n");
  }
  absl::StrAppend(
      &text, "  ", PadRight("help", kNames), "the help of a command\n\n",
      "sspilab COMMAND --help tells more, with examples.\n"
      "Exit status: 0 all is well, 1 a check failed, 2 bad usage or input.\n");
  return text;
}

const Command* FindCommand(std::string_view name) {
  for (const Command* command : kCommands) {
    if (command->name == name) {
      return command;
    }
  }
  return nullptr;
}

int UnknownCommand(std::string_view name, const Console& console) {
  std::vector<std::string_view> names;
  for (const Command* command : kCommands) {
    names.push_back(command->name);
  }
  names.push_back("help");
  console.PrintError(
      absl::StrCat("unknown command '", name, "'; ", DidYouMean(name, names)));
  return kExitBadInput;
}

bool IsHelp(std::string_view word) { return word == "--help" || word == "-h"; }

int RunCommand(const Command& command, absl::Span<const std::string_view> line,
               const Console& console) {
  for (const std::string_view word : line) {
    if (IsHelp(word)) {
      console.Print(CommandHelp(command));
      return kExitOk;
    }
  }
  const absl::StatusOr<ParsedOptions> options =
      ParseOptions(command.options, command.max_arguments, line);
  if (!options.ok()) {
    console.PrintError(absl::StrCat(options.status().message(),
                                    "\nMore: sspilab ", command.name,
                                    " --help"));
    return kExitBadInput;
  }
  return command.run(*options, console);
}

int Main(absl::Span<const std::string_view> line, const Console& console) {
  if (line.empty()) {
    return RunCommand(kDemoCommand, {}, console);
  }
  const std::string_view name = line[0];
  if (IsHelp(name) || (name == "help" && line.size() == 1)) {
    console.Print(Help());
    return kExitOk;
  }
  const std::string_view wanted = name == "help" ? line[1] : name;
  const Command* command = FindCommand(wanted);
  if (command == nullptr) {
    return UnknownCommand(wanted, console);
  }
  if (name == "help") {
    console.Print(CommandHelp(*command));
    return kExitOk;
  }
  return RunCommand(*command, line.subspan(1), console);
}

}  // namespace
}  // namespace sspilab::sim

int main(int argc, char** argv) {
  const std::vector<std::string_view> line(argv + 1, argv + argc);
  return sspilab::sim::Main(line, sspilab::sim::Console::OfProcess());
}
