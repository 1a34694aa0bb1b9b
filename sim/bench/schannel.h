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

// What is measured of Schannel: full handshakes with one certificate, the
// server's, beside plain OpenSSL with the same certificate, cipher suite and
// groups. Credentials, like OpenSSL's SSL_CTX, are there already.
class SchannelBenchmarks {
 public:
  // Fails when a handshake does, or agrees on what the floor does not.
  static absl::StatusOr<std::unique_ptr<SchannelBenchmarks>> New();
  SchannelBenchmarks(const SchannelBenchmarks&) = delete;
  SchannelBenchmarks& operator=(const SchannelBenchmarks&) = delete;
  ~SchannelBenchmarks();

 private:
  // One version of TLS: our two ends, and OpenSSL's.
  struct Version {
    ~Version();

    CredHandle client = {};
    CredHandle server = {};
    bool has_client = false;
    bool has_server = false;
    std::optional<StreamHandshake> ours;
    std::optional<TlsFloor> floor;
  };

  SchannelBenchmarks() = default;

  absl::Status SetUp(Version& version, int tls_version);
  void Register();

  World world_;
  Version tls12_;
  Version tls13_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_SCHANNEL_H_
