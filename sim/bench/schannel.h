#ifndef SSPILAB_SIM_BENCH_SCHANNEL_H_
#define SSPILAB_SIM_BENCH_SCHANNEL_H_

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/sspi.h"
#include "core/world.h"
#include "sim/bench/stream_handshake.h"
#include "sim/bench/tls_floor.h"

namespace sspilab::sim {

// What is measured of Schannel, and of CredSSP above it: full handshakes with
// one certificate, the server's, beside plain OpenSSL with the same
// certificate, cipher suite and groups. Credentials, like OpenSSL's SSL_CTX,
// are there already.
class SchannelBenchmarks {
 public:
  // Fails when a handshake does, or agrees on what the floor does not.
  static absl::StatusOr<std::unique_ptr<SchannelBenchmarks>> New();
  SchannelBenchmarks(const SchannelBenchmarks&) = delete;
  SchannelBenchmarks& operator=(const SchannelBenchmarks&) = delete;
  ~SchannelBenchmarks();

 private:
  // Of the two ends of one package; freed with it.
  struct Credentials {
    Credentials() = default;
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;
    ~Credentials();

    absl::Status Acquire(SEC_WCHAR* package, void* client_auth_data,
                         void* server_auth_data);

    CredHandle client = {};
    CredHandle server = {};
    bool has_client = false;
    bool has_server = false;
  };
  // One version of TLS: our two ends, and OpenSSL's.
  struct Version {
    Credentials credentials;
    std::optional<StreamHandshake> ours;
    std::optional<TlsFloor> floor;
  };

  SchannelBenchmarks() = default;

  absl::Status SetUp(Version& version, int tls_version);
  absl::Status SetUpCredSsp();
  void Register();

  World world_;
  Version tls12_;
  Version tls13_;
  Credentials credssp_credentials_;
  std::optional<StreamHandshake> credssp_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_SCHANNEL_H_
