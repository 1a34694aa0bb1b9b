#ifndef SSPILAB_SIM_RENDER_MACHINE_SVG_H_
#define SSPILAB_SIM_RENDER_MACHINE_SVG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/machine.h"

namespace sspilab::sim {

// What is to be seen of one row of a machine's table in its drawing.
struct RowMark {
  // In a run: the row's places in the path taken, counted from 1, and the
  // numbers that the calls have in the page.
  std::vector<size_t> steps;
  std::vector<size_t> calls;
  // In a coverage: how often it was taken.
  uint64_t times = 0;
};

// What a machine's drawing is to show: the way that a run took, or what many
// runs took together.
enum class MachineView : uint8_t { kPath, kCoverage };

// The machine as an SVG for a page of html.h, whose style sheet it needs.
// `marks` are by row, `end` the state that the path ends in (kPath).
std::string MachineToSvg(const MachineDescription& machine, MachineView view,
                         const std::vector<RowMark>& marks, size_t end = 0);

// The machine's table, with its marks, as HTML.
std::string MachineToTable(const MachineDescription& machine, MachineView view,
                           const std::vector<RowMark>& marks);

// The name of a row's status.
std::string RowStatusName(const MachineDescription::Row& row);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_MACHINE_SVG_H_
