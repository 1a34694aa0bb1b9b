#ifndef SSPILAB_CORE_SCHANNEL_SERVER_CERTIFICATE_H_
#define SSPILAB_CORE_SCHANNEL_SERVER_CERTIFICATE_H_

#include <string_view>

#include "core/security_package.h"

namespace sspilab::schannel {

// For callers who validate by hand (ISC_REQ_MANUAL_CRED_VALIDATION): what the
// handshake would have failed with. `context` is a Schannel initiator that has
// seen the server's certificate. SEC_E_OK where it is believed, by the World's
// roots and clock, and names `host`; an empty `host` is not compared.
[[nodiscard]] SECURITY_STATUS CheckServerCertificate(const Context& context,
                                                     std::u16string_view host);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_SERVER_CERTIFICATE_H_
