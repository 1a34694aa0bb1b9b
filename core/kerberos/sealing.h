#ifndef SSPILAB_CORE_KERBEROS_SEALING_H_
#define SSPILAB_CORE_KERBEROS_SEALING_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/role.h"

// What protects messages once both sides have a key: GSS-API's per-message
// tokens (RFC 4121 4.2.6), as Windows lays them out in its buffers
// (MS-KILE 3.4.5.4 to 3.4.5.7).
namespace sspilab::kerberos {

enum class OpenResult : uint8_t {
  kOk,
  kMalformed,
  kAltered,
  kOutOfSequence,
};

// The numbers that a peer's messages may have (RFC 2743 1.2.3).
class SequenceWindow {
 public:
  SequenceWindow() = default;
  // Messages in order only, or each once, or any.
  SequenceWindow(bool in_order, bool no_replay, uint64_t first)
      : in_order_(in_order), no_replay_(no_replay), next_(first) {}

  // Whether the message may be taken; then it is.
  [[nodiscard]] bool Take(uint64_t number);

 private:
  bool in_order_ = false;
  bool no_replay_ = false;
  // The lowest number that was not seen, nor was any above it.
  uint64_t next_ = 0;
  // Of the 64 numbers below that, those that were seen: the highest one is the
  // lowest bit.
  uint64_t seen_ = 0;
};

class MessageProtection {
 public:
  struct Terms {
    Role role = Role::kInitiator;
    // The acceptor's subkey, or the initiator's, or the ticket's.
    Key key;
    bool acceptor_subkey = false;
    bool dce_style = false;
    bool detect_replay = false;
    bool detect_sequence = false;
    // Of the first message in each direction.
    uint64_t send_number = 0;
    uint64_t receive_number = 0;
  };

  explicit MessageProtection(const Terms& terms);

  // Bytes of a signature.
  size_t mic_size() const { return kHeaderSize + type().checksum_size; }
  // Bytes that stand before a message of the same size, protected.
  size_t wrap_size(bool encrypt) const;

  // `token` has mic_size() bytes.
  void Sign(Parts message, absl::Span<uint8_t> token);
  [[nodiscard]] OpenResult Verify(Parts message,
                                  absl::Span<const uint8_t> token);

  // In place: wrap_size() bytes of room, then the message.
  void Wrap(bool encrypt, Entropy& entropy, absl::Span<uint8_t> message);
  // In place. Where the message is, is a view of `message`; the token says
  // whether it was encrypted.
  struct Opened {
    OpenResult result;
    absl::Span<uint8_t> message;
    bool encrypted;
  };
  [[nodiscard]] Opened Unwrap(absl::Span<uint8_t> message);

  const Key& key() const { return terms_.key; }
  const EncryptionType& type() const { return terms_.key.type(); }

 private:
  static constexpr size_t kHeaderSize = 16;
  // Filler that Windows adds for DCE: a block of AES.
  static constexpr size_t kDceFiller = 16;

  uint8_t FlagsFor(bool from_acceptor, bool sealed) const;
  bool from_acceptor() const { return terms_.role == Role::kAcceptor; }

  Terms terms_;
  SequenceWindow window_;
  Cipher send_cipher_;
  Cipher receive_cipher_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_SEALING_H_
