#ifndef SSPILAB_CORE_HANDLES_H_
#define SSPILAB_CORE_HANDLES_H_

#include "core/security_package.h"

namespace sspilab {

// The process's handles. CredHandles are shared by any number of calls at a
// time, CtxtHandles belong to one call at a time.
CredentialTable& Credentials();
ContextTable& Contexts();

// Closes all that was opened in `world`.
void CloseHandlesOf(World& world);

}  // namespace sspilab

#endif  // SSPILAB_CORE_HANDLES_H_
