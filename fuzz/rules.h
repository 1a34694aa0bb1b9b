#ifndef SSPILAB_FUZZ_RULES_H_
#define SSPILAB_FUZZ_RULES_H_

#include <cstdint>
#include <string_view>

namespace sspilab::fuzz {

// What a run may be found to break, besides crashing. rules.cc has each
// one's sentence.
enum class Rule : uint8_t {
  kRoundTrip,
  kShownAsItIs,
  kLegalStatus,
  kDeclaredTransition,
  kStatusIsTheMachines,
  kFailureIsFinal,
  kFailureIsSilent,
  kRoomCanBeMade,
  kOnlyItsOwnBytes,
  kNoForgery,
  kSameResult,
  kUnharmedCompletes,
  kMessagesAreAuthentic,
  kMessagesArrive,
  kMissingIsRight,
  kExtraIsExact,
  kSameAsWhole,
  kCredentialsArrive,
  kKdcAnswers,
  kGrantIsEarned,
  kClosedIsClosed,
  kSaysWhere,
  kPackageKeepsRules,
  kBalance,
};

std::string_view RuleName(Rule rule);
std::string_view RuleSentence(Rule rule);

// Writes the rule, its sentence, `detail` and `run`, the lines of what happened
// before, to standard error, and aborts. Returns only in a process that runs
// without oracles (ablations.h).
void Fail(Rule rule, std::string_view detail, std::string_view run = "");

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_RULES_H_
