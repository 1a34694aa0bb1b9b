#include "fuzz/text_inputs.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/machine.h"
#include "core/machines.h"
#include "core/sspi.h"
#include "core/world.h"
#include "fuzz/rules.h"
#include "fuzz/state_feedback.h"
#include "sim/deviation.h"
#include "sim/fault.h"
#include "sim/json_values.h"
#include "sim/recorder.h"
#include "sim/render/token_fields.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/scenario_file.h"
#include "sim/token_text.h"
#include "sim/trace.h"
#include "sim/trace_json.h"
#include "tests/support/process_transitions.h"

namespace sspilab::fuzz {
namespace {

constexpr std::string_view kFile = "input";

void Require(bool holds, Rule rule, std::string_view what) {
  if (!holds) Fail(rule, what);
}

// Takes a number and what follows it off the front of `text`; 0 for none.
size_t TakeNumber(std::string_view* text, std::string_view behind) {
  const size_t end = text->find(behind);
  size_t number = 0;
  if (end == std::string_view::npos ||
      !absl::SimpleAtoi(text->substr(0, end), &number)) {
    return 0;
  }
  text->remove_prefix(end + behind.size());
  return number;
}

// FILE:LINE:COLUMN: WHAT. Where `column_is_due` is not set, FILE:LINE: WHAT
// will do.
void RequireSaysWhere(const absl::Status& status, std::string_view text,
                      bool column_is_due) {
  const std::string whole(status.message());
  std::string_view rest = whole;
  Require(absl::ConsumePrefix(&rest, absl::StrCat(kFile, ":")),
          Rule::kSaysWhere, whole);
  std::string_view short_form = rest;
  size_t line = TakeNumber(&rest, ":");
  const size_t column = TakeNumber(&rest, ": ");
  if (column == 0 && !column_is_due) {
    line = TakeNumber(&short_form, ": ");
    rest = short_form;
  }
  const auto lines =
      static_cast<size_t>(1 + std::count(text.begin(), text.end(), '\n'));
  Require(line >= 1 && line <= lines && (column >= 1 || !column_is_due) &&
              !rest.empty(),
          Rule::kSaysWhere, whole);
  Require(
      std::none_of(whole.begin(), whole.end(),
                   [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; }),
      Rule::kSaysWhere,
      absl::StrCat("a control character: ", absl::CEscape(whole)));
}

std::string Written(const sim::Trace& trace) {
  absl::StatusOr<std::string> written = sim::TraceToJson(trace);
  Require(written.ok(), Rule::kRoundTrip, written.status().ToString());
  return *std::move(written);
}

// What was read or recorded is the same when it was written and read again.
void RequireSameAgain(const sim::Trace& trace) {
  const std::string written = Written(trace);
  const absl::StatusOr<sim::Trace> again =
      sim::TraceFromJson(written, "written");
  Require(again.ok(), Rule::kRoundTrip, again.status().ToString());
  Require(again->events == trace.events, Rule::kRoundTrip, "other events");
  Require(absl::StartsWith(written, Written({again->scenario, {}})),
          Rule::kRoundTrip, "another scenario");
}

// What would take seconds: a key is hashed from each password, thousands of
// times for each type.
bool IsLong(const sim::Scenario& scenario) {
  constexpr size_t kMost = 8;
  size_t passwords = scenario.accounts.size();
  for (const sim::ScenarioRealm& realm : scenario.realms) {
    passwords += realm.principals.size() + realm.trusted_by.size();
  }
  return passwords > kMost || scenario.realms.size() > kMost ||
         scenario.deviations.size() > 4 * kMost ||
         scenario.exchange.faults.size() > 4 * kMost;
}

// The recorder was the Worlds' observer, so that the transitions are counted
// from what it has written.
void Count(const sim::TraceTransition& seen) {
  const auto index_of = [](absl::Span<const std::string_view> names,
                           std::string_view name) {
    return static_cast<uint8_t>(std::find(names.begin(), names.end(), name) -
                                names.begin());
  };
  for (int i = 0; i < kPackageCount; ++i) {
    for (const MachineDescription* const machine :
         MachinesOf(static_cast<Package>(i))) {
      if (machine->name != seen.machine) continue;
      const TransitionTaken taken = {
          .machine = machine,
          .from = index_of(machine->states, seen.from),
          .event = index_of(machine->events, seen.event),
          .to = index_of(machine->states, seen.to),
          .status = seen.status,
          .declared = seen.declared};
      CountState(taken);
      if (auto* const counts = testing::ProcessTransitions()) {
        counts->Count(taken);
      }
      return;
    }
  }
}

void Run(const sim::Scenario& scenario) {
  if (IsLong(scenario)) return RequireSameAgain({scenario, {}});
  sim::Recorder recorder;
  const sim::Outcome outcome =
      sim::RunScenarioChecked(scenario, InitSecurityInterfaceW(), &recorder);
  const sim::Trace trace = {scenario, recorder.TakeEvents()};
  for (const sim::TraceEvent& event : trace.events) {
    if (const auto* const seen = std::get_if<sim::TraceTransition>(&event)) {
      Count(*seen);
    }
  }
  RequireSameAgain(trace);
  // What a scenario has its callers do otherwise may be to keep things.
  if (!scenario.deviations.empty()) return;
  Require(outcome.leaked_allocations == 0, Rule::kBalance,
          "a scenario without deviations");
  if (scenario.client.verification == Verification::kPermissive ||
      scenario.server.verification == Verification::kPermissive) {
    return;
  }
  for (const sim::RuleBroken& broken : outcome.broken) {
    Require(sim::RuleOf(broken.rule).party != sim::RuleParty::kPackage,
            Rule::kPackageKeepsRules, sim::ToString(broken));
  }
}

}  // namespace

void TakeScenario(std::string_view text) {
  if (text.size() > kMaxTextInput) return;
  const absl::StatusOr<sim::ScenarioFile> file =
      sim::ParseScenarioFile(text, kFile);
  if (!file.ok()) {
    return RequireSaysWhere(file.status(), text, /*column_is_due=*/true);
  }
  Run(file->scenario);
}

void TakeTrace(std::string_view text) {
  if (text.size() > kMaxTextInput) return;
  const absl::StatusOr<sim::Trace> trace = sim::TraceFromJson(text, kFile);
  if (!trace.ok()) {
    return RequireSaysWhere(trace.status(), text, /*column_is_due=*/false);
  }
  RequireSameAgain(*trace);
  Run(trace->scenario);
}

void TakeLine(std::string_view text) {
  if (text.size() > kMaxTextInput) return;
  (void)sim::RecognizeToken(text);
  if (!text.empty()) {
    const std::string hex = absl::BytesToHexString(text);
    Require(sim::BytesFromHex(hex) == text, Rule::kRoundTrip, "hexadecimal");
    if (sim::IsKnownToken(
            {reinterpret_cast<const uint8_t*>(text.data()), text.size()})) {
      Require(sim::RecognizeToken(hex) == text, Rule::kRoundTrip,
              "a token in hexadecimal");
      Require(
          sim::RecognizeToken(absl::StrCat("Authorization: Negotiate ",
                                           absl::Base64Escape(text))) == text,
          Rule::kRoundTrip, "a token in base64");
    }
  }
  if (const absl::StatusOr<sim::Fault> fault = sim::ParseFault(text);
      fault.ok()) {
    const absl::StatusOr<sim::Fault> again =
        sim::ParseFault(sim::FaultToString(*fault));
    Require(again.ok() && *again == *fault, Rule::kRoundTrip, "a fault");
  }
  if (const absl::StatusOr<sim::DeviationPlace> place =
          sim::ParseDeviationPlace(text);
      place.ok()) {
    const absl::StatusOr<sim::DeviationPlace> again =
        sim::ParseDeviationPlace(sim::DeviationPlaceToString(*place));
    Require(again.ok() && *again == *place, Rule::kRoundTrip,
            "the place of a deviation");
  }
  kerberos::Key key;
  if (sim::ReadJsonValue(text, &key).ok()) {
    kerberos::Key again;
    const absl::StatusOr<std::string> written = sim::WriteJsonValue(key);
    Require(written.ok() && sim::ReadJsonValue(*written, &again).ok() &&
                again == key,
            Rule::kRoundTrip, "a key");
  }
}

}  // namespace sspilab::fuzz
