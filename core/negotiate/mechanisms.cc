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

// A machine in no domain speaks NTLM alone, and so does a server that has no
// account to accept as.
bool IsInRealm(const CredentialRequest& request) {
  return request.use == SECPKG_CRED_INBOUND && request.auth_data == nullptr
             ? kerberos::HasMachineAccount(request.world)
             : !request.world.realms().empty();
}

}  // namespace

// The order, and Kerberos' two names, are Windows' own (MS-SPNG 3.1.5.2).
absl::Span<const Mechanism> Mechanisms() {
  static constexpr Mechanism kMechanisms[] = {
      {oid::kWindowsKerberos, kerberos::KerberosPackage, kKerberosMicSize,
       IsInRealm, true},
      {oid::kKerberos, kerberos::KerberosPackage, kKerberosMicSize, IsInRealm,
       true},
      {oid::kNtlm, ntlm::NtlmPackage, 16},
  };
  static_assert(std::size(kMechanisms) <= kMaxMechanisms);
  return kMechanisms;
}

}  // namespace sspilab::negotiate
