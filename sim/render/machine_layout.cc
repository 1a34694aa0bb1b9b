#include "sim/render/machine_layout.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

namespace sspilab::sim {
namespace {

using Row = MachineDescription::Row;

constexpr int kMargin = 6;
constexpr int kBoxWidth = 176;
constexpr int kNameHeight = 28;
constexpr int kLoopHeight = 15;
constexpr int kPort = 18;     // Between lines that meet a box at its left.
constexpr int kStep = 30;     // Between boxes with a step straight down.
constexpr int kApart = 14;    // Between boxes without.
constexpr int kLane = 9;      // Between lanes.
constexpr int kLabels = 172;  // Beside a box, for labels.
constexpr int kBarWidth = 30;
constexpr int kAboveLine = 4;
constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

class Layouter {
 public:
  explicit Layouter(const MachineDescription& machine) : machine_(machine) {}

  MachineLayout Run() {
    FindFailure();
    Order();
    CollectEdges();
    PlaceBoxes();
    PlaceLanes();
    PlaceLines();
    return std::move(layout_);
  }

 private:
  using Route = MachineEdge::Route;

  // The state that only errors lead to and nothing leads out of.
  void FindFailure() {
    for (size_t state = 0; state < machine_.states.size(); ++state) {
      bool reached = false;
      bool fails = true;
      for (const Row& row : machine_.rows) {
        if (row.from == state && row.to != state) {
          fails = false;
        }
        if (row.to == state && row.from != state) {
          reached = true;
          fails = fails && (row.status < 0 || row.status == kStatusFromInside);
        }
      }
      if (reached && fails) {
        failure_ = state;
        return;
      }
    }
  }

  bool IsUsed(size_t state) const {
    return std::any_of(
        machine_.rows.begin(), machine_.rows.end(),
        [&](const Row& row) { return row.from == state || row.to == state; });
  }

  // Below all that lead to it, but for those that it leads back to: by the
  // longest way from the start in what a depth-first walk leaves.
  void Order() {
    const size_t count = machine_.states.size();
    std::vector<size_t> rank(count, 0);
    std::vector<size_t> finished;
    std::vector<uint8_t> visited(count, 0);
    for (size_t state = 0; state < count; ++state) {
      Visit(state, &visited, &finished);
    }
    // In reverse of the order in which they were left, an edge to a state that
    // was left later goes back.
    std::vector<size_t> left(count);
    for (size_t i = 0; i < finished.size(); ++i) {
      left[finished[i]] = i;
    }
    for (auto it = finished.rbegin(); it != finished.rend(); ++it) {
      for (const Row& row : machine_.rows) {
        if (row.from == *it && left[row.to] < left[row.from]) {
          rank[row.to] = std::max(rank[row.to], rank[row.from] + 1);
        }
      }
    }
    for (size_t state = 0; state < count; ++state) {
      if (state != failure_ && IsUsed(state)) {
        order_.push_back(state);
      }
    }
    std::stable_sort(order_.begin(), order_.end(),
                     [&](size_t a, size_t b) { return rank[a] < rank[b]; });
    position_.assign(count, kNowhere);
    for (size_t i = 0; i < order_.size(); ++i) {
      position_[order_[i]] = i;
    }
  }

  void Visit(size_t state, std::vector<uint8_t>* visited,
             std::vector<size_t>* finished) const {
    if (std::exchange((*visited)[state], 1) != 0) {
      return;
    }
    for (const Row& row : machine_.rows) {
      if (row.from == state) {
        Visit(row.to, visited, finished);
      }
    }
    finished->push_back(state);
  }

  void CollectEdges() {
    layout_.boxes.resize(order_.size());
    for (size_t i = 0; i < order_.size(); ++i) {
      layout_.boxes[i].state = order_[i];
    }
    if (failure_ != kNowhere) {
      layout_.failure.emplace().state = failure_;
    }
    for (size_t i = 0; i < machine_.rows.size(); ++i) {
      const Row& row = machine_.rows[i];
      if (row.from == row.to) {
        (row.from == failure_ ? *layout_.failure
                              : layout_.boxes[position_[row.from]])
            .loops.push_back(i);
        continue;
      }
      auto edge = std::find_if(layout_.edges.begin(), layout_.edges.end(),
                               [&](const MachineEdge& e) {
                                 return e.from == row.from && e.to == row.to;
                               });
      if (edge == layout_.edges.end()) {
        layout_.edges.push_back({row.from, row.to, RouteOf(row), {}, {}, {}});
        edge = std::prev(layout_.edges.end());
      }
      edge->rows.push_back(i);
    }
  }

  Route RouteOf(const Row& row) const {
    return row.to == failure_                             ? Route::kFailure
           : position_[row.to] == position_[row.from] + 1 ? Route::kDown
                                                          : Route::kLane;
  }

  // The lines that meet a box at its left, from above: the lane that leads to
  // it, then those that leave it, up before down.
  struct Port {
    const MachineEdge* edge;  // Null: the lane's end.
    int y;
  };

  std::vector<Port> PortsOf(size_t state) const {
    std::vector<Port> ports;
    bool is_target = false;
    for (const MachineEdge& edge : layout_.edges) {
      is_target = is_target || (edge.route == Route::kLane && edge.to == state);
      if (edge.route == Route::kLane && edge.from == state) {
        ports.push_back({&edge, 0});
      }
    }
    std::stable_sort(ports.begin(), ports.end(),
                     [&](const Port& a, const Port& b) {
                       return position_[a.edge->to] < position_[b.edge->to];
                     });
    if (is_target) {
      ports.insert(ports.begin(), {nullptr, 0});
    }
    return ports;
  }

  void PlaceBoxes() {
    int y = kMargin;
    ports_.resize(machine_.states.size());
    for (size_t i = 0; i < layout_.boxes.size(); ++i) {
      MachineBox& box = layout_.boxes[i];
      std::vector<Port>& ports = ports_[box.state] = PortsOf(box.state);
      box.width = kBoxWidth;
      box.height = std::max(kNameHeight + (box.loops.empty() ? 0 : kLoopHeight),
                            static_cast<int>(ports.size()) * kPort + 6);
      box.corner.y = y;
      const int first =
          y + (box.height - static_cast<int>(ports.size()) * kPort) / 2 +
          kPort / 2 + 2;
      for (size_t j = 0; j < ports.size(); ++j) {
        ports[j].y = first + static_cast<int>(j) * kPort;
      }
      const bool goes_down = std::any_of(
          layout_.edges.begin(), layout_.edges.end(),
          [&](const MachineEdge& edge) {
            return edge.from == box.state && edge.route == Route::kDown;
          });
      y += box.height + (goes_down ? kStep : kApart);
      layout_.height = box.corner.y + box.height + kMargin;
    }
  }

  int PortOf(size_t state, const MachineEdge* edge) const {
    for (const Port& port : ports_[state]) {
      if (port.edge == edge) {
        return port.y;
      }
    }
    return 0;
  }

  // One lane for each target; the shortest ones next to the boxes. Lanes whose
  // lines do not meet share a place.
  void PlaceLanes() {
    struct Lane {
      size_t to;
      int top;
      int bottom;
    };
    std::vector<Lane> lanes;
    for (const MachineBox& box : layout_.boxes) {
      const int end = PortOf(box.state, nullptr);
      Lane lane = {box.state, end, end};
      for (const MachineEdge& edge : layout_.edges) {
        if (edge.route == Route::kLane && edge.to == box.state) {
          const int y = PortOf(edge.from, &edge);
          lane.top = std::min(lane.top, y);
          lane.bottom = std::max(lane.bottom, y);
        }
      }
      if (end != 0) {
        lanes.push_back(lane);
      }
    }
    std::stable_sort(lanes.begin(), lanes.end(),
                     [](const Lane& a, const Lane& b) {
                       return a.bottom - a.top < b.bottom - b.top;
                     });
    std::vector<std::vector<Lane>> places;
    lane_of_.assign(machine_.states.size(), 0);
    for (const Lane& lane : lanes) {
      size_t place = 0;
      while (place < places.size() &&
             std::any_of(places[place].begin(), places[place].end(),
                         [&](const Lane& other) {
                           return lane.top <= other.bottom + kPort &&
                                  other.top <= lane.bottom + kPort;
                         })) {
        ++place;
      }
      if (place == places.size()) {
        places.emplace_back();
      }
      places[place].push_back(lane);
      lane_of_[lane.to] = place;
    }
    lanes_ = places.size();
  }

  void PlaceLines() {
    const int lanes = static_cast<int>(lanes_);
    const int box_x = kMargin + (lanes == 0 ? 0 : lanes * kLane + kLabels);
    const int right = box_x + kBoxWidth;
    const int bar_x = right + kLabels;
    int top = layout_.height;
    int bottom = 0;
    for (MachineBox& box : layout_.boxes) {
      box.corner.x = box_x;
    }
    for (MachineEdge& edge : layout_.edges) {
      const MachineBox& from = layout_.boxes[position_[edge.from]];
      if (edge.route == Route::kDown) {
        const MachineBox& to = layout_.boxes[position_[edge.to]];
        const int x = box_x + kBoxWidth / 2;
        edge.line = {{x, from.corner.y + from.height}, {x, to.corner.y}};
        edge.label = {x + 8, from.corner.y + from.height + kStep / 2 + 3};
      } else if (edge.route == Route::kLane) {
        const int x =
            kMargin + (lanes - 1 - static_cast<int>(lane_of_[edge.to])) * kLane;
        const int out = PortOf(edge.from, &edge);
        const int in = PortOf(edge.to, nullptr);
        edge.line = {{box_x, out}, {x, out}, {x, in}, {box_x, in}};
        edge.label = {box_x - 8, out - kAboveLine};
      } else {
        const int y = from.corner.y + from.height / 2;
        edge.line = {{right, y}, {bar_x, y}};
        edge.label = {right + 8, y - kAboveLine};
        top = std::min(top, y);
        bottom = std::max(bottom, y);
      }
    }
    layout_.width = right + kMargin;
    if (layout_.failure.has_value()) {
      constexpr int kName = 72;  // High enough for its name.
      const int beyond = std::max(14, (kName - (bottom - top)) / 2);
      MachineBox& bar = *layout_.failure;
      bar.corner = {bar_x, std::max(kMargin, top - beyond)};
      bar.width = kBarWidth;
      bar.height = bottom + beyond - bar.corner.y;
      layout_.width = bar_x + kBarWidth + kMargin;
      layout_.height =
          std::max(layout_.height, bar.corner.y + bar.height + kMargin);
    } else if (std::any_of(layout_.edges.begin(), layout_.edges.end(),
                           [](const MachineEdge& edge) {
                             return edge.route == Route::kDown;
                           })) {
      layout_.width = right + kLabels / 2;
    }
  }

  const MachineDescription& machine_;
  size_t failure_ = kNowhere;
  // The states of the column, and where each of them is there.
  std::vector<size_t> order_;
  std::vector<size_t> position_;
  std::vector<std::vector<Port>> ports_;
  std::vector<size_t> lane_of_;
  size_t lanes_ = 0;
  MachineLayout layout_;
};

}  // namespace

MachineLayout LayOutMachine(const MachineDescription& machine) {
  return Layouter(machine).Run();
}

}  // namespace sspilab::sim
