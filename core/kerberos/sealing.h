#ifndef SSPILAB_CORE_KERBEROS_SEALING_H_
#define SSPILAB_CORE_KERBEROS_SEALING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/open_result.h"
#include "core/kerberos/rc4_tokens.h"
#include "core/role.h"

// What protects messages once both sides have a key: GSS-API's per-message
// tokens (RFC 4121 4.2.6; RFC 4757 7 for RC4), as Windows lays them out in its
// buffers (MS-KILE 3.4.5.4 to 3.4.5.7).
namespace sspilab::kerberos {

// The numbers that a peer's messages may have (RFC 2743 1.2.3).
class SequenceWindow {
 public:
  SequenceWindow() = default;
  // Messages in order only, or each once, or any.
  SequenceWindow(bool in_order, bool no_replay, uint64_t first)
      : in_order_(in_order), no_replay_(no_replay), next_(first) {}

  // Whether the message may be taken; then it is.
  [[nodiscard]] bool Take(uint64_t number);

  // Where it is, and back there.
  uint64_t next() const { return next_; }
  uint64_t seen() const { return seen_; }
  void MoveTo(uint64_t next, uint64_t seen) {
    next_ = next;
    seen_ = seen;
  }

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

  // How far it has come.
  struct Progress {
    uint64_t sent = 0;
    SequenceWindow window;
  };

  explicit MessageProtection(const Terms& terms);

  // Bytes of a signature.
  size_t mic_size() const;
  // Bytes that stand before a message of that size, protected; and before one
  // of any size that there can be.
  size_t wrap_size(bool encrypt, size_t message_size) const;
  size_t max_wrap_size() const { return wrap_size(true, 0xFFFFFFFF); }
  // Bytes that stand behind it.
  size_t padding_size() const;

  // `token` has mic_size() bytes.
  void Sign(Parts message, absl::Span<uint8_t> token);
  [[nodiscard]] OpenResult Verify(Parts message,
                                  absl::Span<const uint8_t> token);

  // In place: wrap_size() bytes of room, the message, padding_size() bytes.
  void Wrap(bool encrypt, Entropy& entropy, size_t message_size,
            absl::Span<uint8_t> whole);
  // In place.
  [[nodiscard]] OpenedToken Unwrap(absl::Span<uint8_t> whole);

  const Terms& terms() const { return terms_; }
  const Progress& progress() const { return progress_; }
  // Goes on where another one was.
  void Resume(uint64_t sent, uint64_t next, uint64_t seen) {
    progress_.sent = sent;
    progress_.window.MoveTo(next, seen);
  }
  const Key& key() const { return terms_.key; }
  const EncryptionType& type() const { return terms_.key.type(); }

 private:
  static constexpr size_t kHeaderSize = 16;
  // Filler that Windows adds for DCE: a block of AES.
  static constexpr size_t kDceFiller = 16;

  uint8_t FlagsFor(bool from_acceptor, bool sealed) const;
  bool from_acceptor() const { return terms_.role == Role::kAcceptor; }

  const Cipher& SealCipher(bool by_acceptor) const;

  // RFC 4121's tokens.
  void WrapPlain(absl::Span<uint8_t> message);
  void WrapSealed(Entropy& entropy, absl::Span<uint8_t> message);
  OpenedToken Open(absl::Span<uint8_t> message, uint64_t* number) const;

  bool rc4() const { return type().tokens == TokenFormat::kRfc4757; }
  Rc4Tokens rc4_tokens(bool by_acceptor) const {
    return {terms_.key, by_acceptor, terms_.dce_style};
  }
  uint64_t NextNumber() { return terms_.send_number + progress_.sent++; }
  OpenResult Take(uint64_t number) {
    return progress_.window.Take(number) ? OpenResult::kOk
                                         : OpenResult::kOutOfSequence;
  }

  Terms terms_;
  Progress progress_;
  // The initiator's, and the acceptor's. Derived when first needed: no exchange
  // waits for them.
  mutable std::array<std::optional<Cipher>, 2> seal_ciphers_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_SEALING_H_
