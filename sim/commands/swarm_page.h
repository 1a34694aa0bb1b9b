#ifndef SSPILAB_SIM_COMMANDS_SWARM_PAGE_H_
#define SSPILAB_SIM_COMMANDS_SWARM_PAGE_H_

#include <string>
#include <vector>

#include "core/status.h"
#include "sim/swarm/swarm.h"

namespace sspilab::sim {

// What the sessions of one package came to.
struct SwarmOnPage {
  Package package = Package::kNtlm;
  SwarmResult result;
  // A command for each of the result's failures.
  std::vector<std::string> failure_lines;
};

// A swarm's results as a page; `command` makes them again.
std::string SwarmToHtml(const std::vector<SwarmOnPage>& swarms,
                        const std::string& command);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_COMMANDS_SWARM_PAGE_H_
