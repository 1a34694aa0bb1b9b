#ifndef SSPILAB_FUZZ_ORACLES_H_
#define SSPILAB_FUZZ_ORACLES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "core/machine.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "fuzz/rules.h"
#include "tests/support/process_transitions.h"

namespace sspilab::fuzz {

// Watches the calls of one run. It judges every single call by the status
// table and the machines' tables; whoever knows more about the run says
// Require. On the first broken rule it writes which one, and what happened
// before as a ladder, and aborts.
class Watch : public WorldObserver {
 public:
  // For a run of one package's contexts.
  explicit Watch(Package package);
  // Adds to DigestOfRuns.
  ~Watch();

  // The calls from now on are to another package's contexts.
  void set_package(Package package);

  // Makes a call: `function()` returns its status.
  template <typename Function>
  SECURITY_STATUS Run(Role side, Call call, Function function) {
    Begin(side, call);
    return End(function());
  }

  // A token of `from` went over the wire: so many bytes of it were sent, and so
  // many arrived.
  void Passed(Role from, size_t sent, size_t arrived, bool changed);

  // The transition that the last call took; null when it took none.
  const TransitionTaken* transition() const {
    return moves_ != 0 ? &transition_ : nullptr;
  }

  void Require(bool holds, Rule rule, std::string_view detail = "") {
    if (!holds) FailWithLadder(rule, detail);
  }

  // Of everything that was seen: equal inputs have equal ones.
  uint64_t digest() const { return digest_; }
  void Digest(absl::Span<const uint8_t> bytes);

  void OnTransition(const TransitionTaken& transition) override;

 private:
  // A call, or a token on its way.
  struct Step {
    Role side;
    bool is_token;
    // Of a call. No machine where none was asked.
    Call call;
    SECURITY_STATUS status;
    const MachineDescription* machine;
    uint8_t to;
    // Of a token.
    bool changed;
    size_t sent, arrived;
  };

  void Begin(Role side, Call call);
  SECURITY_STATUS End(SECURITY_STATUS status);
  // As Fail, with the steps.
  void FailWithLadder(Rule rule, std::string_view detail) const;
  // What happened came behind what happened last.
  void Follow(uint64_t what);
  void Mix(uint64_t value) { digest_ = (digest_ ^ value) * 0x100000001B3; }

  Package package_;
  absl::Span<const MachineDescription* const> machines_;
  // The last of them, in a ring.
  std::array<Step, 64> steps_;
  size_t steps_made_ = 0;
  Role side_ = Role::kInitiator;
  Call call_ = Call::kAcquireCredentialsHandle;
  int moves_ = 0;
  // Of the packages inside.
  int moves_inside_ = 0;
  sim::TransitionCounts* const counts_ = testing::ProcessTransitions();
  TransitionTaken transition_{};
  uint64_t last_ = 0;
  // FNV-1a's offset basis.
  uint64_t digest_ = 0xCBF29CE484222325;
};

// The digests of all runs of this process added up, so that replays in any
// order have the same.
uint64_t DigestOfRuns();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_ORACLES_H_
