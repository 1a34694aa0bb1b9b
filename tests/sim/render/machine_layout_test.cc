#include "sim/render/machine_layout.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "core/machines.h"
#include "core/status.h"
#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

std::vector<const MachineDescription*> AllMachines() {
  std::vector<const MachineDescription*> machines;
  for (int i = 0; i < kPackageCount; ++i) {
    for (const MachineDescription* machine :
         MachinesOf(static_cast<Package>(i))) {
      machines.push_back(machine);
    }
  }
  return machines;
}

class MachineLayoutTest
    : public ::testing::TestWithParam<const MachineDescription*> {
 protected:
  const MachineDescription& machine() const { return *GetParam(); }
  const MachineLayout layout_ = LayOutMachine(*GetParam());
};

TEST_P(MachineLayoutTest, EachRowIsThereOnce) {
  std::vector<size_t> rows;
  const auto add = [&rows](const std::vector<size_t>& more) {
    rows.insert(rows.end(), more.begin(), more.end());
  };
  for (const MachineBox& box : layout_.boxes) {
    add(box.loops);
  }
  for (const MachineEdge& edge : layout_.edges) {
    add(edge.rows);
  }
  if (layout_.failure.has_value()) {
    add(layout_.failure->loops);
  }
  std::sort(rows.begin(), rows.end());
  ASSERT_EQ(rows.size(), machine().rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i], i);
  }
}

TEST_P(MachineLayoutTest, NothingLiesOnSomethingElse) {
  int below = 0;
  for (const MachineBox& box : layout_.boxes) {
    EXPECT_GT(box.corner.y, below);
    below = box.corner.y + box.height;
  }
  EXPECT_LE(below, layout_.height);
  const MachineBox& first = layout_.boxes.front();
  for (const MachineEdge& edge : layout_.edges) {
    for (const Place& corner : edge.line) {
      EXPECT_GE(corner.x, 0);
      EXPECT_LE(corner.x, layout_.width);
      EXPECT_GE(corner.y, 0);
      EXPECT_LE(corner.y, layout_.height);
    }
    if (edge.route != MachineEdge::Route::kLane) {
      continue;
    }
    // Lanes are left of the labels, which are left of the boxes.
    EXPECT_LT(edge.line[1].x, first.corner.x - 100);
    for (const MachineEdge& other : layout_.edges) {
      if (other.route != MachineEdge::Route::kLane || &other == &edge) {
        continue;
      }
      // Lines of text have their height; only one target's lines share a lane.
      EXPECT_GE(std::abs(other.label.y - edge.label.y), 12);
      const auto [top, bottom] = std::minmax(edge.line[1].y, edge.line[2].y);
      const auto [other_top, other_bottom] =
          std::minmax(other.line[1].y, other.line[2].y);
      EXPECT_TRUE(other.to == edge.to || other.line[1].x != edge.line[1].x ||
                  bottom < other_top || other_bottom < top)
          << machine().states[edge.to] << machine().states[other.to];
    }
  }
}

// Each edge begins at its source and ends at its target.
TEST_P(MachineLayoutTest, LinesLeadFromStateToState) {
  const auto touches = [&](const Place& place, size_t state) {
    std::vector<MachineBox> boxes = layout_.boxes;
    if (layout_.failure.has_value()) {
      boxes.push_back(*layout_.failure);
    }
    return std::any_of(boxes.begin(), boxes.end(), [&](const MachineBox& box) {
      return box.state == state && place.x >= box.corner.x &&
             place.x <= box.corner.x + box.width && place.y >= box.corner.y &&
             place.y <= box.corner.y + box.height;
    });
  };
  for (const MachineEdge& edge : layout_.edges) {
    EXPECT_TRUE(touches(edge.line.front(), edge.from))
        << machine().states[edge.from];
    EXPECT_TRUE(touches(edge.line.back(), edge.to))
        << machine().states[edge.to];
  }
}

INSTANTIATE_TEST_SUITE_P(All, MachineLayoutTest,
                         ::testing::ValuesIn(AllMachines()),
                         [](const auto& tested) {
                           std::string name(tested.param->name);
                           std::erase(name, ' ');
                           return name;
                         });

TEST(LayOutMachineTest, NtlmFailsAtTheRight) {
  const MachineLayout layout =
      LayOutMachine(*MachinesOf(Package::kNtlm).front());
  ASSERT_TRUE(layout.failure.has_value());
  EXPECT_EQ(MachinesOf(Package::kNtlm).front()->states[layout.failure->state],
            "Failed");
  EXPECT_EQ(layout.boxes.front().state, 0);
}

}  // namespace
}  // namespace sspilab::sim
