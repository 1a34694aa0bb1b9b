#ifndef SSPILAB_SIM_EXAMPLES_REPAIRED_SERVICE_H_
#define SSPILAB_SIM_EXAMPLES_REPAIRED_SERVICE_H_

#include "core/sspi.h"
#include "sim/transport.h"

namespace sspilab::sim {

// sample_service.h without its mistakes: the same loop, for packages of any
// kind, streams included. `wanted` (ASC_REQ_*) is what it asks for and does
// without none of.
//
// Authenticates the client at the other end; true if it is authenticated.
bool AuthenticateClient(SecurityFunctionTableW* functions,
                        const SEC_WCHAR* package, ULONG wanted,
                        Transport& connection);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXAMPLES_REPAIRED_SERVICE_H_
