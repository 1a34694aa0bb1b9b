#ifndef SSPILAB_SIM_EXPLORE_HISTORIES_H_
#define SSPILAB_SIM_EXPLORE_HISTORIES_H_

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/caller.h"
#include "sim/coverage.h"
#include "sim/explore/attacks.h"
#include "sim/explore/one_side.h"
#include "sim/invariant.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// The tokens that a side was given, in order: each different history is run
// once, and what came of it is known from then on. What has not failed is a
// node of a tree, whose children have one token more.
class Histories {
 public:
  // Of each side, node 0 is the one that nothing has been given to.
  static constexpr uint32_t kStart = 0;
  // Tokens after which a side that still wants more will want more for ever.
  static constexpr uint32_t kMaxTokens = 24;

  struct Message {
    std::vector<uint8_t> token;
    // As they are asked for first.
    std::vector<Attack> attacks;
  };
  struct Node {
    uint64_t hash = 0;
    uint32_t parent = 0;
    Standing standing = Standing::kOpen;
    // Whether it has bytes that wait for the rest of a record.
    bool waits = false;
    // Whether it reads on when it is done.
    bool is_stream = false;
    // How many tokens the side was given, and how many it sent.
    uint32_t received = 0;
    uint32_t sent = 0;
    // The last one that it was given, and what it answered.
    std::vector<uint8_t> input;
    absl::InlinedVector<Message, 1> output;
    Agreed agreed;

    bool reads() const {
      return standing == Standing::kOpen ||
             (standing == Standing::kDone && is_stream);
    }
    // The number of a message of `output` among all of its side's, from 1.
    uint32_t LegOf(size_t message) const {
      return sent - static_cast<uint32_t>(output.size() - message) + 1;
    }
  };
  struct Given {
    bool failed = false;
    // Where it has not failed.
    uint32_t node = 0;
    // Where it has, what it told its peer of that; empty for nothing.
    absl::Span<const uint8_t> parting;
    std::optional<Invariant> broken;
  };
  // A token on its way to a side, in whose place `undisturbed` was sent.
  struct Job {
    Side side;
    uint32_t node;
    uint64_t history;
    std::vector<uint8_t> token;
    std::vector<uint8_t> undisturbed;
  };

  // The arguments are not owned and must outlive it. What follows from the jobs
  // that are done ahead is done by as many threads.
  Histories(Package package, const Scenario& scenario,
            const ScenarioWorlds& worlds, SecurityFunctionTableW* table,
            Coverage* coverage, int threads);
  ~Histories();

  // The hash of a node's history with one token more.
  uint64_t HashWith(Side side, uint32_t node,
                    absl::Span<const uint8_t> token) const;
  // Gives a token to a side that reads. `history` is HashWith of it.
  Given Give(Side side, uint32_t node, absl::Span<const uint8_t> token,
             absl::Span<const uint8_t> undisturbed, uint64_t history);
  // Runs what Give will be asked for, in all threads; nothing else changes.
  void RunAhead(std::vector<Job> jobs);

  bool is_known(Side side, uint64_t history) const {
    return known_[Index(side)].contains(history);
  }
  const Node& node(Side side, uint32_t index) const {
    return nodes_[Index(side)][index];
  }
  // Valid until the next Give.
  Node& node(Side side, uint32_t index) { return nodes_[Index(side)][index]; }
  // The tokens of a node.
  std::vector<absl::Span<const uint8_t>> Tokens(Side side, uint32_t node) const;
  // What broke in a client's first call.
  std::optional<Invariant> broken_at_start() const { return broken_at_start_; }
  // Histories that were run.
  uint64_t run() const { return run_; }
  int threads() const { return static_cast<int>(workers_.size()); }

 private:
  struct Worker;

  static size_t Index(Side side) { return static_cast<size_t>(side); }
  void Run(Worker& worker, Side side, uint32_t node,
           absl::Span<const uint8_t> token,
           absl::Span<const uint8_t> undisturbed, Reply* reply) const;
  // Keeps what came of a history: its place among the known ones.
  uint32_t Remember(Side side, uint32_t parent, uint64_t history,
                    absl::Span<const uint8_t> token, const Reply& reply);

  Coverage& coverage_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::array<std::vector<Node>, 2> nodes_;
  // What became of each history, by its hash: a node, or kFailed and what it
  // said at parting.
  std::array<absl::flat_hash_map<uint64_t, uint32_t>, 2> known_;
  std::array<absl::flat_hash_map<uint64_t, Invariant>, 2> broken_;
  std::optional<Invariant> broken_at_start_;
  std::array<absl::flat_hash_map<uint64_t, Reply>, 2> ahead_;
  // The first is that of those who say nothing.
  std::deque<std::vector<uint8_t>> partings_;
  absl::flat_hash_map<uint64_t, uint32_t> parting_by_hash_;
  uint64_t run_ = 0;
  Reply reply_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_HISTORIES_H_
