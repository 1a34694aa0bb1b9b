#ifndef SSPILAB_SIM_SWARM_REFEREE_H_
#define SSPILAB_SIM_SWARM_REFEREE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/entropy.h"
#include "core/sspi.h"
#include "core/status.h"
#include "sim/coverage.h"
#include "sim/interceptor.h"
#include "sim/invariant.h"

namespace sspilab::sim {

// A table between callers and a package that judges each call, and now and then
// makes calls of its own that a caller with mistakes would make: with too
// little room, without room, with channel bindings that are none or that the
// peer does not have, out of turn, or when memory runs out. For one thread.
class Referee final : public Interceptor {
 public:
  explicit Referee(SecurityFunctionTableW* inner) : Interceptor(inner) {}

  // Begins a session: what it does to it follows from `seed`. `coverage` is not
  // owned.
  void Begin(Package package, uint64_t seed, Coverage* coverage);

  // Of the session's calls.
  std::optional<Invariant> broken() const { return broken_; }
  // Of every call, its status and its token.
  uint64_t digest() const { return digest_; }
  void MixIn(uint64_t value) { digest_ = (digest_ ^ value) * 0x100000001B3; }

  // One line a call, for people. Only between set_log(true) and the next Begin.
  void set_log(bool log) { logging_ = log; }
  const std::string& log() const { return log_; }

 protected:
  SECURITY_STATUS OnCall(const SspiCall& call,
                         absl::FunctionRef<SECURITY_STATUS()> proceed) override;

 private:
  enum class Mischief : uint8_t {
    kNone,
    kLittleRoom,
    kNoRoom,
    kMalformedBindings,
    kOwnBindings,
    kNoMemory,
    kAgain,
    kCompleteUncalledFor,
    kCompleteAnother,
  };
  static constexpr uint64_t kMischiefs = 9;

  Mischief Choose();
  SECURITY_STATUS OnAcquire(const SspiCall& call,
                            absl::FunctionRef<SECURITY_STATUS()> proceed);
  SECURITY_STATUS OnLeg(const SspiCall& call,
                        absl::FunctionRef<SECURITY_STATUS()> proceed);
  SECURITY_STATUS OnComplete(const SspiCall& call,
                             absl::FunctionRef<SECURITY_STATUS()> proceed);
  // The leg once more, with other arguments than the caller gave.
  SECURITY_STATUS CallLeg(const SspiCall& call, CtxtHandle* context,
                          SecBufferDesc* input, SecBufferDesc* output,
                          CtxtHandle* new_context);
  // The same before the caller's own call: a context that it begins is ended.
  void TryLeg(const SspiCall& call, SecBufferDesc* input,
              SecBufferDesc* output);
  SECURITY_STATUS LegWithBindings(const SspiCall& call, bool malformed);
  SECURITY_STATUS Judge(Call call, SECURITY_STATUS status);

  Package package_ = Package::kNtlm;
  Entropy entropy_{0, 0};
  Coverage* coverage_ = nullptr;
  // The client's and the server's.
  std::array<World*, 2> worlds_{};
  std::optional<Invariant> broken_;
  uint64_t digest_ = 0;
  bool logging_ = false;
  std::string log_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_SWARM_REFEREE_H_
