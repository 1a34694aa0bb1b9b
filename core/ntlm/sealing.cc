#include "core/ntlm/sealing.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/crypto/bytes.h"
#include "core/crypto/crc32.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/wire/reader.h"
#include "core/wire/writer.h"

namespace sspilab::ntlm {
namespace {

using Bytes = absl::Span<const uint8_t>;

constexpr uint32_t kSignatureVersion = 1;
constexpr MessageProtection::Signature kDummySignature = {kSignatureVersion};
// Where the parts of a signature are (2.2.2.9). Without extended session
// security the first four bytes of the checksum are RandomPad, which is zero
// when sent and not looked at when received.
constexpr size_t kChecksumOffset = 4;
constexpr size_t kCrcOffset = 8;
constexpr size_t kNumberOffset = 12;

constexpr uint8_t kSnapshotVersion = 1;

std::array<uint8_t, 4> LittleEndian(uint32_t value) {
  return {static_cast<uint8_t>(value), static_cast<uint8_t>(value >> 8),
          static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 24)};
}

// What a signature vouches for.
class MessageDigest {
 public:
  // 3.4.4.2: the HMAC under the signing key of number and message.
  MessageDigest(crypto::HmacMd5* signing_key, uint32_t number)
      : hmac_(signing_key) {
    hmac_->Update(LittleEndian(number));
  }
  // 3.4.4.1: the CRC of the message.
  MessageDigest() = default;

  void Update(Bytes bytes) {
    if (hmac_ != nullptr) {
      hmac_->Update(bytes);
    } else {
      crc_ = crypto::Crc32Update(crc_, bytes);
    }
  }

  // The eight bytes at kChecksumOffset, not yet encrypted.
  std::array<uint8_t, 8> Finish() {
    std::array<uint8_t, 8> checksum{};
    if (hmac_ != nullptr) {
      const Key mac = hmac_->Finish();
      std::copy_n(mac.begin(), checksum.size(), checksum.begin());
    } else {
      const std::array<uint8_t, 4> crc =
          LittleEndian(crypto::Crc32Finish(crc_));
      std::copy(crc.begin(), crc.end(),
                checksum.begin() + kCrcOffset - kChecksumOffset);
    }
    return checksum;
  }

 private:
  crypto::HmacMd5* hmac_ = nullptr;
  uint32_t crc_ = crypto::kCrc32Initial;
};

}  // namespace

MessageProtection::MessageProtection(const Key& exported_session_key,
                                     uint32_t flags, Role role,
                                     uint8_t peer_revision)
    : exported_session_key_(exported_session_key),
      flags_(flags),
      role_(role),
      peer_revision_(peer_revision) {}

MessageProtection::Signature MessageProtection::Sign(
    absl::Span<const Segment> message, uint32_t number) {
  return Protect(message, /*seal=*/false, number);
}

VerifyResult MessageProtection::Verify(absl::Span<const Segment> message,
                                       absl::Span<const uint8_t> signature,
                                       uint32_t number) {
  return Open(message, signature, /*unseal=*/false, number);
}

MessageProtection::Signature MessageProtection::Seal(
    absl::Span<const Segment> message, uint32_t number) {
  return Protect(message, /*seal=*/true, number);
}

VerifyResult MessageProtection::Unseal(absl::Span<const Segment> message,
                                       absl::Span<const uint8_t> signature,
                                       uint32_t number) {
  return Open(message, signature, /*unseal=*/true, number);
}

bool MessageProtection::Signs() const {
  return HasAny(kNegotiateSign | kNegotiateSeal);
}

void MessageProtection::DeriveKeys(Direction direction,
                                   Channel* channel) const {
  channel->sealing_key =
      SealKey(flags_, exported_session_key_, direction, peer_revision_);
  channel->keystream = crypto::Rc4(channel->sealing_key.bytes());
  if (HasAny(kNegotiateExtendedSessionSecurity)) {
    channel->signing_key =
        crypto::HmacMd5(SignKey(exported_session_key_, direction));
  }
  channel->ready = true;
}

MessageProtection::Channel& MessageProtection::Prepare(Direction direction,
                                                       uint32_t number) {
  Channel& channel = channels_[HasAny(kNegotiateExtendedSessionSecurity)
                                   ? static_cast<size_t>(direction)
                                   : 0];
  if (!channel.ready) {
    DeriveKeys(direction, &channel);
  }
  if (HasAny(kNegotiateDatagram)) {
    channel.number = number;
    // Without extended session security Windows starts every message with the
    // sealing key itself, though 3.4 makes no difference.
    const Bytes key = channel.sealing_key.bytes();
    channel.keystream =
        HasAny(kNegotiateExtendedSessionSecurity)
            ? crypto::Rc4(crypto::Md5({key, LittleEndian(number)}))
            : crypto::Rc4(key);
  }
  return channel;
}

MessageProtection::Signature MessageProtection::Encode(
    const std::array<uint8_t, 8>& checksum, Channel* channel) const {
  Signature signature = kDummySignature;
  const std::array<uint8_t, 4> number = LittleEndian(channel->number);
  std::copy(checksum.begin(), checksum.end(),
            signature.begin() + kChecksumOffset);
  std::copy(number.begin(), number.end(), signature.begin() + kNumberOffset);

  const auto protected_part =
      absl::MakeSpan(signature).subspan(kChecksumOffset);
  if (!HasAny(kNegotiateExtendedSessionSecurity)) {
    // 3.4.4.1: RandomPad goes through the keystream, but is sent as zeros.
    channel->keystream.Crypt(protected_part);
    std::fill(signature.begin() + kChecksumOffset,
              signature.begin() + kCrcOffset, uint8_t{0});
  } else if (HasAny(kNegotiateKeyExchange)) {
    channel->keystream.Crypt(protected_part.subspan(0, checksum.size()));
  }
  return signature;
}

MessageProtection::Signature MessageProtection::Protect(
    absl::Span<const Segment> message, bool seal, uint32_t number) {
  if (!Signs()) {
    return kDummySignature;
  }
  Channel& channel =
      Prepare(role_ == Role::kInitiator ? Direction::kInitiatorToAcceptor
                                        : Direction::kAcceptorToInitiator,
              number);
  MessageDigest digest =
      HasAny(kNegotiateExtendedSessionSecurity)
          ? MessageDigest(&channel.signing_key, channel.number)
          : MessageDigest();
  for (const Segment& segment : message) {
    digest.Update(segment.bytes);
    if (seal && segment.encrypt) {
      channel.keystream.Crypt(segment.bytes);
    }
  }
  const Signature signature = Encode(digest.Finish(), &channel);
  ++channel.number;
  return signature;
}

VerifyResult MessageProtection::Open(absl::Span<const Segment> message,
                                     absl::Span<const uint8_t> signature,
                                     bool unseal, uint32_t number) {
  if (signature.size() != kSignatureSize ||
      !std::equal(kDummySignature.begin(),
                  kDummySignature.begin() + kChecksumOffset,
                  signature.begin())) {
    return VerifyResult::kAltered;
  }
  if (!Signs()) {
    return crypto::ConstantTimeEqual(signature, kDummySignature)
               ? VerifyResult::kOk
               : VerifyResult::kAltered;
  }
  const bool extended = HasAny(kNegotiateExtendedSessionSecurity);
  Channel& channel =
      Prepare(role_ == Role::kInitiator ? Direction::kAcceptorToInitiator
                                        : Direction::kInitiatorToAcceptor,
              number);
  const crypto::Rc4 keystream_before = channel.keystream;
  MessageDigest digest =
      extended ? MessageDigest(&channel.signing_key, channel.number)
               : MessageDigest();
  for (const Segment& segment : message) {
    if (unseal && segment.encrypt) {
      channel.keystream.Crypt(segment.bytes);
    }
    digest.Update(segment.bytes);
  }
  const Signature expected = Encode(digest.Finish(), &channel);
  const Bytes expected_bytes = expected;
  // Where the number is encrypted, it is so with the same keystream in both.
  if (!crypto::ConstantTimeEqual(expected_bytes.subspan(kNumberOffset),
                                 signature.subspan(kNumberOffset))) {
    channel.keystream = keystream_before;
    return VerifyResult::kOutOfSequence;
  }
  ++channel.number;
  const size_t checksum_at = extended ? kChecksumOffset : kCrcOffset;
  return crypto::ConstantTimeEqual(expected_bytes.subspan(checksum_at),
                                   signature.subspan(checksum_at))
             ? VerifyResult::kOk
             : VerifyResult::kAltered;
}

std::array<uint8_t, MessageProtection::kSnapshotSize>
MessageProtection::Snapshot() const {
  std::array<uint8_t, kSnapshotSize> snapshot{};
  wire::Writer writer(absl::MakeSpan(snapshot));
  writer.WriteU8(kSnapshotVersion);
  writer.WriteU8(static_cast<uint8_t>(role_));
  writer.WriteU8(peer_revision_);
  writer.WriteU32(flags_);
  writer.WriteBytes(exported_session_key_);
  for (const Channel& channel : channels_) {
    writer.WriteU8(channel.ready ? 1 : 0);
    writer.WriteU32(channel.number);
    if (channel.ready) {
      writer.WriteBytes(channel.keystream.Snapshot());
    } else {
      writer.WriteZeros(crypto::Rc4::kStateSize);
    }
  }
  return snapshot;
}

absl::StatusOr<MessageProtection> MessageProtection::Restore(
    absl::Span<const uint8_t> snapshot) {
  const auto invalid = [](std::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("message protection snapshot: ", what));
  };
  if (snapshot.size() != kSnapshotSize) {
    return invalid(
        absl::StrCat(snapshot.size(), " bytes, not ", kSnapshotSize));
  }
  MessageProtection result;
  uint8_t version = 0;
  uint8_t role = 0;
  wire::Reader reader(snapshot);
  if (!reader.ReadU8(&version) || version != kSnapshotVersion) {
    return invalid("of another version");
  }
  if (!reader.ReadU8(&role) || role > static_cast<uint8_t>(Role::kAcceptor) ||
      !reader.ReadU8(&result.peer_revision_) ||
      !reader.ReadU32(&result.flags_) ||
      !reader.CopyBytes(absl::MakeSpan(result.exported_session_key_))) {
    return invalid("bad role");
  }
  result.role_ = static_cast<Role>(role);
  for (const Direction direction :
       {Direction::kInitiatorToAcceptor, Direction::kAcceptorToInitiator}) {
    Channel& channel = result.channels_[static_cast<size_t>(direction)];
    uint8_t ready = 0;
    crypto::Rc4::State keystream;
    if (!reader.ReadU8(&ready) || ready > 1 ||
        !reader.ReadU32(&channel.number) ||
        !reader.CopyBytes(absl::MakeSpan(keystream))) {
      return invalid("bad channel");
    }
    if (ready == 0) {
      // A number it may have: that of RestartKeystreams.
      if (keystream != crypto::Rc4::State{} ||
          (channel.number != 0 && !result.Signs())) {
        return invalid("a channel not in use has a state");
      }
      continue;
    }
    if (!result.Signs() ||
        (direction == Direction::kAcceptorToInitiator &&
         !result.HasAny(kNegotiateExtendedSessionSecurity))) {
      return invalid("a channel is in use that the flags do not have");
    }
    result.DeriveKeys(direction, &channel);
    if (!channel.keystream.Restore(keystream)) {
      return invalid("the keystream's state is not a permutation");
    }
  }
  return result;
}

}  // namespace sspilab::ntlm
