#ifndef SSPILAB_CORE_NTLM_FAILURES_H_
#define SSPILAB_CORE_NTLM_FAILURES_H_

#include "core/buffers.h"
#include "core/sspi.h"

namespace sspilab::ntlm {

// The event for an OutputToken::Reserve that failed with `status`.
template <typename Event>
Event ReserveFailure(SECURITY_STATUS status) {
  switch (status) {
    case SEC_E_BUFFER_TOO_SMALL:
      return Event::kOutputTooSmall;
    case SEC_E_INSUFFICIENT_MEMORY:
      return Event::kOutOfMemory;
    default:
      return Event::kNoOutputToken;
  }
}

// The event for channel bindings that could not be read.
template <typename Event, typename Result>
Event BindingsFailure(Result result) {
  return result == Result::kOutOfMemory ? Event::kOutOfMemory
                                        : Event::kBindingsMalformed;
}

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_FAILURES_H_
