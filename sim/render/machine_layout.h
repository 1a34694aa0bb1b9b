#ifndef SSPILAB_SIM_RENDER_MACHINE_LAYOUT_H_
#define SSPILAB_SIM_RENDER_MACHINE_LAYOUT_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "core/machine.h"

namespace sspilab::sim {

// Where the parts of a state machine's drawing stand. All in pixels.
//
// The states stand in one column, each below those that lead to it. A step to
// the next state goes straight down; others leave to the left and go up or down
// there, in one lane for each state that they lead to. The state in which
// everything that fails ends is a bar at the right, as high as what leads to
// it. Steps that stay where they are are written into the box.

struct Place {
  int x = 0;
  int y = 0;
};

struct MachineBox {
  size_t state = 0;
  Place corner;  // The upper left one.
  int width = 0;
  int height = 0;
  // Rows of the table that stay in the state.
  std::vector<size_t> loops;
};

// All steps from one state to another one.
struct MachineEdge {
  enum class Route { kDown, kLane, kFailure };

  size_t from = 0;
  size_t to = 0;
  Route route = Route::kDown;
  std::vector<size_t> rows;
  // The corners of its line, the arrowhead at the last one.
  std::vector<Place> line;
  // The text's left end (kDown, kFailure) or right end (kLane), on its base
  // line.
  Place label;
};

struct MachineLayout {
  int width = 0;
  int height = 0;
  std::vector<MachineBox> boxes;
  std::optional<MachineBox> failure;
  std::vector<MachineEdge> edges;
};

MachineLayout LayOutMachine(const MachineDescription& machine);

// How many characters an edge's label and a box's text may have.
inline constexpr size_t kMachineLabelColumns = 23;
inline constexpr size_t kMachineLoopColumns = 26;

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_MACHINE_LAYOUT_H_
