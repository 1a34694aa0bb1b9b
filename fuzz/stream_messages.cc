#include "fuzz/stream_messages.h"

#include <algorithm>
#include <array>

#include "fuzz/oracles.h"

namespace sspilab::fuzz {

using Kind = sim::OperationKind;

StreamMessages::StreamMessages(Caller& initiator, Caller& acceptor,
                               Stream& to_initiator, Stream& to_acceptor,
                               bool strict, bool agreed)
    : strict_(strict),
      in_step_(agreed),
      ways_{
          Direction{.from = initiator, .to = acceptor, .inbox = to_acceptor},
          Direction{.from = acceptor, .to = initiator, .inbox = to_initiator}} {
}

void StreamMessages::Take(const sim::Operation& operation) {
  Direction& way = ways_[operation.target & 1];
  if (!way.from.has_context() || !way.to.has_context()) return;
  const Kind kind = operation.kind;
  if (IsMessage(kind)) {
    Send(way, operation.place & 0xFF);
    Damage(way, operation.place >> 8, operation.value);
    return Deliver(way, Stream::kCapacity);
  }
  switch (kind) {
    case Kind::kHold:
      Send(way, operation.place & 0xFF);
      break;
    case Kind::kArrive:
      Deliver(way, operation.place);
      break;
    case Kind::kDamage:
      Damage(way, operation.place, operation.value);
      Deliver(way, Stream::kCapacity);
      break;
    case Kind::kShutdown:
      Control(way, SCHANNEL_SHUTDOWN);
      break;
    case Kind::kRenegotiate:
      Control(way, SCHANNEL_RENEGOTIATE);
      break;
    default:
      break;
  }
}

void StreamMessages::Finish() {
  // A reply may call for another.
  for (int i = 0; i < 4; ++i) {
    for (Direction& way : ways_) Deliver(way, Stream::kCapacity);
  }
  for (Direction& way : ways_) {
    way.to.watch().Require(
        !in_step_ || way.text.bytes().empty() || Back(way).closed_by_sender,
        Rule::kMessagesArrive, "some never came");
  }
}

void StreamMessages::Send(Direction& way, size_t size) {
  std::array<uint8_t, kMaxText> text;
  for (size_t i = 0; i < size; ++i) text[i] = way.next_byte++;
  const absl::Span<const uint8_t> sent =
      absl::MakeConstSpan(text).subspan(0, size);
  switch (records_.Seal(way.from, sent, way.wire)) {
    case Records::Sealed::kWhole:
      if (!way.text.Append(sent)) in_step_ = false;
      break;
    case Records::Sealed::kLost:
      in_step_ = false;
      break;
    case Records::Sealed::kNot:
      break;
  }
}

void StreamMessages::Damage(Direction& way, size_t at, uint8_t damage) {
  const absl::Span<uint8_t> wire = way.wire.bytes();
  if (wire.empty() || damage == 0) return;
  in_step_ = false;
  wire[at % wire.size()] ^= damage;
}

void StreamMessages::Deliver(Direction& way, size_t size) {
  const absl::Span<const uint8_t> wire = way.wire.bytes();
  size = std::min(size, wire.size());
  if (!way.inbox.Append(wire.subspan(0, size))) in_step_ = false;
  way.wire.KeepLast(wire.size() - size);
  while (!way.ended && Open(way)) {
  }
}

bool StreamMessages::Open(Direction& way) {
  Caller& receiver = way.to;
  Watch& watch = receiver.watch();
  const absl::Span<const uint8_t> inbox = way.inbox.bytes();
  const Records::Opened opened = records_.Open(receiver, inbox);
  const SECURITY_STATUS status = opened.status;
  if (status == SEC_E_INCOMPLETE_MESSAGE) return false;
  if (status < 0) {
    // Without memory, or with other bytes than were sent.
    if (status == SEC_E_INSUFFICIENT_MEMORY && receiver.is_refused_memory()) {
      in_step_ = false;
    }
    // Whoever has ended its own half need not read on.
    watch.Require(
        !in_step_ || way.closed_by_sender || Back(way).closed_by_sender,
        Rule::kMessagesArrive, "it was refused");
    way.ended = true;
    return false;
  }
  if (status == SEC_I_RENEGOTIATE) {
    Leg(way, inbox.subspan(inbox.size() - opened.rest));
    return !way.ended && !way.inbox.bytes().empty();
  }
  if (status == SEC_E_OK) {
    const absl::Span<const uint8_t> sent = way.text.bytes();
    const bool same = opened.text == sent.subspan(0, opened.text.size());
    watch.Require(same || !strict_, Rule::kMessagesAreAuthentic,
                  "another text");
    if (same) way.text.KeepLast(sent.size() - opened.text.size());
  } else if (status == SEC_I_CONTEXT_EXPIRED) {
    watch.Require(way.closed_by_sender || !strict_, Rule::kMessagesAreAuthentic,
                  "an end that nobody said");
    way.ended = true;
  }
  way.inbox.KeepLast(opened.rest);
  return !way.ended && !way.inbox.bytes().empty();
}

void StreamMessages::Leg(Direction& way, absl::Span<const uint8_t> input) {
  Caller& receiver = way.to;
  const SECURITY_STATUS status = receiver.Advance(input);
  if (!Back(way).wire.Append(receiver.token())) in_step_ = false;
  if (status < 0) {
    if (status == SEC_E_INCOMPLETE_MESSAGE) return;
    in_step_ = false;
    way.ended = true;
    return;
  }
  const size_t before = way.inbox.bytes().size();
  way.inbox.KeepLast(receiver.extra());
  // A handshake that takes nothing would be asked for for ever.
  if (way.inbox.bytes().size() == before && before != 0) way.ended = true;
}

void StreamMessages::Control(Direction& way, ULONG token_type) {
  if (ApplyControl(way.from, token_type) != SEC_E_OK) return;
  if (token_type == SCHANNEL_SHUTDOWN) {
    way.closed_by_sender = true;
  } else {
    // The handshake may cross data on their way.
    in_step_ = false;
  }
  way.from.Advance({});
  if (!way.wire.Append(way.from.token())) in_step_ = false;
}

}  // namespace sspilab::fuzz
