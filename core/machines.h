#ifndef SSPILAB_CORE_MACHINES_H_
#define SSPILAB_CORE_MACHINES_H_

#include "absl/types/span.h"
#include "core/machine.h"
#include "core/status.h"

namespace sspilab {

// The machines of a package: its initiator's, its acceptor's, and what else it
// has. Empty for a package that is not there.
absl::Span<const MachineDescription* const> MachinesOf(Package package);

}  // namespace sspilab

#endif  // SSPILAB_CORE_MACHINES_H_
