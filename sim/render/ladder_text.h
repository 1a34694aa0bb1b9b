#ifndef SSPILAB_SIM_RENDER_LADDER_TEXT_H_
#define SSPILAB_SIM_RENDER_LADDER_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/render/ladder.h"

namespace sspilab::sim {

struct TextStyle {
  // Of the drawing. Fewer than 60 are taken for 60.
  size_t columns = 100;
  // ANSI colours, which mean something on a terminal only.
  bool colours = false;
};

// `text` in the colour of `tone`, or as it is.
std::string Coloured(const TextStyle& style, Tone tone, std::string_view text);
// Less important than its surroundings.
std::string Faint(const TextStyle& style, std::string_view text);
std::string Bold(const TextStyle& style, std::string_view text);

// The ladder for a terminal: UTF-8, no line wider than the style says.
std::string LadderToText(const Ladder& ladder, const TextStyle& style);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_LADDER_TEXT_H_
