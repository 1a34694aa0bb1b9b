#ifndef SSPILAB_SIM_CALL_MAKER_H_
#define SSPILAB_SIM_CALL_MAKER_H_

#include "core/sspi.h"
#include "sim/interceptor.h"

namespace sspilab::sim {

// Makes the call: the other way round from an Interceptor. An attribute goes by
// the Ex form of its function where `call.size` is there. Arguments that an
// SspiCall does not have are what nearly every caller gives them: the native
// data representation, no key function, no principal. Where the table lacks the
// function, SEC_E_UNSUPPORTED_FUNCTION.
SECURITY_STATUS MakeCall(SecurityFunctionTableW& table, const SspiCall& call);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_CALL_MAKER_H_
