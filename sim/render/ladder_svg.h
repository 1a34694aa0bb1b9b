#ifndef SSPILAB_SIM_RENDER_LADDER_SVG_H_
#define SSPILAB_SIM_RENDER_LADDER_SVG_H_

#include <string>

#include "sim/render/ladder.h"

namespace sspilab::sim {

// The ladder as a picture that stands alone: one SVG, no scripts, no fonts of
// its own, colours for a light and a dark page.
std::string LadderToSvg(const Ladder& ladder);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_LADDER_SVG_H_
