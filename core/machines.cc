#include "core/machines.h"

#include "core/credssp/transitions.h"
#include "core/kerberos/transitions.h"
#include "core/negotiate/transitions.h"
#include "core/ntlm/transitions.h"
#include "core/schannel/transitions.h"

namespace sspilab {

absl::Span<const MachineDescription* const> MachinesOf(Package package) {
  static constexpr const MachineDescription* kNtlm[] = {
      &kDescription<ntlm::InitiatorSpec>, &kDescription<ntlm::AcceptorSpec>};
  static constexpr const MachineDescription* kKerberos[] = {
      &kDescription<kerberos::InitiatorSpec>,
      &kDescription<kerberos::AcceptorSpec>};
  static constexpr const MachineDescription* kNegotiate[] = {
      &kDescription<negotiate::InitiatorSpec>,
      &kDescription<negotiate::AcceptorSpec>};
  static constexpr const MachineDescription* kSchannel[] = {
      &kDescription<schannel::InitiatorSpec>,
      &kDescription<schannel::AcceptorSpec>};
  static constexpr const MachineDescription* kCredSsp[] = {
      &kDescription<credssp::InitiatorSpec>,
      &kDescription<credssp::AcceptorSpec>};
  switch (package) {
    case Package::kNegotiate:
      return kNegotiate;
    case Package::kNtlm:
      return kNtlm;
    case Package::kKerberos:
      return kKerberos;
    case Package::kSchannel:
      return kSchannel;
    case Package::kCredSsp:
      return kCredSsp;
    default:
      return {};
  }
}

}  // namespace sspilab
