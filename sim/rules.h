#ifndef SSPILAB_SIM_RULES_H_
#define SSPILAB_SIM_RULES_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/status.h"
#include "sim/caller.h"

namespace sspilab::sim {

// The SSPI is a contract between a program and a security package. These are
// its clauses, as far as they can be seen to be broken from between the two.
enum class RuleId : uint8_t {
  // Of callers: what they open.
  kContextLeaked,
  kCredentialLeaked,
  kBufferLeaked,
  kBufferFreedWrongly,
  kUsedAfterDelete,
  kDeletedTwice,
  kHandleNeverOpened,
  kCredentialFreedEarly,
  kHandleShared,
  kReservedNotZero,
  // Of callers: the handshake.
  kFailedContextUsed,
  kTokenNotSent,
  kEmptyTokenSent,
  kCompleteSkipped,
  kCompleteUncalledFor,
  kIncompleteTakenForFatal,
  kIncompleteBytesLost,
  kNoRoomForExtra,
  kExtraLost,
  kExtraKept,
  kExtraToWrongCall,
  kInputTwice,
  kIncompleteCredentialsIgnored,
  kOutputBufferTooSmall,
  kUnlimitedLegs,
  // Of callers: what comes of it.
  kAttributesTrustedEarly,
  kAttributeIgnored,
  kMessageBeforeDone,
  kSequenceOutOfStep,
  kRenegotiationUnfinished,
  kClaimedUndone,
  kSuccessTakenForFailure,
  kHangs,
  // Of packages.
  kStatusIllegal,
  kOutputOverrun,
  kIncompleteChangedSomething,
  kMissingWrong,
  kTokenOnFailure,
  kKeysDiffer,
  kIdentitiesDiffer,
  kFlagsDiffer,
  kBindingsDiffer,
  kFailureForgotten,
  kPackageLeak,
};
inline constexpr size_t kRuleCount =
    static_cast<size_t>(RuleId::kPackageLeak) + 1;

enum class RuleParty : uint8_t { kCaller, kPackage };

struct Rule {
  RuleId id;
  RuleParty party;
  // "token-not-sent".
  std::string_view name;
  // One line: what is wanted, and what happens otherwise.
  std::string_view reason;
  // The page or section that says so.
  std::string_view source;
};

// In the order of RuleId.
absl::Span<const Rule> Rules();
const Rule& RuleOf(RuleId id);
// Null where there is none.
[[nodiscard]] const Rule* FindRule(std::string_view name);

struct RuleBroken {
  RuleId rule;
  Side side;
  // The call at which it was seen: the checker counts the calls of both sides
  // from 1. For what is found at the end it is the call that opened the thing.
  size_t number;
  Call call;
  // A sentence that says what was seen.
  std::string seen;
};

// "token-not-sent: client, call 7 (DeleteSecurityContext): the token ...".
std::string ToString(const RuleBroken& broken);
std::ostream& operator<<(std::ostream& out, const RuleBroken& broken);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RULES_H_
