#ifndef SSPILAB_SIM_COMMANDS_COMMAND_LINE_H_
#define SSPILAB_SIM_COMMANDS_COMMAND_LINE_H_

#include <string>
#include <string_view>

#include "sim/commands/options.h"

namespace sspilab::sim {

// `word` as a shell takes it for one word.
std::string ShellWord(std::string_view word);

// "sspilab COMMAND" with the arguments and options that were given, but for
// those that only name a file to write: a line that does the same again.
std::string CommandLine(std::string_view command, const ParsedOptions& options);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_COMMAND_LINE_H_
