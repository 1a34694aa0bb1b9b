#ifndef SSPILAB_SIM_BENCH_KERBEROS_H_
#define SSPILAB_SIM_BENCH_KERBEROS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/world.h"
#include "sim/bench/handshake.h"
#include "sim/bench/kerberos_floor.h"
#include "sim/peers/mit_gss.h"

namespace sspilab::sim {

// What is measured of Kerberos. Registers itself with Google Benchmark.
class KerberosBenchmarks {
 public:
  // Fails when an exchange does.
  static absl::StatusOr<std::unique_ptr<KerberosBenchmarks>> New();
  KerberosBenchmarks(const KerberosBenchmarks&) = delete;
  KerberosBenchmarks& operator=(const KerberosBenchmarks&) = delete;
  ~KerberosBenchmarks();

  // OK where MIT's GSSAPI is measured, too; else why not.
  const absl::Status& mit_status() const { return mit_status_; }

 private:
  // A realm of one encryption type: our two ends, the floor and MIT's.
  struct Type {
    explicit Type(kerberos::Etype etype);

    // A mutual exchange, a moment after the last one; `afterwards` is what the
    // established contexts do.
    absl::Status Run(absl::Status (Handshake::*afterwards)() = nullptr);

    World world;
    kerberos::Key service_key;
    Handshake ours;
    std::unique_ptr<KerberosFloor> floor;
    std::unique_ptr<MitGss> mit;
  };

  KerberosBenchmarks();

  absl::Status SetUp(Type& type);
  static void Register(const std::string& prefix, Type& type);

  Type sha1_;
  Type sha2_;
  absl::Status mit_status_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_KERBEROS_H_
