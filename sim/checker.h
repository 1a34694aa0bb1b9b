#ifndef SSPILAB_SIM_CHECKER_H_
#define SSPILAB_SIM_CHECKER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/world.h"
#include "sim/caller.h"
#include "sim/checker_records.h"
#include "sim/interceptor.h"
#include "sim/rules.h"

namespace sspilab::sim {

// Judges both parties of the SSPI: stands between callers and packages, as a
// function table around another one for each side, and says which rules
// (rules.h) who breaks. Any table can be inside, any program outside.
//
// It sees calls only. What it does not see it takes on trust or, where a rule
// would mean nothing otherwise, from a stand-in:
//   - Whether a caller looks at *pfContextAttr: what it does afterwards.
//   - Whether a token was sent: OnSend, or else the other side's input.
//   - Whether a caller waited for more: OnReceive, or else the next call.
//   - That a caller calls itself authenticated: OnClaim.
// Two things it changes. Handles that were deleted or freed do not reach the
// package again, which may not survive them; the caller gets
// SEC_E_INVALID_HANDLE. And output goes through memory of the checker's, with
// guards around it.
//
// Thread-safe. Handles that live in both sides are taken for different ones;
// OnSend and OnReceive speak of all contexts of a side that are in a handshake.
class Checker {
 public:
  // Legs of one context that are too many.
  static constexpr uint32_t kMaxLegs = 64;

  // A table may be null where nobody calls on that side.
  Checker(SecurityFunctionTableW* client, SecurityFunctionTableW* server);
  ~Checker();
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  // For the callers of that side. Null where the inner one is.
  SecurityFunctionTableW* table(Side side);

  // Compares the World's live allocations at the end with those of now. The
  // two sides may share one.
  void Watch(Side side, World* world);

  // From now on all that the side sends and receives is told: what is not, has
  // not happened. The first OnSend and OnReceive say so each for themselves.
  void WatchTransport(Side side);
  // The side's program has sent this; as much of its own protocol around the
  // token as it likes.
  void OnSend(Side side, absl::Span<const uint8_t> bytes);
  // It has received this; no bytes where the connection has ended.
  void OnReceive(Side side, absl::Span<const uint8_t> bytes);
  // It says that the peer is authenticated, or that it is not.
  void OnClaim(Side side, bool authenticated);

  // Nothing more is called: whatever is open is leaked.
  void Finish();

  // In the order in which they were seen.
  std::vector<RuleBroken> broken() const;
  // Calls that came through, of both sides.
  size_t calls() const;

 private:
  class Tap;
  struct InCall;  // What one call needs from before to after it.

  using Contexts = std::map<HandleKey, ContextRecord>;

  struct SideState {
    std::unique_ptr<Tap> tap;
    World* world = nullptr;
    uint64_t live_allocations = 0;
    std::map<HandleKey, CredentialRecord> credentials;
    Contexts contexts;
    // First legs that gave no handle, by where it is to go.
    std::map<PCtxtHandle, ContextRecord> nascent;
    // First legs that failed, with a token that says so and no handle.
    std::vector<ContextRecord> stillborn;
    std::map<const void*, BufferRecord> buffers;
    // An attribute was told that may hold memory of which nothing is known.
    bool gave_unseen_memory = false;
    // Statuses that were failures, SEC_E_INCOMPLETE_MESSAGE aside.
    size_t failures = 0;
    // The last context that had a leg.
    std::optional<ContextRecord> last;
    bool watches_sends = false;
    bool watches_receives = false;
    uint64_t received = 0;
    uint64_t fed = 0;
    bool connection_ended = false;
    // It called itself authenticated.
    bool claims = false;
    // kAttributesTrustedEarly, if it does not.
    std::optional<RuleBroken> trusted_early;
  };

  SideState& state(Side side) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return sides_[static_cast<size_t>(side)];
  }

  SECURITY_STATUS OnCall(Side side, const SspiCall& call,
                         absl::FunctionRef<SECURITY_STATUS()> proceed);

  void Break(RuleId rule, const InCall& in, std::string seen)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BreakAt(RuleId rule, Side side, size_t number, Call call,
               std::string seen) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // checker.cc: what is done with a call. A status where it must not reach the
  // package.
  std::optional<SECURITY_STATUS> Before(InCall& in)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void After(InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // checker_handles.cc: credentials, contexts, memory.
  std::optional<SECURITY_STATUS> FindRecords(InCall& in)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckReserved(const InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BeforeFree(const InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<SECURITY_STATUS> BeforeFreeBuffer(InCall& in)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AfterMemory(const InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Gave(const InCall& in, const void* memory)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // checker_handshake.cc: the legs of a handshake.
  void BeforeLeg(InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AfterLeg(InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckLegInput(InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MeetPeer(InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeOutput(InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BeforeComplete(InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AfterComplete(InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Bytes went out that may hold its token.
  void TakeSent(ContextRecord& record, Side side_of,
                absl::Span<const uint8_t> bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // A context goes on, or ends, with its last token unsent or uncompleted.
  void CheckTokenGone(const InCall& in, ContextRecord& record, bool ends)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // It ends, or its caller does.
  void CheckEnd(const InCall& in, ContextRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // checker_messages.cc: messages, and what else a finished context is for.
  void BeforeMessage(InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AfterMessage(InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckNumber(const InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckAttributes(const InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // checker_package.cc: the other party.
  void CheckStatus(const InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckLegOutput(const InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckMissing(const InCall& in, SECURITY_STATUS status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CompareWithPeer(const InCall& in) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CheckLeaks() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::array<SideState, 2> sides_ ABSL_GUARDED_BY(mutex_);
  std::vector<RuleBroken> broken_ ABSL_GUARDED_BY(mutex_);
  size_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int calls_in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_CHECKER_H_
