#include "core/negotiate/mechanisms.h"

#include "core/negotiate/messages.h"
#include "core/ntlm/package.h"

namespace sspilab::negotiate {

absl::Span<const Mechanism> Mechanisms() {
  static constexpr Mechanism kMechanisms[] = {
      {oid::kNtlm, ntlm::NtlmPackage, 16},
  };
  static_assert(std::size(kMechanisms) <= kMaxMechanisms);
  return kMechanisms;
}

}  // namespace sspilab::negotiate
