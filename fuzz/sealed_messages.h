#ifndef SSPILAB_FUZZ_SEALED_MESSAGES_H_
#define SSPILAB_FUZZ_SEALED_MESSAGES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "fuzz/caller.h"
#include "fuzz/guarded_buffer.h"
#include "sim/input/operation.h"

namespace sspilab::fuzz {

// Messages between two callers whose contexts are done and protect each one for
// itself, with a SECBUFFER_TOKEN beside it, over a wire that does to them what
// the operations say.
class SealedMessages {
 public:
  // `agreed`: both contexts hold the same key and flags for certain.
  SealedMessages(Caller& initiator, Caller& acceptor, bool strict, bool agreed);

  // What happens to messages, and nothing where the operation is another.
  void Take(const sim::Operation& operation);
  // A context was used outside of the exchange.
  void FallOutOfStep() { in_step_ = false; }
  bool in_step() const { return in_step_; }

 private:
  static constexpr size_t kNtlmSignature = 16;
  // Of AES with SHA-384, DCE style.
  static constexpr size_t kMaxToken = 96;
  static constexpr size_t kMaxText = 64;
  using Text = std::array<uint8_t, kMaxText>;

  // One message as it is on its way.
  struct Message {
    bool is_signed = false;
    bool from_acceptor = false;
    // The receiver has opened it, altered or not.
    bool opened = false;
    uint32_t number = 0;
    size_t token_size = 0;
    size_t text_size = 0;
    Text text;
    std::array<uint8_t, kMaxToken + kMaxText> bytes;

    size_t size() const { return token_size + text_size; }
  };

  Caller& sender(const Message& message) {
    return message.from_acceptor ? acceptor_ : initiator_;
  }
  Caller& receiver(const Message& message) {
    return message.from_acceptor ? initiator_ : acceptor_;
  }

  // False when the sender's context does not do it. `quality` is fQOP.
  bool Protect(Message& message, ULONG quality);
  // Whether the receiver opened it.
  bool Deliver(const Message& message, bool stream, bool altered);
  void Move(const sim::Operation& operation);

  Caller& initiator_;
  Caller& acceptor_;
  const bool strict_;
  // The contexts' own, both the same where they agree.
  const SecPkgContext_Sizes sizes_;
  // Tokens of GSS-API's Kerberos, which say their own number, and not NTLM's
  // signatures.
  const bool gss_;
  // By receiver: the signatures of what it opens mean something; and it opens
  // nothing twice.
  std::array<bool, 2> checks_ = {};
  std::array<bool, 2> detects_replays_ = {};
  // Both ends are at the same place of their keystreams.
  bool in_step_;
  // Nothing has begun anew, so that no number comes twice.
  bool numbers_unique_ = true;
  std::array<uint32_t, 2> numbers_ = {};
  bool has_last_ = false;
  Message last_;
  GuardedBuffer<kMaxToken + kMaxText> wire_;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_SEALED_MESSAGES_H_
