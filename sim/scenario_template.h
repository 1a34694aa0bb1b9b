#ifndef SSPILAB_SIM_SCENARIO_TEMPLATE_H_
#define SSPILAB_SIM_SCENARIO_TEMPLATE_H_

#include <string_view>

namespace sspilab::sim {

// A scenario file to begin with: it runs as it expects, and its comments say
// what else it can say. A line of "#" and a key, without a space between, is a
// key that is not used: taken alone, without the "#", it leaves a good file.
std::string_view ScenarioTemplate();

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SCENARIO_TEMPLATE_H_
