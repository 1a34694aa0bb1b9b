#include "fuzz/sealing_run.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/sspi.h"
#include "core/world.h"
#include "fuzz/message_buffers.h"
#include "fuzz/message_model.h"
#include "fuzz/ntlm_world.h"
#include "fuzz/oracles.h"
#include "fuzz/ready_contexts.h"
#include "sim/input/record.h"
#include "sim/input/sealing_operation.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {
namespace {

namespace shapes = sim::sealing_shape;
using Bytes = absl::Span<const uint8_t>;
using sim::SealingKind;
using sim::SealingOperation;
using Verdict = MessageModel::Verdict;

constexpr size_t kMaxText = 255;
constexpr size_t kMaxToken = 128;
constexpr size_t kMaxPadding = 16;
constexpr size_t kKept = 8;

// A message as it is on its way.
struct Message {
  size_t from = 0;
  // DecryptMessage opens it, and not VerifySignature.
  bool is_wrapped = false;
  bool is_encrypted = false;
  // Its sender's.
  uint8_t shape = 0;
  uint32_t sequence = 0;
  MessageModel::Mark mark;
  std::array<size_t, shapes::kPieces + 1> pieces;
  size_t piece_count = 0;
  size_t token_size = 0;
  size_t padding_size = 0;
  // At the text's beginning, what nobody protects.
  size_t unprotected = 0;
  // Of the text as it was, and on the wire.
  size_t sent_size = 0;
  size_t text_size = 0;
  // As it was, and as it is on the wire. Not initialized, as the rest: what is
  // read is written first.
  std::array<uint8_t, kMaxText> text;
  std::array<uint8_t, kMaxText> wire_text;
  std::array<uint8_t, kMaxToken> token;
  std::array<uint8_t, kMaxPadding> padding;

  bool has_checked_only() const { return (shape & shapes::kCheckedOnly) != 0; }
};

// `size` bytes in up to four pieces.
void Divide(size_t size, uint8_t shape, uint8_t place, Message& message) {
  message.piece_count = (shape & shapes::kPieces) + 1u;
  size_t rest = size;
  for (size_t i = 0; i < message.piece_count; ++i) {
    const bool is_last = i + 1 == message.piece_count;
    message.pieces[i] = is_last ? rest : rest * place / 256;
    rest -= message.pieces[i];
  }
}

ULONG TypeOfPiece(const Message& message, size_t piece) {
  if (piece != 0) return SECBUFFER_DATA;
  if ((message.shape & shapes::kReadOnly) != 0) {
    return SECBUFFER_DATA | SECBUFFER_READONLY;
  }
  return message.has_checked_only()
             ? SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM
             : SECBUFFER_DATA;
}

class SealingRun {
 public:
  SealingRun(const ReadyPair& pair, Watch& watch)
      : pair_(pair), watch_(watch), model_(pair) {
    for (size_t end = 0; end < 2; ++end) {
      // Import looks, and copies.
      SecBuffer packed = {static_cast<ULONG>(pair.packed[end].size()),
                          SECBUFFER_EMPTY,
                          const_cast<uint8_t*>(pair.packed[end].data())};
      Import(end, packed);
    }
  }
  ~SealingRun() {
    for (size_t end = 0; end < 2; ++end) Close(end);
  }
  SealingRun(const SealingRun&) = delete;
  SealingRun& operator=(const SealingRun&) = delete;

  void Take(const SealingOperation& operation);

 private:
  static Role RoleOf(size_t end) {
    return end == 0 ? Role::kInitiator : Role::kAcceptor;
  }

  void Import(size_t end, SecBuffer& packed);
  void Close(size_t end);
  void Move(size_t end, const SealingOperation& operation, uint8_t damage);
  void Protect(size_t from, bool seal, const SealingOperation& operation);
  // What is to be opened is in `message`, changed or not.
  void Open(size_t to, const Message& message, bool otherwise, Verdict verdict,
            uint8_t shape);
  // False where nothing changed.
  bool Damage(const SealingOperation& operation, Message& message);
  bool Resize(const SealingOperation& operation, Message& message);
  const Message& Which(uint8_t back) const {
    const size_t kept = std::min(made_, kKept - 1);
    return kept_[(made_ - 1 - back % kept) % kKept];
  }

  const ReadyPair& pair_;
  Watch& watch_;
  MessageModel model_;
  std::array<CtxtHandle, 2> contexts_ = {};
  std::array<bool, 2> open_ = {};
  // No context was changed while it was packed.
  bool unharmed_ = true;
  std::array<uint32_t, 2> sequences_ = {};
  std::array<Message, kKept> kept_;
  size_t made_ = 0;
};

void SealingRun::Import(size_t end, SecBuffer& packed) {
  const SECURITY_STATUS status =
      watch_.Run(RoleOf(end), Call::kImportSecurityContext, [&] {
        return ImportSecurityContextW(
            const_cast<char16_t*>(pair_.profile->name), &packed, nullptr,
            &contexts_[end]);
      });
  open_[end] = status == SEC_E_OK;
  watch_.Require(open_[end] || !unharmed_, Rule::kMessagesArrive,
                 "a context that was exported is not imported");
}

void SealingRun::Close(size_t end) {
  if (!open_[end]) return;
  open_[end] = false;
  for (const SECURITY_STATUS expected : {SEC_E_OK, SEC_E_INVALID_HANDLE}) {
    const SECURITY_STATUS status =
        watch_.Run(RoleOf(end), Call::kDeleteSecurityContext,
                   [&] { return DeleteSecurityContext(&contexts_[end]); });
    watch_.Require(status == expected, Rule::kClosedIsClosed, "a context");
  }
}

void SealingRun::Move(size_t end, const SealingOperation& operation,
                      uint8_t damage) {
  if (!open_[end]) return;
  const ULONG flags = operation.value & (SECPKG_CONTEXT_EXPORT_RESET_NEW |
                                         SECPKG_CONTEXT_EXPORT_DELETE_OLD);
  SecBuffer packed = {};
  const SECURITY_STATUS exported =
      watch_.Run(RoleOf(end), Call::kExportSecurityContext, [&] {
        return ExportSecurityContext(&contexts_[end], flags, &packed, nullptr);
      });
  watch_.Require(exported == SEC_E_OK, Rule::kMessagesArrive,
                 "a context cannot be exported");
  if ((flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) != 0) {
    open_[end] = false;
  } else {
    Close(end);
  }
  if ((flags & SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0) model_.Restart();
  if (damage != 0) unharmed_ = false;
  const size_t place = operation.size << 8 | operation.place;
  static_cast<uint8_t*>(packed.pvBuffer)[place % packed.cbBuffer] ^= damage;
  Import(end, packed);
  const SECURITY_STATUS freed =
      watch_.Run(RoleOf(end), Call::kFreeContextBuffer,
                 [&] { return FreeContextBuffer(packed.pvBuffer); });
  watch_.Require(freed == SEC_E_OK, Rule::kClosedIsClosed, "a packed context");
}

void SealingRun::Protect(size_t from, bool seal,
                         const SealingOperation& operation) {
  const uint8_t shape = operation.shape;
  // In its place, which is the next one's again if nothing comes of it.
  Message& message = kept_[made_ % kKept];
  message.from = from;
  message.unprotected = 0;
  message.shape = shape;
  message.sent_size = message.text_size = operation.size;
  message.sequence = sequences_[from];
  // No two messages are the same.
  for (size_t i = 0; i < message.text_size; ++i) {
    message.text[i] =
        static_cast<uint8_t>((message.sequence * 2 + from) * 0x1F + i);
  }
  Divide(message.text_size, shape, operation.place, message);
  if ((shape & shapes::kReadOnly) != 0) message.unprotected = message.pieces[0];

  const ULONG quality = !seal                        ? 0
                        : (operation.value & 1) != 0 ? SECQOP_WRAP_NO_ENCRYPT
                                                     : operation.value & 0xF0u;
  message.is_encrypted = seal && quality == 0;
  // NTLM has no wrapping without encryption: it signs.
  message.is_wrapped = seal && (quality == 0 || model_.gss());

  const size_t needed = std::max<size_t>(
      1, seal ? pair_.sizes.cbSecurityTrailer : pair_.sizes.cbMaxSignature);
  const size_t room = (shape & shapes::kLittleRoom) != 0
                          ? operation.place % std::min(needed, kMaxToken)
                          : std::min(needed, kMaxToken);
  MessageBuffers buffers;
  const bool is_last = (shape & shapes::kTokenLast) != 0;
  const auto add_token = [&] {
    SecBuffer& token = buffers.Add(SECBUFFER_TOKEN, {}, room);
    if ((shape & shapes::kNoToken) == 0) return;
    switch (operation.place % 3) {
      case 0:
        token.BufferType = SECBUFFER_EMPTY;
        break;
      case 1:
        token.BufferType |= SECBUFFER_READONLY;
        break;
      default:
        token.pvBuffer = nullptr;
        token.cbBuffer = 0;
    }
  };
  if (!is_last) add_token();
  const size_t first_piece = buffers.count();
  Bytes rest = absl::MakeConstSpan(message.text).first(message.text_size);
  for (size_t i = 0; i < message.piece_count; ++i) {
    buffers.Add(TypeOfPiece(message, i), rest.first(message.pieces[i]));
    rest.remove_prefix(message.pieces[i]);
  }
  if (is_last) add_token();
  const size_t token_at = is_last ? buffers.count() - 1 : 0;
  const bool has_padding = (shape & shapes::kNoPadding) == 0;
  if (has_padding) buffers.Add(SECBUFFER_PADDING, {}, kMaxPadding);
  SecBufferDesc* const list = buffers.list();

  const Role role = RoleOf(from);
  const SECURITY_STATUS status =
      seal ? watch_.Run(role, Call::kEncryptMessage,
                        [&] {
                          return EncryptMessage(&contexts_[from], quality, list,
                                                message.sequence);
                        })
           : watch_.Run(role, Call::kMakeSignature, [&] {
               return MakeSignature(&contexts_[from], quality, list,
                                    message.sequence);
             });
  watch_.Require(buffers.intact(), Rule::kOnlyItsOwnBytes, "around a buffer");
  const bool done = status == SEC_E_OK;
  for (size_t i = 0; i < buffers.count(); ++i) {
    const ULONG type = BareType(buffers.before(i));
    const bool is_written =
        done && (buffers.before(i).BufferType & SECBUFFER_ATTRMASK) == 0 &&
        (type == SECBUFFER_TOKEN || type == SECBUFFER_PADDING ||
         (type == SECBUFFER_DATA && message.is_encrypted));
    watch_.Require(is_written || !buffers.is_rewritten(i),
                   Rule::kOnlyItsOwnBytes, "what a message is made of");
    const bool is_sized =
        done && (type == SECBUFFER_TOKEN || type == SECBUFFER_PADDING);
    watch_.Require(
        !buffers.is_redescribed(i) ||
            (is_sized && buffers[i].pvBuffer == buffers.before(i).pvBuffer &&
             buffers[i].cbBuffer <= buffers.before(i).cbBuffer),
        Rule::kOnlyItsOwnBytes, "a buffer of a message");
  }
  const bool can_seal =
      (pair_.attributes[from] &
       (from == 0 ? ISC_RET_CONFIDENTIALITY : ASC_RET_CONFIDENTIALITY)) != 0;
  constexpr uint8_t kOdd = shapes::kReadOnly | shapes::kCheckedOnly |
                           shapes::kNoPadding | shapes::kLittleRoom |
                           shapes::kNoToken;
  watch_.Require(done || !unharmed_ || (shape & kOdd) != 0 ||
                     (seal && (quality != 0 || !can_seal)),
                 Rule::kMessagesArrive, "it is not made");
  if (!done) return;

  message.token_size = buffers[token_at].cbBuffer;
  std::memcpy(message.token.data(), buffers[token_at].pvBuffer,
              message.token_size);
  auto wire = message.wire_text.begin();
  for (size_t i = 0; i < message.piece_count; ++i) {
    const SecBuffer& piece = buffers[first_piece + i];
    wire = std::copy_n(static_cast<const uint8_t*>(piece.pvBuffer),
                       piece.cbBuffer, wire);
  }
  message.padding_size = 0;
  if (has_padding && seal && model_.gss()) {
    const SecBuffer& padding = buffers[buffers.count() - 1];
    message.padding_size = padding.cbBuffer;
    std::memcpy(message.padding.data(), padding.pvBuffer, padding.cbBuffer);
  }
  watch_.Digest(absl::MakeConstSpan(message.token).first(message.token_size));
  watch_.Digest(
      absl::MakeConstSpan(message.wire_text).first(message.text_size));
  message.mark = model_.Send(from);
  ++sequences_[from];
  ++made_;
}

bool SealingRun::Damage(const SealingOperation& operation, Message& message) {
  const size_t size =
      message.token_size + message.text_size + message.padding_size;
  if (size == 0 || operation.value == 0) return false;
  size_t at = (operation.size << 8 | operation.place) % size;
  for (const auto& [bytes, count] :
       {std::pair(message.token.data(), message.token_size),
        std::pair(message.wire_text.data(), message.text_size),
        std::pair(message.padding.data(), message.padding_size)}) {
    if (at < count) {
      bytes[at] ^= operation.value;
      break;
    }
    at -= count;
  }
  return true;
}

bool SealingRun::Resize(const SealingOperation& operation, Message& message) {
  const int by = static_cast<int8_t>(operation.value);
  const auto resize = [by](size_t& size, absl::Span<uint8_t> bytes) {
    const size_t before = size;
    size = static_cast<size_t>(std::clamp<int>(static_cast<int>(size) + by, 0,
                                               static_cast<int>(bytes.size())));
    for (size_t i = before; i < size; ++i) bytes[i] = 0;
    return size != before;
  };
  if ((operation.place & 1) != 0) {
    return resize(message.token_size, absl::MakeSpan(message.token));
  }
  if (!resize(message.text_size, absl::MakeSpan(message.wire_text))) {
    return false;
  }
  Divide(message.text_size, message.shape, operation.place, message);
  return true;
}

void SealingRun::Open(size_t to, const Message& message, bool otherwise,
                      Verdict verdict, uint8_t shape) {
  const bool decrypts = message.is_wrapped != otherwise;
  const bool stream = (shape & shapes::kStream) != 0;
  const size_t skipped = message.unprotected;
  const Bytes text =
      absl::MakeConstSpan(message.wire_text).first(message.text_size);
  const Bytes token =
      absl::MakeConstSpan(message.token).first(message.token_size);
  const Bytes padding =
      absl::MakeConstSpan(message.padding).first(message.padding_size);
  const bool has_padding = (shape & shapes::kNoPadding) == 0;
  MessageBuffers buffers;
  if (stream) {
    std::array<uint8_t, kMaxToken + kMaxText + kMaxPadding> whole;
    auto end = std::copy(token.begin(), token.end(), whole.begin());
    end = std::copy(text.begin() + std::min(skipped, text.size()), text.end(),
                    end);
    end = std::copy(padding.begin(), padding.end(), end);
    buffers.Add(SECBUFFER_STREAM,
                absl::MakeConstSpan(whole).first(
                    static_cast<size_t>(end - whole.begin())));
    SecBuffer& data = buffers.Add(SECBUFFER_DATA, {});
    data.pvBuffer = nullptr;
  } else {
    // Only where all pieces are alike may it be divided otherwise.
    Message divided = message;
    if ((message.shape & (shapes::kReadOnly | shapes::kCheckedOnly)) == 0) {
      Divide(text.size(), shape, static_cast<uint8_t>(message.sequence * 77),
             divided);
    }
    buffers.Add(SECBUFFER_TOKEN, token);
    Bytes rest = text;
    for (size_t i = 0; i < divided.piece_count; ++i) {
      buffers.Add(TypeOfPiece(divided, i), rest.first(divided.pieces[i]));
      rest.remove_prefix(divided.pieces[i]);
    }
    if (has_padding) buffers.Add(SECBUFFER_PADDING, padding);
  }
  SecBufferDesc* const list = buffers.list();
  ULONG quality = 0;
  const Role role = RoleOf(to);
  const SECURITY_STATUS status =
      decrypts ? watch_.Run(role, Call::kDecryptMessage,
                            [&] {
                              return DecryptMessage(&contexts_[to], list,
                                                    message.sequence, &quality);
                            })
               : watch_.Run(role, Call::kVerifySignature, [&] {
                   return VerifySignature(&contexts_[to], list,
                                          message.sequence, &quality);
                 });
  const bool opened = status == SEC_E_OK;

  watch_.Require(buffers.intact(), Rule::kOnlyItsOwnBytes, "around a buffer");
  for (size_t i = 0; i < buffers.count(); ++i) {
    const SecBuffer& before = buffers.before(i);
    const ULONG type = BareType(before);
    const bool is_written =
        decrypts && (before.BufferType & SECBUFFER_ATTRMASK) == 0 &&
        (type == SECBUFFER_DATA || type == SECBUFFER_STREAM);
    watch_.Require(is_written || !buffers.is_rewritten(i),
                   Rule::kOnlyItsOwnBytes, "a message that arrived");
    watch_.Require(!buffers.is_redescribed(i) ||
                       (opened && stream && type == SECBUFFER_DATA),
                   Rule::kOnlyItsOwnBytes,
                   "a buffer of a message that arrived");
  }

  // What the caller has now.
  std::array<uint8_t, 2 * kMaxText> found;
  size_t found_size = 0;
  if (opened && stream) {
    const SecBuffer& data = buffers[1];
    const auto* const whole = static_cast<const uint8_t*>(buffers[0].pvBuffer);
    const auto* const begin = static_cast<const uint8_t*>(data.pvBuffer);
    watch_.Require(begin >= whole && data.cbBuffer <= buffers[0].cbBuffer &&
                       begin <= whole + (buffers[0].cbBuffer - data.cbBuffer),
                   Rule::kOnlyItsOwnBytes, "the text is not in the stream");
    found_size = std::min<size_t>(data.cbBuffer, found.size());
    std::copy_n(begin, found_size, found.begin());
  } else if (opened) {
    for (size_t i = 0; i < buffers.count(); ++i) {
      if (BareType(buffers[i]) != SECBUFFER_DATA ||
          (buffers[i].BufferType & SECBUFFER_READONLY) != 0) {
        continue;
      }
      std::copy_n(static_cast<const uint8_t*>(buffers[i].pvBuffer),
                  buffers[i].cbBuffer, found.begin() + found_size);
      found_size += buffers[i].cbBuffer;
    }
  }
  const Bytes original = absl::MakeConstSpan(message.text)
                             .first(message.sent_size)
                             .subspan(std::min(skipped, message.sent_size));
  const bool same =
      opened && absl::MakeConstSpan(found).first(found_size) == original;
  if (unharmed_) {
    watch_.Require(same || verdict != Verdict::kMust, Rule::kMessagesArrive);
    watch_.Require(!opened || same || !model_.checks(to),
                   Rule::kMessagesAreAuthentic, "another text");
    watch_.Require(!opened || verdict != Verdict::kMustNot,
                   Rule::kMessagesAreAuthentic,
                   "not the next one, or one for the other side");
  }
  if (opened) model_.Opened(to, message.mark);
  if (status == SEC_E_MESSAGE_ALTERED) model_.FoundAltered(to);
}

void SealingRun::Take(const SealingOperation& operation) {
  if (!open_[0] || !open_[1]) return;
  const auto kind =
      static_cast<SealingKind>(operation.kind % sim::kSealingKinds);
  const size_t end = operation.which & 1;
  switch (kind) {
    case SealingKind::kSeal:
    case SealingKind::kSign:
      return Protect(end, kind == SealingKind::kSeal, operation);
    case SealingKind::kMove:
      return Move(end, operation, 0);
    case SealingKind::kMoveDamaged:
      return Move(end, operation, operation.size);
    default:
      break;
  }
  if (made_ == 0) return;
  Message message = Which(operation.which);
  const uint8_t shape = operation.shape;
  const size_t to =
      kind == SealingKind::kReflect ? message.from : 1 - message.from;
  bool altered = false;
  if (kind == SealingKind::kDeliverDamaged) {
    altered = Damage(operation, message);
  } else if (kind == SealingKind::kDeliverResized) {
    altered = Resize(operation, message);
  }
  const bool otherwise = kind == SealingKind::kOpenOtherwise;
  Verdict verdict = kind == SealingKind::kReflect
                        ? model_.JudgeOwn(to)
                        : model_.Judge(to, message.mark);
  // What nobody promises to open.
  const bool stream = (shape & shapes::kStream) != 0;
  const bool is_odd = altered || otherwise ||
                      (stream && (message.has_checked_only() ||
                                  (model_.gss() && !message.is_wrapped))) ||
                      (!stream && (shape & shapes::kNoPadding) != 0 &&
                       message.padding_size != 0);
  if (verdict == Verdict::kMust && is_odd) verdict = Verdict::kMay;
  Open(to, message, otherwise, verdict, shape);
}

}  // namespace

uint64_t RunSealing(absl::Span<const uint8_t> bytes) {
  const auto input = sim::RecordInput::Decode(sim::kSealingFormat, bytes);
  const ReadyPair& pair = ReadyPairOf(input.settings[0]);
  Watch watch(pair.profile->package);
  World world(NtlmOptionsOf({}, Role::kAcceptor, Verification::kStrict));
  world.set_observer(&watch);
  {
    const ScopedWorld bind(&world);
    SealingRun run(pair, watch);
    for (const sim::Record& operation : input.operations) {
      run.Take(sim::As<SealingOperation>(operation));
    }
  }
  watch.Require(world.memory().live_allocations() == 0, Rule::kBalance);
  return watch.digest();
}

}  // namespace sspilab::fuzz
