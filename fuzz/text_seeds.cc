// Texts that sspilab reads.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "fuzz/seeds.h"
#include "fuzz/text_inputs.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/scenario_template.h"
#include "sim/scenarios/embedded.h"
#include "sim/trace.h"
#include "sim/trace_json.h"

namespace sspilab::fuzz {
namespace {

constexpr std::pair<std::string_view, std::string_view> kLines[] = {
    {"fault", "flip:to-server:2:AUTHENTICATE.MIC+4:0x80"},
    {"fault_at_random", "set:to-server:2:random7:255"},
    {"place", "before AcceptSecurityContext 2"},
    {"key", "aes128-cts-hmac-sha1-96:00112233445566778899aabbccddeeff"},
    {"hex", "4e544c4d 53535000 01000000 07820000"},
    {"base64",
     "Authorization: NTLM "
     "TlRMTVNTUAABAAAAt4II4gAAAAAAAAAAAAAAAAAAAAAKAHxPAAAADw=="},
    // Certificates that cannot be made: RFC 5280's ub-common-name is 64, and
    // its last year 9999.
    {"name_too_long",
     "package = 'Schannel'\n"
     "[server.world.names]\n"
     "dns_computer = 'a.name.that.has.more.than.sixty.four.characters.is.too"
     ".long.for.a.certificate.test'\n"},
    {"after_the_last_year",
     "package = 'Schannel'\n"
     "[server.world]\n"
     "now = 9999-12-31T23:59:59Z\n"}};

// The scenario, and of each kind of event the first.
std::string TraceOf(Package package) {
  const sim::Scenario scenario = sim::ReferenceScenario(package);
  sim::Recorder recorder;
  sim::RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  sim::Trace trace = {scenario, {}};
  for (sim::TraceEvent& event : recorder.TakeEvents()) {
    const bool is_new = std::none_of(
        trace.events.begin(), trace.events.end(),
        [&](const sim::TraceEvent& e) { return e.index() == event.index(); });
    if (is_new) trace.events.push_back(std::move(event));
  }
  return *sim::TraceToJson(trace);
}

}  // namespace

void RecordTexts(Seeds& seeds) {
  const auto add = [&seeds](std::string name, std::string_view text) {
    if (text.size() > kMaxTextInput) return;
    std::replace(name.begin(), name.end(), '/', '_');
    seeds[absl::StrCat("scenario/", name)].assign(text.begin(), text.end());
  };
  for (const sim::EmbeddedScenario& scenario : sim::Scenarios()) {
    // Threads take turns as the system lets them.
    if (!absl::EndsWith(scenario.name, "two_threads")) {
      add(std::string(scenario.name), scenario.text);
    }
  }
  // The same referrals, on the way to a user-to-user ticket.
  add("user_to_user_referrals_without_end",
      "package = \"Kerberos\"\n"
      "[client]\n"
      "target = \"HTTP/other.example.test\"\n"
      "flags = [\"USE_SESSION_KEY\", \"MUTUAL_AUTH\"]\n"
      "[[realm]]\n"
      "name = \"EXAMPLE.TEST\"\n"
      "trusted_by = [\"TEST\"]\n"
      "[[realm.principal]]\n"
      "name = \"alice\"\n"
      "password = \"correct horse\"\n"
      "[[realm.principal]]\n"
      "name = \"SERVER$\"\n"
      "password = \"server\"\n"
      "[[realm]]\n"
      "name = \"TEST\"\n"
      "trusted_by = [\"EXAMPLE.TEST\"]\n");
  add("template", sim::ScenarioTemplate());
  for (int i = 0; i < kPackageCount; ++i) {
    const auto package = static_cast<Package>(i);
    add(absl::StrCat("trace_", PackageName(package)), TraceOf(package));
  }
  for (const auto& [name, text] : kLines) add(std::string(name), text);
}

}  // namespace sspilab::fuzz
