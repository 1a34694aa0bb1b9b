#ifndef SSPILAB_SIM_EXPLORE_EXPLORER_H_
#define SSPILAB_SIM_EXPLORE_EXPLORER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/coverage.h"
#include "sim/explore/attacks.h"
#include "sim/fault.h"
#include "sim/invariant.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// A package that can be explored.
struct Explorable {
  Package package;
  // What to do to the bytes of a token: AttacksOnFields, or fewer.
  std::vector<Attack> (*attacks)(absl::Span<const uint8_t> token);
  // What is known of the package itself, whoever implements it: whether, with
  // these tokens given to the client and to the server, an attacker wins
  // without anybody noticing. Its name, or "".
  std::string_view (*known_weakness)(
      absl::Span<const absl::Span<const uint8_t>> to_client,
      absl::Span<const absl::Span<const uint8_t>> to_server);
};
absl::Span<const Explorable> Explorables();

// Something that was found, and the shortest way to it.
struct Finding {
  Invariant invariant;
  // Empty for a violation, else what is known to make it possible.
  std::string_view known_weakness;
  uint64_t times = 0;
  // As many actions, of which these are faults.
  uint32_t depth = 0;
  std::vector<Fault> faults;
};

struct Exploration {
  // States that were reached, and ways that led to one, new or not.
  uint64_t states = 0;
  uint64_t transitions = 0;
  // Of the longest way.
  uint32_t depth = 0;
  // Whether there was nothing left to do before the depth asked for.
  bool complete = false;
  // Histories that a side was run through.
  uint64_t histories = 0;
  // States from which nothing follows, by what they are.
  uint64_t both_done = 0;
  uint64_t failed = 0;
  uint64_t cut_off = 0;
  // In the order of the invariants, violations first.
  std::vector<Finding> findings;

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
// of 64 bits. Nothing follows from a state in which a side has failed: what the
// other one can still do was tried before.
//
// `scenario` has no faults. `progress` is told of the numbers so far now and
// then; it may be null. `coverage` gets the transitions.
Exploration Explore(
    const Explorable& explorable, const Scenario& scenario, uint32_t depth,
    SecurityFunctionTableW* table, Coverage* coverage,
    const std::function<void(const Exploration&)>& progress = nullptr);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_EXPLORER_H_
