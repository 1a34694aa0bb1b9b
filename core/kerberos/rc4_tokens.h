#ifndef SSPILAB_CORE_KERBEROS_RC4_TOKENS_H_
#define SSPILAB_CORE_KERBEROS_RC4_TOKENS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/open_result.h"

namespace sspilab::kerberos {

// The per-message tokens of RC4-HMAC (RFC 4757 7), which are framed as the
// tokens of the exchange are. One direction of a context; it knows nothing of
// what was sent before.
class Rc4Tokens {
 public:
  // `key` must outlive the object. With DCE style a Wrap token has no padding,
  // and its framing ends before the message.
  Rc4Tokens(const Key& key, bool from_acceptor, bool dce_style)
      : key_(key), from_acceptor_(from_acceptor), dce_style_(dce_style) {}

  // Bytes of a signature.
  static size_t mic_size();
  // Bytes before a message of `message_size` bytes, and behind it. The framing
  // has the length of it all, and so the first grows with the message.
  size_t wrap_size(size_t message_size) const;
  size_t padding_size() const { return dce_style_ ? 0 : 1; }

  // `token` has mic_size() bytes.
  void Sign(uint32_t number, Parts message, absl::Span<uint8_t> token) const;
  // `number` is set where the result is kOk.
  [[nodiscard]] OpenResult Verify(Parts message,
                                  absl::Span<const uint8_t> token,
                                  uint32_t* number) const;

  // In place: wrap_size() bytes of room, the message, padding_size() bytes.
  // `confounder` is random, of the key's type's confounder_size.
  void Wrap(bool encrypt, uint32_t number, absl::Span<const uint8_t> confounder,
            size_t message_size, absl::Span<uint8_t> whole) const;
  [[nodiscard]] OpenedToken Unwrap(absl::Span<uint8_t> whole,
                                   uint32_t* number) const;

 private:
  // What the framing of a Wrap token says is in it, after the TOK_ID.
  size_t FramedPart(size_t message_size) const;

  const Key& key_;
  const bool from_acceptor_;
  const bool dce_style_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_RC4_TOKENS_H_
