#ifndef SSPILAB_CORE_NTLM_SEALING_H_
#define SSPILAB_CORE_NTLM_SEALING_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/digest.h"
#include "core/crypto/rc4.h"
#include "core/ntlm/keys.h"
#include "core/ntlm/messages.h"
#include "core/role.h"

namespace sspilab::ntlm {

// One piece of a message. Pieces are taken in their order, as if they were
// one.
struct Segment {
  // Written to only by Seal and Unseal, and only if `encrypt` is set: the
  // caller may cast const away for a piece that is signed but not encrypted.
  absl::Span<uint8_t> bytes;
  bool encrypt = false;
};

enum class VerifyResult {
  kOk,
  // Message or signature are not what the peer sent.
  kAltered,
  // The signature is not that of the next message: one was lost, repeated, or
  // moved.
  kOutOfSequence,
};

// Signs and seals the messages of one established context (MS-NLMP 3.4).
//
// 1. Nothing is derived before the first message in a direction: a context that
//    is never used for messages pays for a key's copy.
// 2. Messages are numbered from 0. With extended session security each
//    direction has its own numbers, key and keystream. Without it both
//    directions share one of each (3.4: half duplex), so that the two sides
//    must take turns.
// 3. Of connectionless contexts (kNegotiateDatagram) the caller gives the
//    numbers, and the keystream starts anew with each message (3.4). Otherwise
//    the number that is passed in is not looked at, as on Windows.
// 4. After kOutOfSequence, and when the signature is not 16 bytes of version 1
//    (kAltered), the object is as before the call (3.4.4). After any other
//    kAltered the message has used up its number and its part of the keystream,
//    so that the next one can still be right. After each of them, what is in
//    the encrypted segments means nothing.
// 5. When neither kNegotiateSign nor kNegotiateSeal was negotiated, Sign gives
//    the dummy signature of kNegotiateAlwaysSign (version 1, then zeros) and
//    Verify accepts nothing else; messages are not counted. Seal and Unseal
//    are for contexts with kNegotiateSeal.
//
// Trivially copyable; a copy is at the same place of the same keystreams. Not
// wiped when destroyed.
class MessageProtection {
 public:
  static constexpr size_t kSignatureSize = 16;
  using Signature = std::array<uint8_t, kSignatureSize>;

  // Protects nothing until it is assigned to.
  MessageProtection() = default;
  // `flags` are the negotiated ones. `peer_revision` is as for SealKey.
  MessageProtection(const Key& exported_session_key, uint32_t flags, Role role,
                    uint8_t peer_revision = Version::kRevisionW2k3);

  Signature Sign(absl::Span<const Segment> message, uint32_t number);
  VerifyResult Verify(absl::Span<const Segment> message,
                      absl::Span<const uint8_t> signature, uint32_t number);

  // Encrypts in place; the signature is over what was there before.
  Signature Seal(absl::Span<const Segment> message, uint32_t number);
  VerifyResult Unseal(absl::Span<const Segment> message,
                      absl::Span<const uint8_t> signature, uint32_t number);

  // What it was made of, without what has become of it: as before the first
  // message.
  MessageProtection Fresh() const {
    return MessageProtection(exported_session_key_, flags_, role_,
                             peer_revision_);
  }
  // The next message in each direction starts its keystream anew, with the
  // number that is due.
  void RestartKeystreams() {
    for (Channel& channel : channels_) channel.ready = false;
  }
  const Key& exported_session_key() const { return exported_session_key_; }
  uint32_t flags() const { return flags_; }
  Role role() const { return role_; }

  // Everything there is to know, to go on in another place. Restore takes
  // nothing but what Snapshot can have written: InvalidArgument otherwise.
  static constexpr size_t kSnapshotSize = 549;
  std::array<uint8_t, kSnapshotSize> Snapshot() const;
  static absl::StatusOr<MessageProtection> Restore(
      absl::Span<const uint8_t> snapshot);

 private:
  // One direction's state; both directions' without extended session security.
  struct Channel {
    bool ready = false;
    // Of the next message.
    uint32_t number = 0;
    // The others mean nothing until `ready`. The signing key is set with
    // extended session security only.
    SealingKey sealing_key;
    crypto::HmacMd5 signing_key;
    crypto::Rc4 keystream;
  };

  bool HasAny(uint32_t flags) const { return (flags_ & flags) != 0; }
  bool Signs() const;
  // The channel for messages in `direction`, with its keys, ready for the
  // message that comes next or, of connectionless contexts, has this number.
  Channel& Prepare(Direction direction, uint32_t number);
  void DeriveKeys(Direction direction, Channel* channel) const;
  // The signature for the channel's message of this digest. Moves the keystream
  // on.
  Signature Encode(const std::array<uint8_t, 8>& checksum,
                   Channel* channel) const;
  Signature Protect(absl::Span<const Segment> message, bool seal,
                    uint32_t number);
  VerifyResult Open(absl::Span<const Segment> message,
                    absl::Span<const uint8_t> signature, bool unseal,
                    uint32_t number);

  Key exported_session_key_{};
  uint32_t flags_ = 0;
  Role role_ = Role::kInitiator;
  uint8_t peer_revision_ = 0;
  // By Direction; only the first without extended session security.
  Channel channels_[2];
};

}  // namespace sspilab::ntlm

#endif  // SSPILAB_CORE_NTLM_SEALING_H_
