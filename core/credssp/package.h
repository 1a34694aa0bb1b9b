#ifndef SSPILAB_CORE_CREDSSP_PACKAGE_H_
#define SSPILAB_CORE_CREDSSP_PACKAGE_H_

#include "core/security_package.h"

namespace sspilab::credssp {

// The CredSSP package: TLS, SPNEGO in it, and the user's credentials at last.
const SecurityPackage& CredSspPackage();

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_PACKAGE_H_
