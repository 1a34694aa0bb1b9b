#include "fuzz/rules.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "fuzz/ablations.h"

namespace sspilab::fuzz {
namespace {

struct RuleText {
  Rule rule;
  std::string_view name;
  std::string_view sentence;
};

constexpr RuleText kRules[] = {
    {Rule::kRoundTrip, "RoundTrip",
     "A message that was parsed can be serialized, in the size it says, and "
     "parses to the same message again."},
    {Rule::kShownAsItIs, "ShownAsItIs",
     "A decoder shows any bytes, every field where it stands in them, and "
     "finds "
     "nothing wrong with a message that its parser takes."},
    {Rule::kLegalStatus, "LegalStatus",
     "A call returns nothing but what core/status.h lists for it and its "
     "package."},
    {Rule::kDeclaredTransition, "DeclaredTransition",
     "A machine takes only transitions of its table, from the state that the "
     "last one left it in."},
    {Rule::kStatusIsTheMachines, "StatusIsTheMachines",
     "A call takes at most one transition and returns its status; one that "
     "takes none does not advance the context."},
    {Rule::kFailureIsFinal, "FailureIsFinal",
     "Nothing succeeds in a context that has failed."},
    {Rule::kFailureIsSilent, "FailureIsSilent",
     "A failed leg hands out no token, and a failed call no handle."},
    {Rule::kRoomCanBeMade, "RoomCanBeMade",
     "After SEC_E_BUFFER_TOO_SMALL, the same call with room succeeds or, of a "
     "package that asks for room first, says what else is wrong."},
    {Rule::kOnlyItsOwnBytes, "OnlyItsOwnBytes",
     "A call changes nothing but the buffers that are its to change."},
    {Rule::kNoForgery, "NoForgery",
     "A strict acceptor that is done, and not with a nobody, was shown a "
     "response that only the account's password gives, over its own channel "
     "and, where that says so, a MIC over the three tokens as it knows them."},
    {Rule::kSameResult, "SameResult",
     "When both are done, and the tokens arrived as they were sent or a MIC "
     "says so, both have the same session key, client name and attributes."},
    {Rule::kUnharmedCompletes, "UnharmedCompletes",
     "Callers that go together, over a wire that does nothing, are both done "
     "in the end."},
    {Rule::kMessagesAreAuthentic, "MessagesAreAuthentic",
     "A strict context that signs opens nothing but its peer's next message, "
     "as it was sent."},
    {Rule::kMessagesArrive, "MessagesArrive",
     "A protected message that nobody altered, lost or repeated is opened, "
     "and is what it was."},
    {Rule::kMissingIsRight, "MissingIsRight",
     "SEC_E_INCOMPLETE_MESSAGE says how many bytes complete the header or the "
     "record, takes none, and touches neither output nor state."},
    {Rule::kExtraIsExact, "ExtraIsExact",
     "A call takes one record of a stream, and SECBUFFER_EXTRA is all that "
     "came behind it."},
    {Rule::kSameAsWhole, "SameAsWhole",
     "However a stream is split and coalesced on its way, the bytes sent, the "
     "statuses and the result are those of whole delivery."},
    {Rule::kCredentialsArrive, "CredentialsArrive",
     "Delegated credentials arrive as they were given, or not at all."},
    {Rule::kKdcAnswers, "KdcAnswers",
     "A KDC answers any bytes with a reply to them or with an error, and what "
     "it tells the client of a ticket is what the ticket says."},
    {Rule::kGrantIsEarned, "GrantIsEarned",
     "A KDC gives a ticket to nobody who has not shown the key that it takes, "
     "and none that says more than that key, its TGT and the policy give."},
    {Rule::kClosedIsClosed, "ClosedIsClosed",
     "A handle works until it is closed, and never again."},
    {Rule::kSaysWhere, "SaysWhere",
     "A text that is refused is refused with its file, line and column, and in "
     "words that can be printed."},
    {Rule::kPackageKeepsRules, "PackageKeepsRules",
     "In a run of any scenario the checker sees no package break a rule."},
    {Rule::kBalance, "Balance",
     "When all handles are closed and all buffers freed, the World owes no "
     "memory."},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < std::size(kRules); ++i) {
    if (kRules[i].rule != static_cast<Rule>(i)) return false;
  }
  return true;
}
static_assert(InOrder());

const RuleText& TextOf(Rule rule) { return kRules[static_cast<size_t>(rule)]; }

}  // namespace

std::string_view RuleName(Rule rule) { return TextOf(rule).name; }
std::string_view RuleSentence(Rule rule) { return TextOf(rule).sentence; }

void Fail(Rule rule, std::string_view detail, std::string_view run) {
  if (!Has(Part::kOracles)) return;
  const std::string text = absl::StrCat(
      "\nfuzz: broken rule ", RuleName(rule), ": ", RuleSentence(rule), "\n",
      detail.empty() ? "" : "  here: ", detail, detail.empty() ? "" : "\n",
      run.empty() ? "" : "\n", run, run.empty() ? "" : "\n");
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::abort();
}

}  // namespace sspilab::fuzz
