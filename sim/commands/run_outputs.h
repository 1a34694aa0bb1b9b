#ifndef SSPILAB_SIM_COMMANDS_RUN_OUTPUTS_H_
#define SSPILAB_SIM_COMMANDS_RUN_OUTPUTS_H_

#include "absl/status/status.h"
#include "sim/commands/console.h"
#include "sim/commands/options.h"
#include "sim/commands/show.h"

namespace sspilab::sim {

// Writes the run into the files that `options` names: --trace, --pcap, --svg.
absl::Status WriteOutputs(const RecordedRun& run, const ParsedOptions& options,
                          const Console& console);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_RUN_OUTPUTS_H_
