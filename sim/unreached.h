#ifndef SSPILAB_SIM_UNREACHED_H_
#define SSPILAB_SIM_UNREACHED_H_

#include <string_view>

#include "absl/types/span.h"
#include "core/machine.h"

namespace sspilab::sim {

// Why declared transitions need not be taken by two machines of ours and
// whoever stands between them. An empty name stands for any; a machine may be
// named by its package alone.
struct UnreachedReason {
  std::string_view machine;
  std::string_view state;
  std::string_view event;
  std::string_view why;

  bool Covers(const MachineDescription& description,
              const MachineDescription::Row& row) const;
};
absl::Span<const UnreachedReason> UnreachedReasons();

// The reason for a row. Empty where there is none: then the row has to be
// taken.
std::string_view WhyNotReached(const MachineDescription& machine,
                               const MachineDescription::Row& row);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_UNREACHED_H_
