#ifndef SSPILAB_SIM_COMMANDS_RUN_OUTPUTS_H_
#define SSPILAB_SIM_COMMANDS_RUN_OUTPUTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "sim/commands/console.h"
#include "sim/commands/options.h"
#include "sim/commands/show.h"
#include "sim/render/html_run.h"

namespace sspilab::sim {

// Writes the run into the files that `options` names: --trace, --pcap, --svg.
absl::Status WriteOutputs(const RecordedRun& run, const ParsedOptions& options,
                          const Console& console);

// Writes the page of these runs into the file that --html names, if it does.
absl::Status WritePage(const std::string& title,
                       absl::Span<const RunOnPage> runs,
                       const ParsedOptions& options, const Console& console);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_RUN_OUTPUTS_H_
