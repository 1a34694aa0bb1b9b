#ifndef SSPILAB_CORE_KERBEROS_POLICY_H_
#define SSPILAB_CORE_KERBEROS_POLICY_H_

#include <cstdint>
#include <vector>

#include "core/kerberos/realm.h"

namespace sspilab {

// What the administrator of the machine has decided about Kerberos.
struct KerberosPolicy {
  // SupportedEncryptionTypes, the best first: what the machine asks for and
  // takes.
  std::vector<kerberos::Etype> etypes = kerberos::DefaultEtypes();
  // SkewTime, in seconds.
  int64_t max_clock_skew = 5 * 60;
  // TryIPSPN: whether tickets are asked for where the target is an address.
  bool try_ip_spn = false;

  friend bool operator==(const KerberosPolicy&,
                         const KerberosPolicy&) = default;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_KERBEROS_POLICY_H_
