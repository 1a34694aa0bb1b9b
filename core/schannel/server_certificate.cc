#include "core/schannel/server_certificate.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <optional>
#include <string>

#include "core/schannel/certificate_check.h"
#include "core/schannel/context.h"
#include "core/schannel/transitions.h"
#include "core/tls/library.h"
#include "core/tls/openssl_ptr.h"

namespace sspilab::schannel {
namespace {

SECURITY_STATUS StatusOf(Event event) {
  for (const auto& row : InitiatorSpec::kTransitions) {
    if (row.event == event && row.to == State::kFailed) return row.status;
  }
  return SEC_E_INTERNAL_ERROR;
}

}  // namespace

SECURITY_STATUS CheckServerCertificate(const Context& context,
                                       std::u16string_view host) {
  const SSL* ssl = static_cast<const SchannelContext&>(context).ssl();
  X509* certificate = ssl == nullptr ? nullptr : SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return SEC_E_NO_CREDENTIALS;
  const tls::OpenSslPtr<X509_STORE_CTX, X509_STORE_CTX_free> chain(
      X509_STORE_CTX_new_ex(tls::Library(), nullptr));
  if (chain == nullptr ||
      X509_STORE_CTX_init(chain.get(),
                          SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl)),
                          certificate, SSL_get_peer_cert_chain(ssl)) != 1 ||
      X509_STORE_CTX_set_default(chain.get(), "ssl_server") != 1) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  // Names in certificates are ASCII; one with other letters matches none.
  std::string name;
  for (const char16_t c : host) name += c < 0x80 ? static_cast<char>(c) : '?';
  const std::optional<Event> problem =
      CheckCertificates(chain.get(), context.world().now(), name);
  return problem.has_value() ? StatusOf(*problem) : SEC_E_OK;
}

}  // namespace sspilab::schannel
