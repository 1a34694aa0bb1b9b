#include "sim/wire_to_checker.h"

namespace sspilab::sim {
namespace {

Side Sender(Direction direction) {
  return direction == Direction::kToServer ? Side::kClient : Side::kServer;
}

Side Receiver(Direction direction) { return Sender(Opposite(direction)); }

}  // namespace

void WireToChecker::OnSend(Direction direction, uint32_t leg, MessageKind kind,
                           absl::Span<const uint8_t> payload) {
  if (kind == MessageKind::kToken) {
    checker_->OnSend(Sender(direction), payload);
  }
  if (next_ != nullptr) {
    next_->OnSend(direction, leg, kind, payload);
  }
}

void WireToChecker::OnFault(const Fault& fault) {
  if (next_ != nullptr) {
    next_->OnFault(fault);
  }
}

void WireToChecker::OnReceive(Direction direction, const Delivery& delivery) {
  checker_->OnReceive(Receiver(direction), delivery.bytes);
  if (next_ != nullptr) {
    next_->OnReceive(direction, delivery);
  }
}

void WireToChecker::OnClose(Direction direction) {
  checker_->OnReceive(Receiver(direction), {});
  if (next_ != nullptr) {
    next_->OnClose(direction);
  }
}

}  // namespace sspilab::sim
