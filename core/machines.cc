#include "core/machines.h"

#include "core/negotiate/transitions.h"
#include "core/ntlm/transitions.h"

namespace sspilab {

absl::Span<const MachineDescription* const> MachinesOf(Package package) {
  static constexpr const MachineDescription* kNtlm[] = {
      &kDescription<ntlm::InitiatorSpec>, &kDescription<ntlm::AcceptorSpec>};
  static constexpr const MachineDescription* kNegotiate[] = {
      &kDescription<negotiate::InitiatorSpec>,
      &kDescription<negotiate::AcceptorSpec>};
  switch (package) {
    case Package::kNegotiate:
      return kNegotiate;
    case Package::kNtlm:
      return kNtlm;
    default:
      return {};
  }
}

}  // namespace sspilab
