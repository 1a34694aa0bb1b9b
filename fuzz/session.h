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
#include "fuzz/settings.h"
#include "fuzz/stream.h"
#include "fuzz/wire_edit.h"

namespace sspilab::fuzz {

// Two callers, each in a World of its own, and the wire between them.
class Session {
 public:
  static constexpr size_t kMaxSteps = 12;
  static constexpr size_t kMaxTokens = 16;

  // All of them must outlive the session.
  Session(const Profile& profile, const Settings& settings,
          absl::Span<const Step> steps, Verification verification,
          World& initiator_world, World& acceptor_world, Watch& watch);

  void Run();

  // The tokens as they were sent.
  absl::Span<const WireToken> sent() const {
    return absl::MakeConstSpan(sent_).subspan(0, sent_count_);
  }

 private:
  void Authenticate();
  // What a caller does who does not take a failure for an answer.
  void Persist(Caller& caller, absl::Span<const uint8_t> token);
  void RequireProof();
  void RequireNoticed();
  bool acceptor_begins() const {
    return profile_.acceptor_begins != nullptr &&
           profile_.acceptor_begins(settings_);
  }
  void RequireSameResult();
  // The steps after the last token.
  template <typename Messages>
  void UseContexts(Messages* messages);
  bool IsAfterTokens(const Step& step) const {
    return step.when % (profile_.max_tokens + 1) == profile_.max_tokens;
  }

  const Profile& profile_;
  const Settings& settings_;
  const absl::Span<const Step> steps_;
  // What only a strict run owes is judged.
  const bool strict_;
  Watch& watch_;
  Caller initiator_;
  Caller acceptor_;
  // What each has yet to take; of streams only.
  Stream to_initiator_;
  Stream to_acceptor_;
  std::array<WireToken, kMaxTokens> sent_;
  std::array<WireToken, kMaxTokens> arrived_;
  size_t sent_count_ = 0;
  bool altered_ = false;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_SESSION_H_
