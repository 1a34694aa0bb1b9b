#ifndef SSPILAB_CORE_KERBEROS_PACKAGE_H_
#define SSPILAB_CORE_KERBEROS_PACKAGE_H_

#include "core/security_package.h"

namespace sspilab::kerberos {

// "Kerberos", as Windows calls it.
const SecurityPackage& KerberosPackage();

// Whether any realm has the account as which the machine's services accept.
bool HasMachineAccount(const World& world);

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_PACKAGE_H_
