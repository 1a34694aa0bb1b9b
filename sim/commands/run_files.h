#ifndef SSPILAB_SIM_COMMANDS_RUN_FILES_H_
#define SSPILAB_SIM_COMMANDS_RUN_FILES_H_

#include <string_view>

#include "absl/types/span.h"
#include "sim/commands/console.h"
#include "sim/commands/options.h"

namespace sspilab::sim {

// sspilab run FILE...: runs scenarios, says which of them went otherwise than
// they say, and gives the command's exit status.
int RunFiles(const ParsedOptions& options, const Console& console);

// sspilab run --list NAME...: the scenarios that are in the program, of those
// the ones with a name or in a folder of `names` where there are any.
int ListScenarios(absl::Span<const std::string_view> names,
                  const Console& console);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_RUN_FILES_H_
