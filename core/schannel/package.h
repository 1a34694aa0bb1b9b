#ifndef SSPILAB_CORE_SCHANNEL_PACKAGE_H_
#define SSPILAB_CORE_SCHANNEL_PACKAGE_H_

#include "core/security_package.h"

namespace sspilab::schannel {

// The Schannel package: TLS 1.2 and 1.3.
const SecurityPackage& SchannelPackage();

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_PACKAGE_H_
