#ifndef SSPILAB_SIM_TRANSITION_COUNTS_H_
#define SSPILAB_SIM_TRANSITION_COUNTS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "core/machine.h"

// How often machines of any package took which transition; and as text, with
// which one program tells another.
namespace sspilab::sim {

class TransitionCounts {
 public:
  void Count(const TransitionTaken& taken) {
    Count(*taken.machine, taken.from, taken.event, 1);
  }
  void Count(const MachineDescription& machine, uint8_t from, uint8_t event,
             uint64_t times);

  // Zero of one that was never taken.
  uint64_t taken(const MachineDescription& machine, uint8_t from,
                 uint8_t event) const;

  // A line a transition, sorted, its columns parted by tabs: who counted
  // ("corpora"), machine, state, event, how often.
  std::string ToText(std::string_view source) const;

 private:
  // By the machine's name.
  std::map<std::tuple<std::string_view, uint8_t, uint8_t>,
           std::pair<const MachineDescription*, uint64_t>>
      counts_;
};

using TransitionCountsBySource =
    std::map<std::string, TransitionCounts, std::less<>>;

// What ToText wrote, whoever counted, however often; adds to what is there. The
// error names `file` and the line; of machines that are not what they were
// then, too.
absl::Status ParseTransitionCounts(std::string_view text, std::string_view file,
                                   TransitionCountsBySource* by_source);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TRANSITION_COUNTS_H_
