#include "fuzz/stream_messages.h"

#include <algorithm>
#include <cstring>

#include "fuzz/oracles.h"
#include "fuzz/records.h"

namespace sspilab::fuzz {

StreamMessages::StreamMessages(Caller& initiator, Caller& acceptor,
                               Stream& to_initiator, Stream& to_acceptor,
                               bool strict, bool agreed)
    : strict_(strict),
      in_step_(agreed),
      ways_{
          Direction{.from = initiator, .to = acceptor, .inbox = to_acceptor},
          Direction{.from = acceptor, .to = initiator, .inbox = to_initiator}} {
  const SECURITY_STATUS status = initiator.watch().Run(
      Role::kInitiator, Call::kQueryContextAttributes, [&] {
        return QueryContextAttributesW(initiator.context(),
                                       SECPKG_ATTR_STREAM_SIZES, &sizes_);
      });
  if (status != SEC_E_OK) sizes_ = {};
}

void StreamMessages::Take(int kind, const Step& step) {
  Direction& way = FromSide(step);
  if (!way.from.has_context() || !way.to.has_context()) return;
  switch (kind) {
    case kSent:
      Send(way, step.where[0]);
      Deliver(way, Stream::kCapacity);
      break;
    case kDelayed:
      Send(way, step.where[0]);
      break;
    case kPart:
      Deliver(way, step.where[0]);
      break;
    case kDamaged: {
      const absl::Span<uint8_t> wire = way.wire.bytes();
      const auto damage = static_cast<uint8_t>(step.value >> 1);
      if (!wire.empty() && damage != 0) {
        in_step_ = false;
        wire[step.place() % wire.size()] ^= damage;
      }
      Deliver(way, Stream::kCapacity);
      break;
    }
    case kShutdown:
      Control(way, SCHANNEL_SHUTDOWN);
      break;
    case kRenegotiated:
      Control(way, SCHANNEL_RENEGOTIATE);
      break;
  }
}

void StreamMessages::Finish() {
  // A reply may call for another.
  for (int i = 0; i < 4; ++i) {
    for (Direction& way : ways_) Deliver(way, Stream::kCapacity);
  }
  for (Direction& way : ways_) {
    way.to.watch().Require(!in_step_ || way.text.bytes().empty(),
                           Rule::kMessagesArrive, "some never came");
  }
}

void StreamMessages::Send(Direction& way, size_t size) {
  Caller& sender = way.from;
  if (sizes_.cbMaximumMessage == 0) return;
  const size_t whole = sizes_.cbHeader + size + sizes_.cbTrailer;
  const absl::Span<uint8_t> bytes = memory_.Lay(whole);
  const absl::Span<uint8_t> text = bytes.subspan(sizes_.cbHeader, size);
  for (uint8_t& byte : text) byte = way.next_byte++;
  std::array<uint8_t, kMaxText> kept;
  std::copy(text.begin(), text.end(), kept.begin());
  SecBuffer buffers[] = {
      {sizes_.cbHeader, SECBUFFER_STREAM_HEADER, bytes.data()},
      {static_cast<ULONG>(size), SECBUFFER_DATA, text.data()},
      {sizes_.cbTrailer, SECBUFFER_STREAM_TRAILER, text.data() + size},
      {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc list = {SECBUFFER_VERSION, 4, buffers};
  const SECURITY_STATUS status = sender.watch().Run(
      sender.role(), Call::kEncryptMessage,
      [&] { return EncryptMessage(sender.context(), 0, &list, 0); });
  sender.watch().Require(memory_.intact(), Rule::kOnlyItsOwnBytes, "a message");
  if (status != SEC_E_OK) {
    way.next_byte = static_cast<uint8_t>(way.next_byte - size);
    return;
  }
  sender.watch().Require(buffers[0].cbBuffer <= sizes_.cbHeader &&
                             buffers[1].cbBuffer == size &&
                             buffers[2].cbBuffer <= sizes_.cbTrailer,
                         Rule::kMessagesArrive, "its parts grew");
  // What does not fit on the wire is lost.
  bool kept_all = way.text.Append(absl::MakeConstSpan(kept).subspan(0, size));
  for (int i = 0; i < 3; ++i) {
    const absl::Span<const uint8_t> part(
        static_cast<const uint8_t*>(buffers[i].pvBuffer), buffers[i].cbBuffer);
    sender.watch().Digest(part);
    kept_all = way.wire.Append(part) && kept_all;
  }
  if (!kept_all) in_step_ = false;
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
  const absl::Span<uint8_t> bytes = memory_.Lay(inbox.size());
  std::copy(inbox.begin(), inbox.end(), bytes.begin());
  SecBuffer buffers[] = {
      {static_cast<ULONG>(bytes.size()), SECBUFFER_DATA, bytes.data()},
      {0, SECBUFFER_EMPTY, nullptr},
      {0, SECBUFFER_EMPTY, nullptr},
      {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc list = {SECBUFFER_VERSION, 4, buffers};
  const SECURITY_STATUS status = watch.Run(
      receiver.role(), Call::kDecryptMessage,
      [&] { return DecryptMessage(receiver.context(), &list, 0, nullptr); });
  receiver.SawTransition();
  watch.Require(memory_.intact(), Rule::kOnlyItsOwnBytes, "a message");
  const auto find = [&](ULONG type) -> const SecBuffer* {
    const SecBuffer* const found = std::find_if(
        std::begin(buffers), std::end(buffers),
        [type](const SecBuffer& buffer) { return buffer.BufferType == type; });
    return found == std::end(buffers) ? nullptr : found;
  };
  const SecBuffer* const extra = find(SECBUFFER_EXTRA);
  const size_t rest = extra == nullptr ? 0 : extra->cbBuffer;
  if (status == SEC_E_INCOMPLETE_MESSAGE) {
    const SecBuffer* const missing = find(SECBUFFER_MISSING);
    watch.Require(missing != nullptr && extra == nullptr &&
                      missing->cbBuffer == MissingFrom(inbox),
                  Rule::kMissingIsRight);
    watch.Require(absl::Span<const uint8_t>(bytes) == inbox,
                  Rule::kMissingIsRight, "the input was touched");
    return false;
  }
  if (status < 0) {
    // Without memory, or with other bytes than were sent.
    if (status == SEC_E_INSUFFICIENT_MEMORY) in_step_ = false;
    watch.Require(!in_step_ || way.closed_by_sender, Rule::kMessagesArrive,
                  "it was refused");
    way.ended = true;
    return false;
  }
  const size_t record = RecordSize(inbox);
  if (status == SEC_I_RENEGOTIATE) {
    watch.Require(rest == inbox.size() || rest == inbox.size() - record,
                  Rule::kExtraIsExact);
    Leg(way, inbox.subspan(inbox.size() - rest));
    return !way.ended && !way.inbox.bytes().empty();
  }
  watch.Require(rest == inbox.size() - record, Rule::kExtraIsExact);
  watch.Require(extra == nullptr || extra->pvBuffer == bytes.data() + record,
                Rule::kExtraIsExact, "it points elsewhere");
  if (status == SEC_E_OK) {
    const SecBuffer* const data = find(SECBUFFER_DATA);
    watch.Require(data != nullptr, Rule::kMessagesArrive, "it is not shown");
    const absl::Span<const uint8_t> sent = way.text.bytes();
    const size_t size = data->cbBuffer;
    const bool same =
        size <= sent.size() &&
        (size == 0 || std::memcmp(data->pvBuffer, sent.data(), size) == 0);
    watch.Require(same || !strict_, Rule::kMessagesAreAuthentic,
                  "another text");
    if (same) way.text.KeepLast(sent.size() - size);
  } else if (status == SEC_I_CONTEXT_EXPIRED) {
    watch.Require(way.closed_by_sender || !strict_, Rule::kMessagesAreAuthentic,
                  "an end that nobody said");
    way.ended = true;
  }
  way.inbox.KeepLast(rest);
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
  Caller& sender = way.from;
  std::array<uint8_t, sizeof(token_type)> bytes;
  std::memcpy(bytes.data(), &token_type, sizeof(token_type));
  SecBuffer buffer = {sizeof(token_type), SECBUFFER_TOKEN, bytes.data()};
  SecBufferDesc list = {SECBUFFER_VERSION, 1, &buffer};
  const SECURITY_STATUS status = sender.watch().Run(
      sender.role(), Call::kApplyControlToken,
      [&] { return ApplyControlToken(sender.context(), &list); });
  sender.SawTransition();
  if (status != SEC_E_OK) return;
  if (token_type == SCHANNEL_SHUTDOWN) {
    way.closed_by_sender = true;
  } else {
    // The handshake may cross data on their way.
    in_step_ = false;
  }
  sender.Advance({});
  if (!way.wire.Append(sender.token())) in_step_ = false;
}

}  // namespace sspilab::fuzz
