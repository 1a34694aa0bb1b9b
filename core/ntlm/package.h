#ifndef SSPILAB_CORE_NTLM_PACKAGE_H_
#define SSPILAB_CORE_NTLM_PACKAGE_H_

#include "core/security_package.h"

namespace sspilab::ntlm {

// The NTLM package: credentials, both machines, import.
const SecurityPackage& NtlmPackage();

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_PACKAGE_H_
