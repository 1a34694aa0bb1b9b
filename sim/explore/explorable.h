#ifndef SSPILAB_SIM_EXPLORE_EXPLORABLE_H_
#define SSPILAB_SIM_EXPLORE_EXPLORABLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/status.h"
#include "sim/explore/attacks.h"
#include "sim/scenario.h"

namespace sspilab::sim {

// A package that can be explored.
struct Explorable {
  Package package;
  // What to do to the bytes of a token: all that can be done, or less.
  using Attacks = std::vector<Attack> (*)(absl::Span<const uint8_t> token);
  // Where its sender was not disturbed before, and where it was.
  Attacks attacks;
  Attacks further_attacks;
  // What is known of the package itself, whoever implements it: whether, with
  // these tokens given to the client and to the server, an attacker wins
  // without anybody noticing. Its name, or "".
  std::string_view (*known_weakness)(
      absl::Span<const absl::Span<const uint8_t>> to_client,
      absl::Span<const absl::Span<const uint8_t>> to_server);
  // Actions, so that an exploration ends in well under a minute.
  uint32_t depth;
};
absl::Span<const Explorable> Explorables();

// The reference exchange, with something to choose where there could be:
// Schannel's application protocols.
Scenario ScenarioToExplore(Package package);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_EXPLORABLE_H_
