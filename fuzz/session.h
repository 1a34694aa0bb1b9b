#ifndef SSPILAB_FUZZ_SESSION_H_
#define SSPILAB_FUZZ_SESSION_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/world.h"
#include "fuzz/caller.h"
#include "fuzz/oracles.h"
#include "fuzz/profile.h"
#include "fuzz/stream.h"
#include "fuzz/wire_edit.h"
#include "sim/input/input.h"

namespace sspilab::fuzz {

// Two callers and the wire between them; or one of them, and the other's tokens
// come from the input's kDeliver operations.
class Session {
 public:
  static constexpr size_t kMaxTokens = 20;

  // All of them must outlive the session. One caller may be null: that end is
  // absent.
  Session(const Profile& profile, const sim::Input& input,
          Verification verification, Caller* initiator, Caller* acceptor,
          Watch& watch);

  void Run();

  // The tokens as they were sent.
  absl::Span<const WireToken> sent() const {
    return absl::MakeConstSpan(sent_).subspan(0, sent_count_);
  }
  // Whether the handshake left that end done.
  bool was_done(Role role) const {
    return role == Role::kInitiator ? initiator_done_ : acceptor_done_;
  }

 private:
  void Authenticate();
  // The tokens of an exchange, from number sent_count_ on; `token` is the first
  // one, of `from`. An end that is absent is null.
  void PassTokens(Caller* from, Caller* to, absl::Span<const uint8_t> token);
  // `from` authenticates once more. False where anything stood in the way.
  bool Again(Caller& from);
  // What `to` does otherwise in its leg number `leg` with token number
  // `number`.
  void PrepareLeg(Caller& to, size_t number, int leg);
  // `to` takes token number `number` as it arrives, of a stream with what
  // arrived before it. What it answers is appended to `reply`.
  SECURITY_STATUS Receive(Caller& to, size_t number, Stream& reply);
  // What a caller does who does not take a failure for an answer.
  void Persist(Caller& caller, absl::Span<const uint8_t> token);
  // What proves token number `number` is made anew; it was `sent` before it was
  // changed.
  void Prove(size_t number, absl::Span<const uint8_t> sent);
  using TokenList = std::array<absl::Span<const uint8_t>, kMaxTokens>;
  // The tokens as one side received and sent them.
  TokenList AsHasThem(Role role) const;
  void RequireProof();
  void RequireNoticed();
  bool acceptor_begins() const {
    return profile_.acceptor_begins != nullptr &&
           profile_.acceptor_begins(settings_);
  }
  Role SenderOf(size_t number) const {
    return (number % 2 == 0) != acceptor_begins() ? Role::kInitiator
                                                  : Role::kAcceptor;
  }
  void RequireSameResult();
  // The operations after the last token.
  template <typename Messages>
  void UseContexts(Messages* messages);
  bool IsDelivered(size_t number) const;

  const Profile& profile_;
  const sim::Settings& settings_;
  const absl::Span<const sim::Operation> operations_;
  // What only a strict run owes is judged.
  const bool strict_;
  Watch& watch_;
  // At least one is there.
  Caller* const initiator_;
  Caller* const acceptor_;
  // What each has yet to take; of streams only.
  Stream to_initiator_;
  Stream to_acceptor_;
  std::array<WireToken, kMaxTokens> sent_;
  std::array<WireToken, kMaxTokens> arrived_;
  size_t sent_count_ = 0;
  bool altered_ = false;
  bool acceptors_world_changed_ = false;
  bool initiator_done_ = false;
  bool acceptor_done_ = false;
  // What comes for one who is done is the next authentication's.
  bool again_ = false;
  // Who changed a token had the keys.
  bool proved_ = false;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_SESSION_H_
