#ifndef SSPILAB_CORE_SCHANNEL_SSL_CONTEXT_H_
#define SSPILAB_CORE_SCHANNEL_SSL_CONTEXT_H_

#include <openssl/ssl.h>

#include "core/role.h"
#include "core/schannel/policy.h"
#include "core/schannel/settings.h"
#include "core/tls/openssl_ptr.h"

namespace sspilab::schannel {

using SslContextPtr = tls::OpenSslPtr<SSL_CTX, SSL_CTX_free>;

// What the handshakes of one credential have in common, for TlsChannels: their
// delegates are asked whatever OpenSSL wants to know. Needs a
// tls::EntropyScope, though nothing drawn here is ever sent. Null for lack of
// memory. Whether keys are logged and messages told cannot be changed later.
[[nodiscard]] SslContextPtr NewSslContext(Role role, const Settings& settings,
                                          const SchannelPolicy& policy,
                                          bool observed);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_SSL_CONTEXT_H_
