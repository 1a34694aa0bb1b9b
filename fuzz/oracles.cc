#include "fuzz/oracles.h"

#include <algorithm>
#include <cstring>
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

}  // namespace

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
  Fail(rule, detail, sim::LadderToText(ladder, {.columns = 100}));
}

}  // namespace sspilab::fuzz
