#include "core/machines.h"

#include "core/ntlm/transitions.h"

namespace sspilab {

absl::Span<const MachineDescription* const> MachinesOf(Package package) {
  static constexpr const MachineDescription* kNtlm[] = {
      &kDescription<ntlm::InitiatorSpec>, &kDescription<ntlm::AcceptorSpec>};
  switch (package) {
    case Package::kNtlm:
      return kNtlm;
    default:
      return {};
  }
}

}  // namespace sspilab
