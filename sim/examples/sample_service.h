#ifndef SSPILAB_SIM_EXAMPLES_SAMPLE_SERVICE_H_
#define SSPILAB_SIM_EXAMPLES_SAMPLE_SERVICE_H_

#include "core/sspi.h"
#include "sim/transport.h"

namespace sspilab::sim {

// An example of a caller with mistakes: the service of Microsoft's "How a
// Windows Sockets Service Authenticates a Client", in this project's words and
// with all that is wrong in it. sim/service.h lists the mistakes, README.md
// says where each is and what finds it, and repaired_service.h is the same
// without them.
//
// Authenticates the client at the other end; true if it takes it for
// authenticated.
bool AuthenticateClientAsTheSampleDoes(SecurityFunctionTableW* functions,
                                       const SEC_WCHAR* package,
                                       Transport& connection);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXAMPLES_SAMPLE_SERVICE_H_
