#include "core/negotiate/mechanisms.h"

#include <cstddef>
#include <iterator>

#include "core/kerberos/package.h"
#include "core/negotiate/messages.h"
#include "core/ntlm/package.h"

namespace sspilab::negotiate {

namespace {

// A header of 16 bytes, and the longest checksum (RFC 4121 4.2.6.1).
constexpr size_t kKerberosMicSize = 16 + 24;

// A machine in no domain speaks NTLM alone.
bool IsInRealm(const World& world) { return !world.realms().empty(); }

}  // namespace

// The order, and Kerberos' two names, are Windows' own (MS-SPNG 3.1.5.2).
absl::Span<const Mechanism> Mechanisms() {
  static constexpr Mechanism kMechanisms[] = {
      {oid::kWindowsKerberos, kerberos::KerberosPackage, kKerberosMicSize,
       IsInRealm},
      {oid::kKerberos, kerberos::KerberosPackage, kKerberosMicSize, IsInRealm},
      {oid::kNtlm, ntlm::NtlmPackage, 16},
  };
  static_assert(std::size(kMechanisms) <= kMaxMechanisms);
  return kMechanisms;
}

}  // namespace sspilab::negotiate
