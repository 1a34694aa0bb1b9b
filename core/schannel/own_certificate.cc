#include "core/schannel/own_certificate.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace sspilab::schannel {

std::optional<OwnCertificate> OwnCertificate::Parse(
    const OwnedCertificate& certificate) {
  OwnCertificate own;
  own.x509_ = tls::ReadCertificate(certificate.certificate);
  own.key_ = tls::ReadPrivateKey(certificate.private_key);
  own.chain_.reset(sk_X509_new_null());
  if (own.x509_ == nullptr || own.key_ == nullptr || own.chain_ == nullptr ||
      X509_check_private_key(own.x509_.get(), own.key_.get()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  for (const DerBytes& der : certificate.chain) {
    tls::X509Ptr issuer = tls::ReadCertificate(der);
    if (issuer == nullptr ||
        sk_X509_push(own.chain_.get(), issuer.get()) == 0) {
      return std::nullopt;
    }
    issuer.release();
  }
  return own;
}

bool OwnCertificate::UseIn(SSL_CTX* ssl_ctx) const {
  return SSL_CTX_use_cert_and_key(ssl_ctx, x509_.get(), key_.get(),
                                  chain_.get(), /*override=*/1) == 1;
}

bool OwnCertificate::UseIn(SSL* ssl) const {
  return SSL_use_cert_and_key(ssl, x509_.get(), key_.get(), chain_.get(),
                              /*override=*/1) == 1;
}

bool OwnCertificate::IsIssuedByOneOf(const STACK_OF(X509_NAME) *
                                     authorities) const {
  const int count = sk_X509_NAME_num(authorities);
  if (count <= 0) return true;
  const auto issued_by = [this](const X509_NAME* authority) {
    if (X509_NAME_cmp(X509_get_issuer_name(x509_.get()), authority) == 0) {
      return true;
    }
    for (int i = 0; i < sk_X509_num(chain_.get()); ++i) {
      const X509* link = sk_X509_value(chain_.get(), i);
      if (X509_NAME_cmp(X509_get_issuer_name(link), authority) == 0) {
        return true;
      }
    }
    return false;
  };
  for (int i = 0; i < count; ++i) {
    if (issued_by(sk_X509_NAME_value(authorities, i))) return true;
  }
  return false;
}

bool OwnCertificate::IsForClients() const {
  return X509_check_purpose(x509_.get(), X509_PURPOSE_SSL_CLIENT, 0) == 1;
}

}  // namespace sspilab::schannel
