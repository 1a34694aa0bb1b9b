#ifndef SSPILAB_SIM_RENDER_HTML_LADDER_H_
#define SSPILAB_SIM_RENDER_HTML_LADDER_H_

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/render/machine_path.h"
#include "sim/trace.h"

namespace sspilab::sim {

// What the ladders of a page have in common: their tokens, and the numbers of
// their calls.
struct LadderNumbers {
  nlohmann::json tokens = nlohmann::json::array();
  size_t calls = 0;
};

// The ladder of `trace` as a drawing in HTML. Each message is a button that
// unfolds it. `*paths` learns what the machines did.
std::string LadderToHtml(const Trace& trace, LadderNumbers* numbers,
                         MachinePaths* paths);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_HTML_LADDER_H_
