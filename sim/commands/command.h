#ifndef SSPILAB_SIM_COMMANDS_COMMAND_H_
#define SSPILAB_SIM_COMMANDS_COMMAND_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "sim/commands/console.h"
#include "sim/commands/options.h"

namespace sspilab::sim {

// What the program ends with.
inline constexpr int kExitOk = 0;
inline constexpr int kExitCheckFailed = 1;
inline constexpr int kExitBadInput = 2;

// One command of sspilab. A file in this folder each; sspilab.cc lists them.
struct Command {
  std::string_view name;
  // What stands behind the name: "FILE", "[--hex HEX | FILE]".
  std::string_view usage;
  // One line, for the list of commands.
  std::string_view summary;
  // What --help says between the usage and the options.
  std::string_view description;
  // Command lines that work, one a line.
  std::string_view examples;
  absl::Span<const OptionSpec> options;
  size_t max_arguments = 0;
  int (*run)(const ParsedOptions& options, const Console& console) = nullptr;
};

extern const Command kBenchCommand;
extern const Command kDecodeCommand;
extern const Command kDemoCommand;
extern const Command kExploreCommand;
extern const Command kNewCommand;
extern const Command kReplayCommand;
extern const Command kRulesCommand;
extern const Command kRunCommand;
extern const Command kSeed2traceCommand;
extern const Command kStatesCommand;
extern const Command kStatusCommand;
extern const Command kStatusesCommand;
extern const Command kSwarmCommand;
extern const Command kTrace2seedCommand;

// What --help prints.
std::string CommandHelp(const Command& command);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_COMMAND_H_
