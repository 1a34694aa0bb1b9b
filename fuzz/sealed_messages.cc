#include "fuzz/sealed_messages.h"

#include <algorithm>
#include <cstring>

#include "core/sspi.h"
#include "fuzz/oracles.h"

namespace sspilab::fuzz {

using Kind = sim::OperationKind;

SealedMessages::SealedMessages(Caller& initiator, Caller& acceptor, bool strict,
                               bool agreed)
    : initiator_(initiator),
      acceptor_(acceptor),
      strict_(strict),
      sizes_(initiator.Sizes()),
      gss_(sizes_.cbMaxSignature != kNtlmSignature),
      in_step_(agreed) {
  const ULONG ours = initiator.Attributes().value_or(0);
  const ULONG theirs = acceptor.Attributes().value_or(0);
  checks_ = {(ours & (ISC_RET_INTEGRITY | ISC_RET_CONFIDENTIALITY)) != 0,
             (theirs & (ASC_RET_INTEGRITY | ASC_RET_CONFIDENTIALITY)) != 0};
  const bool datagram = ((ours | theirs) & ISC_RET_DATAGRAM) != 0;
  detects_replays_ = {
      gss_ ? (ours & (ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT)) != 0
           : !datagram,
      gss_ ? (theirs & (ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT)) != 0
           : !datagram};
}

void SealedMessages::Take(const sim::Operation& operation) {
  if (!initiator_.done() || !acceptor_.done()) return;
  const Kind kind = operation.kind;
  if (kind == Kind::kMove) return Move(operation);
  if (kind == Kind::kRepeat) {
    if (has_last_) {
      in_step_ = false;
      last_.opened = Deliver(last_, /*stream=*/false, /*altered=*/false);
    }
    return;
  }
  if (!IsMessage(kind) && kind != Kind::kHold) return;
  last_.is_signed = kind == Kind::kSign || kind == Kind::kSignAsStream;
  last_.opened = false;
  last_.from_acceptor = (operation.target & 1) != 0;
  last_.number = numbers_[last_.from_acceptor ? 1 : 0];
  last_.text_size = (operation.place & 0xFF) % (kMaxText + 1);
  // No two messages are the same.
  last_.text.fill(
      static_cast<uint8_t>(last_.number * 2 + (last_.from_acceptor ? 1 : 0)));
  const bool plain =
      gss_ && (kind == Kind::kWrap || kind == Kind::kWrapAsStream);
  has_last_ = Protect(last_, plain ? SECQOP_WRAP_NO_ENCRYPT : 0);
  if (!has_last_) return;
  ++numbers_[last_.from_acceptor ? 1 : 0];
  if (kind == Kind::kHold) {
    in_step_ = false;
    return;
  }
  Message arriving = last_;
  const uint8_t damage = operation.value;
  arriving.bytes[(operation.place >> 8) % arriving.size()] ^= damage;
  const bool stream = kind == Kind::kSealAsStream ||
                      kind == Kind::kSignAsStream ||
                      kind == Kind::kWrapAsStream;
  last_.opened = Deliver(arriving, stream, damage != 0);
}

bool SealedMessages::Protect(Message& message, ULONG quality) {
  Caller& caller = sender(message);
  const ULONG room = std::min<ULONG>(
      message.is_signed ? sizes_.cbMaxSignature : sizes_.cbSecurityTrailer,
      kMaxToken);
  const absl::Span<uint8_t> wire = wire_.Lay(room + message.text_size);
  std::copy_n(message.text.begin(), message.text_size, wire.begin() + room);
  SecBuffer buffers[] = {{room, SECBUFFER_TOKEN, wire.data()},
                         {static_cast<ULONG>(message.text_size), SECBUFFER_DATA,
                          wire.data() + room}};
  SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
  const SECURITY_STATUS status =
      message.is_signed
          ? caller.watch().Run(caller.role(), Call::kMakeSignature,
                               [&] {
                                 return MakeSignature(caller.context(), 0,
                                                      &list, message.number);
                               })
          : caller.watch().Run(caller.role(), Call::kEncryptMessage, [&] {
              return EncryptMessage(caller.context(), quality, &list,
                                    message.number);
            });
  caller.watch().Require(wire_.intact(), Rule::kOnlyItsOwnBytes, "a message");
  if (status != SEC_E_OK) return false;
  message.token_size = buffers[0].cbBuffer;
  // A token that encrypts nothing is shorter.
  caller.watch().Require((quality == 0 ? message.token_size == room
                                       : message.token_size <= room) &&
                             buffers[1].cbBuffer == message.text_size,
                         Rule::kMessagesArrive, "its size changed");
  const auto text =
      std::copy_n(wire.begin(), message.token_size, message.bytes.begin());
  std::copy(wire.begin() + room, wire.end(), text);
  // Not what is between the two: nobody wrote it.
  caller.watch().Digest(
      absl::MakeConstSpan(message.bytes).subspan(0, message.size()));
  return true;
}

bool SealedMessages::Deliver(const Message& message, bool stream,
                             bool altered) {
  Caller& caller = receiver(message);
  Watch& watch = caller.watch();
  const absl::Span<uint8_t> wire = wire_.Lay(message.size());
  std::copy_n(message.bytes.begin(), wire.size(), wire.begin());
  const auto text_size = static_cast<ULONG>(message.text_size);
  SecBuffer buffers[2] = {
      {static_cast<ULONG>(message.token_size), SECBUFFER_TOKEN, wire.data()},
      {text_size, SECBUFFER_DATA, wire.data() + message.token_size}};
  // GSS-API has no signatures with their messages.
  if (stream && !(gss_ && message.is_signed)) {
    buffers[0] = {static_cast<ULONG>(wire.size()), SECBUFFER_STREAM,
                  wire.data()};
    buffers[1] = {0, SECBUFFER_DATA, nullptr};
  }
  SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
  ULONG quality = 0;
  const SECURITY_STATUS status =
      message.is_signed
          ? watch.Run(caller.role(), Call::kVerifySignature,
                      [&] {
                        return VerifySignature(caller.context(), &list,
                                               message.number, &quality);
                      })
          : watch.Run(caller.role(), Call::kDecryptMessage, [&] {
              return DecryptMessage(caller.context(), &list, message.number,
                                    &quality);
            });
  watch.Require(wire_.intact(), Rule::kOnlyItsOwnBytes, "a message");
  const bool opened = status == SEC_E_OK;
  // A context ends with its ticket, which the other's clock may have otherwise.
  if (status == SEC_E_CONTEXT_EXPIRED) in_step_ = false;
  if (status == SEC_E_INSUFFICIENT_MEMORY && caller.is_refused_memory()) {
    in_step_ = false;
  }
  const bool same_text =
      opened && buffers[1].cbBuffer == text_size &&
      (text_size == 0 ||
       std::memcmp(buffers[1].pvBuffer, message.text.data(), text_size) == 0);
  if (in_step_ && !altered) watch.Require(same_text, Rule::kMessagesArrive);
  const size_t side = caller.role() == Role::kInitiator ? 0 : 1;
  if (opened && strict_ && numbers_unique_ && checks_[side]) {
    watch.Require(same_text, Rule::kMessagesAreAuthentic, "another text");
    watch.Require(!message.opened || !detects_replays_[side],
                  Rule::kMessagesAreAuthentic, "the same one twice");
  }
  if (altered || !opened) in_step_ = false;
  return opened;
}

void SealedMessages::Move(const sim::Operation& operation) {
  Caller& caller = (operation.target & 1) != 0 ? acceptor_ : initiator_;
  const ULONG flags = operation.place & (SECPKG_CONTEXT_EXPORT_RESET_NEW |
                                         SECPKG_CONTEXT_EXPORT_DELETE_OLD);
  const uint8_t damage = operation.value;
  const bool moved = caller.Move(flags, [&](absl::Span<uint8_t> packed) {
    packed[(operation.place >> 2) % packed.size()] ^= damage;
  });
  if (!moved) return;
  if (damage != 0 || (flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0) {
    in_step_ = false;
    numbers_unique_ = false;
  }
}

}  // namespace sspilab::fuzz
