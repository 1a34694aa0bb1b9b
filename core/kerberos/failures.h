#ifndef SSPILAB_CORE_KERBEROS_FAILURES_H_
#define SSPILAB_CORE_KERBEROS_FAILURES_H_

#include "core/ntlm/channel_bindings.h"
#include "core/sspi.h"

namespace sspilab::kerberos {

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
template <typename Event>
Event BindingsFailure(ntlm::ChannelBindings::Result result) {
  return result == ntlm::ChannelBindings::Result::kOutOfMemory
             ? Event::kOutOfMemory
             : Event::kBindingsMalformed;
}

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_FAILURES_H_
