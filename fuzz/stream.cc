#include "fuzz/stream.h"

namespace sspilab::fuzz {

SECURITY_STATUS TakeAll(Caller& caller, Stream& stream, Stream& reply,
                        absl::FunctionRef<void()> before_leg) {
  // Each call but a repeated one takes something.
  bool repeated = false;
  for (;;) {
    before_leg();
    const SECURITY_STATUS status = caller.Advance(stream.bytes());
    const bool lost = !reply.Append(caller.token());
    if (lost || status < 0) return status;
    const bool repeats = caller.extra() == stream.bytes().size();
    if (repeats && repeated) return status;
    repeated = repeats;
    stream.KeepLast(caller.extra());
    if (caller.done() || stream.bytes().empty()) return status;
  }
}

}  // namespace sspilab::fuzz
