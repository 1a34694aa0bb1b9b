#ifndef SSPILAB_CORE_LEG_FAILURES_H_
#define SSPILAB_CORE_LEG_FAILURES_H_

#include "core/channel_bindings.h"
#include "core/sspi.h"

// The events, of machines that have them, for what went wrong with the caller's
// buffers.
namespace sspilab {

// For an OutputToken::Reserve that failed with `status`.
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

// For channel bindings that could not be read.
template <typename Event>
Event BindingsFailure(ChannelBindings::Result result) {
  return result == ChannelBindings::Result::kOutOfMemory
             ? Event::kOutOfMemory
             : Event::kBindingsMalformed;
}

}  // namespace sspilab

#endif  // SSPILAB_CORE_LEG_FAILURES_H_
