#ifndef SSPILAB_CORE_SCHANNEL_OWN_CERTIFICATE_H_
#define SSPILAB_CORE_SCHANNEL_OWN_CERTIFICATE_H_

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>

#include "core/certificates.h"
#include "core/tls/reading.h"

namespace sspilab::schannel {

// A certificate of the machine's, read once for all handshakes.
class OwnCertificate {
 public:
  // Nothing where something in it cannot be read, or the key is another's.
  [[nodiscard]] static std::optional<OwnCertificate> Parse(
      const OwnedCertificate& certificate);

  X509* x509() const { return x509_.get(); }
  // Makes it what is shown to the peer.
  [[nodiscard]] bool UseIn(SSL_CTX* ssl_ctx) const;
  [[nodiscard]] bool UseIn(SSL* ssl) const;
  // Whether one of `authorities` issued it, or an authority of its chain. None
  // of them means any.
  [[nodiscard]] bool IsIssuedByOneOf(const STACK_OF(X509_NAME) *
                                     authorities) const;
  // Whether it may prove who a client is (RFC 5280 4.2.1.12).
  [[nodiscard]] bool IsForClients() const;

 private:
  struct ChainFree {
    void operator()(STACK_OF(X509) * chain) const {
      sk_X509_pop_free(chain, X509_free);
    }
  };

  tls::X509Ptr x509_;
  tls::KeyPtr key_;
  std::unique_ptr<STACK_OF(X509), ChainFree> chain_;
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_OWN_CERTIFICATE_H_
