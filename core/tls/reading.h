#ifndef SSPILAB_CORE_TLS_READING_H_
#define SSPILAB_CORE_TLS_READING_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdint>

#include "absl/types/span.h"
#include "core/tls/openssl_ptr.h"

// Certificates and keys in the library context. OpenSSL takes longer to read
// them than for a handshake, and a machine's come again with each credential:
// what was read is kept for the process, and shared. It must not be changed.
namespace sspilab::tls {

using X509Ptr = OpenSslPtr<X509, X509_free>;
using KeyPtr = OpenSslPtr<EVP_PKEY, EVP_PKEY_free>;

// Null where `der` is none. What is malformed in a certificate's extensions is
// found when it is used.
[[nodiscard]] X509Ptr ReadCertificate(absl::Span<const uint8_t> der);

// PKCS #8, not encrypted. Null where `der` is none.
[[nodiscard]] KeyPtr ReadPrivateKey(absl::Span<const uint8_t> der);

}  // namespace sspilab::tls

#endif  // SSPILAB_CORE_TLS_READING_H_
