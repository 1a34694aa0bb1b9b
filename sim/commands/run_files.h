#ifndef SSPILAB_SIM_COMMANDS_RUN_FILES_H_
#define SSPILAB_SIM_COMMANDS_RUN_FILES_H_

#include "sim/commands/console.h"
#include "sim/commands/options.h"

namespace sspilab::sim {

// sspilab run FILE...: runs scenarios, says which of them went otherwise than
// they say, and gives the command's exit status.
int RunFiles(const ParsedOptions& options, const Console& console);

// sspilab run --list: the scenarios that are in the program.
int ListScenarios(const Console& console);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_RUN_FILES_H_
