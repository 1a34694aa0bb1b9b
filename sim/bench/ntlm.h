#ifndef SSPILAB_SIM_BENCH_NTLM_H_
#define SSPILAB_SIM_BENCH_NTLM_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/world.h"
#include "sim/bench/floor.h"
#include "sim/bench/handshake.h"
#include "sim/peers/winpr.h"

namespace sspilab::sim {

// What is measured of NTLM, bare and inside Negotiate. Registers itself with
// Google Benchmark, in the order in which a round runs.
class NtlmBenchmarks {
 public:
  // Fails when a handshake does.
  static absl::StatusOr<std::unique_ptr<NtlmBenchmarks>> New();
  NtlmBenchmarks(const NtlmBenchmarks&) = delete;
  NtlmBenchmarks& operator=(const NtlmBenchmarks&) = delete;
  ~NtlmBenchmarks();

  // OK where WinPR is measured, too; else why not.
  const absl::Status& winpr_status() const { return winpr_status_; }

 private:
  NtlmBenchmarks();

  absl::Status RecordExchange();
  void RegisterHandshakes();
  void RegisterParsers();
  void RegisterPrimitives();
  void RegisterWinPr(const WinPr& winpr);

  World world_;
  ScopedWorld bound_;
  // The exchange whose tokens the floor digests and the parsers read.
  Handshake recorded_;
  Handshake ours_;
  Handshake negotiated_;
  absl::StatusOr<CryptoFloor> floor_;
  std::unique_ptr<Handshake> winpr_;
  absl::Status winpr_status_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_NTLM_H_
