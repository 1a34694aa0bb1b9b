#ifndef SSPILAB_SIM_BENCH_TLS_FLOOR_H_
#define SSPILAB_SIM_BENCH_TLS_FLOOR_H_

#include <openssl/ssl.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/certificates.h"
#include "core/tls/openssl_ptr.h"

namespace sspilab::sim {

// A TLS handshake of plain OpenSSL with itself: its default library context,
// its own random generator, and between the two ends a memory BIO each way.
// What Schannel takes more than this is its own.
class TlsFloor {
 public:
  struct Options {
    int version = TLS1_3_VERSION;
    // The server's, and whom the client believes.
    const OwnedCertificate* certificate = nullptr;
    const DerBytes* root = nullptr;
    // Whom the client wants to speak to, and the Unix time at which
    // certificates must be valid.
    std::string host;
    int64_t now = 0;
    // OpenSSL's names: what both ends are confined to.
    std::string cipher_suite;
    std::string groups;
  };

  static absl::StatusOr<TlsFloor> New(const Options& options);

  // One full handshake, both ends made for it and gone afterwards.
  absl::Status Connect();

  // Of the last Connect: what was sent both ways.
  uint64_t bytes() const { return bytes_; }

 private:
  using Context = tls::OpenSslPtr<SSL_CTX, SSL_CTX_free>;

  TlsFloor(Context client, Context server, std::string host);

  Context client_;
  Context server_;
  std::string host_;
  uint64_t bytes_ = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_TLS_FLOOR_H_
