#ifndef SSPILAB_SIM_EXAMPLES_CALLERS_STREAM_CLIENT_H_
#define SSPILAB_SIM_EXAMPLES_CALLERS_STREAM_CLIENT_H_

#include <cstdint>

#include "core/sspi.h"
#include "sim/transport.h"

namespace sspilab::sim {

// A mistake that a program in the field has made.
enum class Mistake : uint8_t {
  kNone,
  kExtraIsFailure,
  kRenegotiationUnfinished,
  kNoRoomForExtra,
  kExtraToHandshake,
  kMoreCredentialsUnknown,
  kCompleteNeverCalled,
  kExtraKept,
  kIncompleteIsFatal,
  kSmallBuffer,
};

// A client for packages of any kind, as it should be but for one mistake:
// authenticates the server at the other end and, if the context is a stream,
// reads one message. True if it takes the server for authenticated.
bool AuthenticateServer(SecurityFunctionTableW* table, const SEC_WCHAR* package,
                        Mistake mistake, Transport& connection);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXAMPLES_CALLERS_STREAM_CLIENT_H_
