#ifndef SSPILAB_CORE_TLS_SERVER_NAME_H_
#define SSPILAB_CORE_TLS_SERVER_NAME_H_

#include <openssl/ssl.h>
#include <openssl/tls1.h>

#include <string>

namespace sspilab::tls {

// Whom an initiator says that it wants to speak to (RFC 6066 3): OpenSSL's
// SSL_set_tlsext_host_name, whose macro has a cast that gcc warns of. False for
// lack of memory, or a name that is too long.
[[nodiscard]] inline bool SetServerName(SSL* ssl, const std::string& name) {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(name.c_str())) == 1;
}

}  // namespace sspilab::tls

#endif  // SSPILAB_CORE_TLS_SERVER_NAME_H_
