#include "fuzz/oracles.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/machines.h"
#include "fuzz/ablations.h"
#include "fuzz/state_feedback.h"
#include "sim/render/ladder.h"
#include "sim/render/ladder_text.h"

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

// The calls that a context's machine decides.
bool IsTheMachines(Call call) {
  return call == Call::kInitializeSecurityContext ||
         call == Call::kAcceptSecurityContext ||
         call == Call::kCompleteAuthToken;
}

// The calls in which it may have a say: a stream's messages can be its end, or
// another handshake's beginning.
bool MayBeTheMachines(Call call, Package package) {
  const bool stream =
      package == Package::kSchannel || package == Package::kCredSsp;
  return IsTheMachines(call) || (stream && (call == Call::kDecryptMessage ||
                                            call == Call::kEncryptMessage ||
                                            call == Call::kApplyControlToken));
}

bool IsAnyMachine(const MachineDescription* machine) {
  for (const Package package :
       {Package::kNtlm, Package::kNegotiate, Package::kKerberos,
        Package::kSchannel, Package::kCredSsp}) {
    const auto machines = MachinesOf(package);
    if (std::find(machines.begin(), machines.end(), machine) !=
        machines.end()) {
      return true;
    }
  }
  return false;
}

constinit uint64_t digest_of_runs = 0;

std::string Describe(Rule rule, std::string_view detail) {
  return absl::StrCat(
      "\nfuzz: broken rule ", RuleName(rule), ": ", RuleSentence(rule), "\n",
      detail.empty() ? "" : "  here: ", detail, detail.empty() ? "" : "\n");
}

[[noreturn]] void WriteAndAbort(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::abort();
}

}  // namespace

std::string_view RuleName(Rule rule) { return TextOf(rule).name; }
std::string_view RuleSentence(Rule rule) { return TextOf(rule).sentence; }

void Fail(Rule rule, std::string_view detail) {
  if (!Has(Part::kOracles)) return;
  WriteAndAbort(Describe(rule, detail));
}

Watch::Watch(Package package)
    : package_(package), machines_(MachinesOf(package)) {}

Watch::~Watch() { digest_of_runs += digest_; }

uint64_t DigestOfRuns() { return digest_of_runs; }

void Watch::set_package(Package package) {
  if (package == package_) return;
  package_ = package;
  machines_ = MachinesOf(package);
}

void Watch::Digest(absl::Span<const uint8_t> bytes) {
  Mix(bytes.size());
  while (!bytes.empty()) {
    uint64_t word = 0;
    const size_t size = std::min(bytes.size(), sizeof(word));
    std::memcpy(&word, bytes.data(), size);
    Mix(word);
    bytes.remove_prefix(size);
  }
}

void Watch::OnTransition(const TransitionTaken& transition) {
  // A package may have others inside, which move as their own tables say.
  const bool own = std::find(machines_.begin(), machines_.end(),
                             transition.machine) != machines_.end();
  if (own) {
    ++moves_;
    transition_ = transition;
  } else {
    ++moves_inside_;
    Mix(transition.event << 8 | transition.to);
    Require(package_ != Package::kNtlm && package_ != Package::kKerberos &&
                IsAnyMachine(transition.machine),
            Rule::kDeclaredTransition, "not a machine of the package");
  }
  if (counts_ != nullptr) counts_->Count(transition);
  CountState(transition);
  const auto& rows = transition.machine->rows;
  const bool declared = std::any_of(
      rows.begin(), rows.end(), [&](const MachineDescription::Row& row) {
        return row.from == transition.from && row.event == transition.event &&
               row.to == transition.to &&
               (row.status == transition.status ||
                row.status == kStatusFromInside);
      });
  if (!declared || !transition.declared) {
    FailWithLadder(
        Rule::kDeclaredTransition,
        absl::StrCat(transition.machine->name, " in ",
                     transition.machine->states[transition.from], ", event ",
                     transition.machine->events[transition.event]));
  }
}

void Watch::Begin(Role side, Call call) {
  side_ = side;
  call_ = call;
  moves_ = moves_inside_ = 0;
}

SECURITY_STATUS Watch::End(SECURITY_STATUS status) {
  steps_[steps_made_++ % steps_.size()] = {
      .side = side_,
      .is_token = false,
      .call = call_,
      .status = status,
      .machine = moves_ != 0 ? transition_.machine : nullptr,
      .to = transition_.to};
  Mix(static_cast<uint64_t>(call_) << 32 | static_cast<uint32_t>(status));
  if (moves_ != 0) Mix(transition_.event << 8 | transition_.to);
  const unsigned event = moves_ != 0 ? transition_.event + 1u : 0;
  Follow(static_cast<uint64_t>(side_) << 56 |
         static_cast<uint64_t>(call_) << 48 |
         static_cast<uint64_t>(event) << 32 | static_cast<uint32_t>(status));

  Require(MayReturn(call_, package_, status), Rule::kLegalStatus);
  Require(moves_ <= 1, Rule::kStatusIsTheMachines, "two transitions");
  if (moves_ != 0) {
    Require(MayBeTheMachines(call_, package_), Rule::kStatusIsTheMachines,
            "a call that is not the machine's");
    Require(transition_.status == status, Rule::kStatusIsTheMachines,
            "the transition's is another");
  } else if (IsTheMachines(call_)) {
    // NTLM without SPNEGO around it is completed by NTLM alone.
    const bool is_inside =
        call_ == Call::kCompleteAuthToken && moves_inside_ != 0;
    Require(status < 0 || is_inside, Rule::kStatusIsTheMachines,
            "no transition");
  }
  return status;
}

void Watch::Passed(Role from, size_t sent, size_t arrived, bool changed) {
  steps_[steps_made_++ % steps_.size()] = {.side = from,
                                           .is_token = true,
                                           .changed = changed,
                                           .sent = sent,
                                           .arrived = arrived};
  constexpr uint64_t kToken = 2;
  Follow(kToken << 56 | static_cast<uint64_t>(from) << 2 | (changed ? 2u : 0u) |
         (arrived == 0 ? 1u : 0u));
}

void Watch::Follow(uint64_t what) {
  CountSequence(last_, what);
  last_ = what;
}

void Watch::FailWithLadder(Rule rule, std::string_view detail) const {
  if (!Has(Part::kOracles)) return;
  using Row = sim::LadderRow;
  sim::Ladder ladder = {.client = "initiator", .server = "acceptor"};
  const size_t first =
      steps_made_ > steps_.size() ? steps_made_ - steps_.size() : 0;
  for (size_t i = first; i < steps_made_; ++i) {
    const Step& step = steps_[i % steps_.size()];
    Row row = {.side = step.side == Role::kInitiator ? sim::Side::kClient
                                                     : sim::Side::kServer};
    if (step.is_token) {
      row.kind = Row::Kind::kMessage;
      row.text = "token";
      row.value = absl::StrCat(step.sent, " bytes");
      if (step.changed) {
        row.note = absl::StrCat("changed, ", step.arrived, " arrive");
      }
    } else {
      row.tone = sim::ToneOf(step.status);
      row.text = std::string(CallName(step.call));
      row.value = std::string(StatusName(step.status));
      if (step.machine != nullptr) {
        row.note = std::string(step.machine->states[step.to]);
      }
    }
    ladder.rows.push_back(std::move(row));
  }
  WriteAndAbort(absl::StrCat(Describe(rule, detail), "\n",
                             sim::LadderToText(ladder, {.columns = 100}),
                             "\n"));
}

}  // namespace sspilab::fuzz
