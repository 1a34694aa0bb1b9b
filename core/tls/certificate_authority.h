#ifndef SSPILAB_CORE_TLS_CERTIFICATE_AUTHORITY_H_
#define SSPILAB_CORE_TLS_CERTIFICATE_AUTHORITY_H_

#include <openssl/types.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/certificates.h"
#include "core/entropy.h"
#include "core/tls/openssl_ptr.h"
#include "core/world.h"

namespace sspilab::tls {

enum class KeyKind {
  kP256,
  kRsa2048,  // A hundred times as long in the making.
};

inline constexpr FileTime kDay = 86'400 * kFileTimeSecond;

// What is asked of an authority.
struct CertificateRequest {
  std::string common_name;
  // The names that a server answers to (RFC 5280 4.2.1.6), ASCII.
  std::vector<std::string> dns_names;
  // To the second.
  FileTime valid_from = kFileTimeGenesis;
  FileTime valid_to = kFileTimeGenesis + 365 * kDay;
  KeyKind key = KeyKind::kP256;
  // RFC 5280 4.2.1.3, as OpenSSL's KU_ bits.
  uint32_t key_usage = KU_DIGITAL_SIGNATURE;
  // Extended key usages (RFC 5280 4.2.1.12); with neither there is no such
  // extension, which means any use.
  bool server_authentication = false;
  bool client_authentication = false;
};

// Issues X.509 certificates (RFC 5280), with their keys, at run time. Keys,
// serial numbers and signatures come from its entropy: the same requests in
// the same order are the same bytes. Errors are OpenSSL's, out of memory, or a
// request with a time or text that X.509 cannot say. For one thread at a time.
class CertificateAuthority {
 public:
  // One that signs its own certificate. Of `request`, usages and DNS names do
  // not apply.
  static absl::StatusOr<CertificateAuthority> Root(
      const CertificateRequest& request, Entropy entropy);

  // One whose certificate this one signs.
  absl::StatusOr<CertificateAuthority> Intermediate(
      const CertificateRequest& request);

  // A certificate for anyone but an authority, with this one's chain.
  absl::StatusOr<OwnedCertificate> Issue(const CertificateRequest& request);

  const DerBytes& certificate() const { return certificate_; }

 private:
  using Key = OpenSslPtr<EVP_PKEY, EVP_PKEY_free>;
  using Certificate = OpenSslPtr<X509, X509_free>;

  CertificateAuthority(Entropy entropy, Key key, Certificate x509,
                       std::vector<DerBytes> chain);

  Entropy entropy_;
  Key key_;
  Certificate x509_;
  DerBytes certificate_;
  std::vector<DerBytes>
      chain_;  // As OwnedCertificate::chain of what it issues.
};

// A certificate that nobody but itself vouches for.
absl::StatusOr<OwnedCertificate> SelfSigned(const CertificateRequest& request,
                                            Entropy entropy);

}  // namespace sspilab::tls

#endif  // SSPILAB_CORE_TLS_CERTIFICATE_AUTHORITY_H_
