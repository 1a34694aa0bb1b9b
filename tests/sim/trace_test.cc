#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/recorder.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// Nothing at its default, so that nothing can be forgotten.
Scenario UnusualScenario() {
  Scenario scenario = ReferenceScenario();
  scenario.seed = 0xFFFFFFFFFFFFFFFF;
  for (WorldOptions* world : {&scenario.client, &scenario.server}) {
    world->now += 12345;
    world->names.computer = u"M\u00DCNCHEN";
    world->names.domain = u"EXAMPLE";
    world->names.dns_computer = u"dns.computer.test";
    world->names.dns_domain = u"dns.domain.test";
    world->names.dns_forest = u"dns.forest.test";
    world->ntlm.lm_compatibility_level = 5;
    world->ntlm.minimum_client_security = 0x20080000;
    world->ntlm.minimum_server_security = 0x20000010;
    world->ntlm.unsupported_flags = 0x80000000;
    world->ntlm.send_timestamp = false;
    world->ntlm.complete_auth_token = true;
    world->logon = {u"bob", u"EXAMPLE", u"\"quoted\"\n"};
    world->authority_reachable = true;
    world->verification = Verification::kPermissive;
  }
  scenario.accounts.push_back(
      {u"bob", u"EXAMPLE", u"\U0001F511", AccountState::kPasswordExpired});
  scenario.server_certificate_flaw = tls::CertificateFlaw::kUntrusted;
  scenario.client_certificate_flaw = tls::CertificateFlaw::kWrongUsage;
  ExchangeOptions& exchange = scenario.exchange;
  exchange.client.identity.reset();
  exchange.client.target = u"";
  exchange.client.caller.full_view = false;
  exchange.server.message = "";
  exchange.form = WireForm::kStream;
  exchange.faults = {{FaultKind::kSplit, Direction::kToServer, 2, 7},
                     {FaultKind::kCoalesce, Direction::kToClient, 1, 0}};
  exchange.latency = 77;
  return scenario;
}

std::string Record(const Scenario& scenario) {
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  const absl::StatusOr<std::string> json =
      TraceToJson({scenario, recorder.TakeEvents()});
  EXPECT_TRUE(json.ok()) << json.status();
  return json.value_or("");
}

std::vector<Scenario> Scenarios() {
  Scenario wrong = ReferenceScenario();
  wrong.exchange.client.identity->password = u"wrong";
  Scenario cut = ReferenceScenario();
  cut.exchange.faults = {{FaultKind::kTruncate, Direction::kToServer, 2, 99}};
  return {ReferenceScenario(), ReferenceScenario(Package::kKerberos), wrong,
          cut, UnusualScenario()};
}

TEST(TraceTest, IsTheSameAfterReadingAndWriting) {
  for (const Scenario& scenario : Scenarios()) {
    const std::string json = Record(scenario);
    const absl::StatusOr<Trace> trace = TraceFromJson(json, "test");
    ASSERT_TRUE(trace.ok()) << trace.status();
    EXPECT_EQ(TraceToJson(*trace).value_or(""), json);
  }
}

// What was read is enough to run again, and gives the same bytes.
TEST(TraceTest, ReplaysToTheByte) {
  for (const Scenario& scenario : Scenarios()) {
    const std::string json = Record(scenario);
    const absl::StatusOr<Trace> trace = TraceFromJson(json, "test");
    ASSERT_TRUE(trace.ok()) << trace.status();
    EXPECT_EQ(Record(trace->scenario), json);
  }
}

// Each thing in the header matters: a run of the default in its place would
// not be the same header.
TEST(TraceTest, TheHeaderHasEverything) {
  const std::string unusual = Record(UnusualScenario());
  const std::string usual = Record(ReferenceScenario());
  for (const std::string_view key :
       {"\"seed\":18446744073709551615", "\"now\":133485408000012345",
        "\"computer\":\"M\u00DCNCHEN\"", "\"lm_compatibility_level\":5",
        "\"minimum_client_security\":537395200",
        "\"minimum_server_security\":536870928",
        "\"unsupported_flags\":2147483648", "\"send_timestamp\":false",
        "\"complete_auth_token\":true", "\"user\":\"bob\"",
        "\"password\":\"\\\"quoted\\\"\\n\"", "\"verification\":\"permissive\"",
        "\"state\":\"password expired\"", "\"identity\":null",
        "\"form\":\"stream\"",
        "\"faults\":[\"split:to-server:2:7\",\"coalesce:to-client:1\"]",
        "\"server_certificate_flaw\":\"untrusted\"",
        "\"client_certificate_flaw\":\"wrong usage\"", "\"latency\":77"}) {
    EXPECT_THAT(unusual, HasSubstr(key));
    EXPECT_THAT(usual, Not(HasSubstr(key)));
  }
}

std::string ErrorOf(std::string_view text) {
  return std::string(TraceFromJson(text, "t.jsonl").status().message());
}

TEST(TraceTest, ErrorsNameThePlace) {
  const std::string json = Record(ReferenceScenario());
  const std::string header = json.substr(0, json.find('\n') + 1);
  const auto with = [&](std::string_view from, std::string_view to) {
    const std::string changed = absl::StrReplaceAll(header, {{from, to}});
    EXPECT_NE(changed, header) << from;
    return ErrorOf(changed);
  };
  EXPECT_EQ(ErrorOf(header), "");
  EXPECT_THAT(ErrorOf("{\"format\":"), StartsWith("t.jsonl:1:11: not JSON"));
  EXPECT_THAT(ErrorOf(""), StartsWith("t.jsonl:1:"));
  EXPECT_THAT(ErrorOf("[]"), StartsWith("t.jsonl:1: "));
  EXPECT_THAT(ErrorOf(header + "{\"call\":\"X\",}\n"),
              StartsWith("t.jsonl:2:13: not JSON"));
  EXPECT_EQ(with("\"version\":1", "\"version\":2"),
            "t.jsonl:1: version 2 of the format is not known, only 1");
  EXPECT_EQ(with("\"seed\":0", "\"seed\":-1"),
            "t.jsonl:1: scenario.seed is not a number up to "
            "18446744073709551615");
  EXPECT_EQ(with("\"seed\":0", "\"sed\":0"),
            "t.jsonl:1: scenario.sed is not known");
  EXPECT_EQ(with("\"form\":\"message\"", "\"form\":\"letter\""),
            "t.jsonl:1: scenario.exchange.form is 'letter', not one of "
            "message, stream");
  EXPECT_EQ(with("\"send_timestamp\":true", "\"send_timestamp\":1"),
            "t.jsonl:1: scenario.client.ntlm.send_timestamp is not true or "
            "false");
  EXPECT_THAT(with("\"faults\":[]", "\"faults\":[\"split\"]"),
              StartsWith("t.jsonl:1: scenario.exchange.faults[0] is no fault"));
  EXPECT_THAT(with("\"lm_compatibility_level\":3",
                   "\"lm_compatibility_level\":99999999999"),
              HasSubstr("lm_compatibility_level is not a number up to"));
  EXPECT_EQ(ErrorOf(header + "{\"cal\":\"X\"}\n"),
            "t.jsonl:2: the line is no event: it has none of call, wire, "
            "transition, inner, kdc, key_log, end");
  EXPECT_EQ(ErrorOf(header + "{\"call\":\"X\",\"status\":\"SEC_E_NO\"}\n"),
            "t.jsonl:2: status is 'SEC_E_NO', which is no status");
  EXPECT_EQ(ErrorOf(header + "{\"call\":\"X\",\"input\":[{\"type\":\"TOKEN\","
                             "\"bytes\":\"0G\"}]}\n"),
            "t.jsonl:2: input[0].bytes is not hexadecimal with lower-case "
            "digits");
}

// A byte of a trace that is cut, or changed, is an error or another trace, and
// never anything worse.
TEST(TraceTest, BrokenTracesAreErrorsOrTraces) {
  const std::string json = Record(ReferenceScenario());
  for (size_t i = 0; i < json.size(); i += 7) {
    (void)ErrorOf(json.substr(0, i));
    std::string changed = json;
    changed[i] = changed[i] == '"' ? 'x' : '"';
    const absl::StatusOr<Trace> trace = TraceFromJson(changed, "t.jsonl");
    if (trace.ok()) {
      EXPECT_NE(TraceToJson(*trace).value_or(""), json) << "byte " << i;
    }
  }
}

TEST(TraceTest, WhatHasNoUtf8IsRefused) {
  Scenario scenario = ReferenceScenario();
  scenario.exchange.client.target = std::u16string(1, char16_t{0xD800});
  EXPECT_FALSE(TraceToJson({scenario, {}}).ok());
  scenario = ReferenceScenario();
  scenario.exchange.server.message = "\xFF";
  EXPECT_FALSE(TraceToJson({scenario, {}}).ok());
}

}  // namespace
}  // namespace sspilab::sim
