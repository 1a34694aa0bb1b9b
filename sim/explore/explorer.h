#ifndef SSPILAB_SIM_EXPLORE_EXPLORER_H_
#define SSPILAB_SIM_EXPLORE_EXPLORER_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/sspi.h"
#include "sim/coverage.h"
#include "sim/explore/attacks.h"
#include "sim/explore/explorable.h"
#include "sim/fault.h"
#include "sim/invariant.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// Something that was found, and a way to it from which nothing can be left out,
// and of which nothing can be done more simply.
struct Finding {
  Invariant invariant;
  // Empty for a violation, else what is known to make it possible.
  std::string_view known_weakness;
  // Transitions that led to it.
  uint64_t times = 0;
  // The way has as many actions, of which these are faults.
  uint32_t depth = 0;
  std::vector<Fault> faults;
  // Whether the faults do on the wire what was done here: they cannot where one
  // of two copies of a message is another than the other.
  bool on_the_wire = true;
};

struct Exploration {
  // States that were reached by as many actions as its place says, and what
  // those of them are from which nothing follows.
  struct Level {
    uint64_t states = 0;
    uint64_t both_done = 0;
    uint64_t failed = 0;
    uint64_t cut_off = 0;
  };

  // Of all levels, and ways that led to a state, new or not.
  uint64_t states = 0;
  uint64_t transitions = 0;
  uint64_t both_done = 0;
  uint64_t failed = 0;
  uint64_t cut_off = 0;
  std::vector<Level> levels;
  // By Attack::Kind.
  std::array<uint64_t, kAttackNames.size()> transitions_by_attack{};
  // Of the longest way.
  uint32_t depth = 0;
  // States from which something follows that lies deeper than was asked for. 0:
  // everything was tried.
  uint64_t left = 0;
  // Histories that a side was run through.
  uint64_t histories = 0;
  // In the order of the invariants, violations first.
  std::vector<Finding> findings;
  // What of the scenario cannot be made: then nothing was explored. Empty where
  // all can.
  std::string impossible;

  bool complete() const { return left == 0; }
  bool ok() const;
};

// Tries everything that an attacker in the middle of `scenario` can do, up to
// `depth` actions, breadth first. Each action is for one message that is on its
// way: let it pass, lose it, deliver it and keep a copy, deliver another one
// first, send it back, put that leg of an earlier session in its place, cut it
// off or flip a bit in a field.
//
// A state is what the client was given, call by call, what the server was
// given, and what is on its way; two ways to one are one state, known by a hash
// of 64 bits. Nothing follows from a state in which a side has failed: what it
// said at parting, an alert, its peer has got, and what that could do besides
// was tried before.
//
// `scenario` has no faults. `coverage` gets the transitions. `progress` is told
// of the numbers so far now and then; it may be null. The result does not
// depend on `threads`, as long as calls in several do not disturb each other.
Exploration Explore(
    const Explorable& explorable, const Scenario& scenario, uint32_t depth,
    SecurityFunctionTableW* table, Coverage* coverage,
    const std::function<void(const Exploration&)>& progress = nullptr,
    int threads = 1);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_EXPLORER_H_
