#ifndef SSPILAB_SIM_WIRE_TO_CHECKER_H_
#define SSPILAB_SIM_WIRE_TO_CHECKER_H_

#include "sim/checker.h"
#include "sim/wire.h"

namespace sspilab::sim {

// Tells a Checker what the wire carries, and whoever else observes it.
// Verdicts and messages are no tokens, but that a line ended matters to whoever
// waits.
class WireToChecker final : public WireObserver {
 public:
  // Neither is owned; `next` may be null.
  WireToChecker(Checker* checker, WireObserver* next)
      : checker_(checker), next_(next) {}

  void OnSend(Direction direction, uint32_t leg, MessageKind kind,
              absl::Span<const uint8_t> payload) override;
  void OnFault(const Fault& fault) override;
  void OnReceive(Direction direction, const Delivery& delivery) override;
  void OnClose(Direction direction) override;

 private:
  Checker* const checker_;
  WireObserver* const next_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_WIRE_TO_CHECKER_H_
