#ifndef SSPILAB_SIM_COMMANDS_EXPLORE_PAGE_H_
#define SSPILAB_SIM_COMMANDS_EXPLORE_PAGE_H_

#include <string>
#include <vector>

#include "core/status.h"
#include "sim/coverage.h"
#include "sim/explore/explorer.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// What an exploration of `scenario` came to, as a page; each finding is run
// again for its ladder. `command` explores again, `run_lines` do what the
// findings do, one each.
std::string ExplorationToHtml(Package package, const Scenario& scenario,
                              const Exploration& found,
                              const Coverage& coverage,
                              const std::string& command,
                              const std::vector<std::string>& run_lines);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_EXPLORE_PAGE_H_
