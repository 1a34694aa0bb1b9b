#include "sim/expectation.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/scenario_file.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// alice's ordinary logon over NTLM, made by hand.
Trace Calls() {
  Trace trace;
  const auto call = [&](Side side, std::string function, SECURITY_STATUS status,
                        uint32_t attributes = 0) {
    TraceCall made;
    made.side = side;
    made.function = std::move(function);
    made.status = status;
    made.attributes = attributes;
    trace.events.emplace_back(std::move(made));
  };
  call(Side::kClient, "AcquireCredentialsHandleW", SEC_E_OK);
  call(Side::kClient, "InitializeSecurityContextW", SEC_I_CONTINUE_NEEDED);
  trace.events.emplace_back(TraceWire());
  call(Side::kServer, "AcceptSecurityContext", SEC_I_CONTINUE_NEEDED);
  call(Side::kClient, "InitializeSecurityContextW", SEC_E_OK,
       ISC_RET_INTEGRITY | ISC_RET_CONNECTION);
  call(Side::kServer, "AcceptSecurityContext", SEC_E_OK);
  return trace;
}

Outcome Content() {
  Outcome outcome;
  outcome.client.ending = Ending::kAuthenticated;
  outcome.server.ending = Ending::kAuthenticated;
  outcome.server.identity = u"EXAMPLE\\alice";
  outcome.same_key = true;
  outcome.ok = true;
  return outcome;
}

Outcome Refused() {
  Outcome outcome;
  outcome.client.ending = Ending::kRefusedByPeer;
  outcome.server.ending = Ending::kCallFailed;
  outcome.server.status = SEC_E_LOGON_DENIED;
  outcome.server.call = "AcceptSecurityContext";
  return outcome;
}

std::vector<Difference> DifferencesOf(std::string_view expect,
                                      const Outcome& outcome = Content()) {
  const absl::StatusOr<ScenarioFile> file = ParseScenarioFile(
      absl::StrCat("package = 'NTLM'\n[expect]\n", expect), "s.toml");
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? Compare(file->expectation, Calls(), outcome)
                   : std::vector<Difference>();
}

constexpr std::string_view kAllRight =
    "client = ['SEC_I_CONTINUE_NEEDED', 'SEC_E_OK']\n"
    "server = ['SEC_I_CONTINUE_NEEDED', 'SEC_E_OK']\n"
    "client_ends = 'authenticated'\n"
    "server_ends = 'authenticated'\n"
    "ok = true\n"
    "same_key = true\n"
    "identity = 'EXAMPLE\\alice'\n"
    "calls = 5\n"
    "[[expect.call]]\n"
    "side = 'client'\n"
    "function = 'InitializeSecurityContext'\n"
    "nth = 2\n"
    "status = 'SEC_E_OK'\n"
    "has = ['INTEGRITY']\n"
    "lacks = ['CONFIDENTIALITY']\n";

TEST(ExpectationTest, NothingDiffers) {
  EXPECT_THAT(DifferencesOf(""), IsEmpty());
  EXPECT_THAT(DifferencesOf(kAllRight), IsEmpty());
}

// What each kind of difference says; line 3 is the first behind [expect].
TEST(ExpectationTest, EachKindOfDifference) {
  const std::pair<std::string_view, Difference> wrong[] = {
      {"client = ['SEC_E_OK', 'SEC_E_OK']",
       {3, "client, leg 1 (call 2)", "SEC_E_OK", "SEC_I_CONTINUE_NEEDED"}},
      {"server = [\n'SEC_I_CONTINUE_NEEDED']",
       {3, "server, leg 2 (call 5)", "no such leg", "SEC_E_OK"}},
      {"server = ['SEC_I_CONTINUE_NEEDED', 'SEC_E_OK',\n'SEC_E_LOGON_DENIED']",
       {4, "server, leg 3", "SEC_E_LOGON_DENIED", "no such leg"}},
      {"client_ends = 'connection lost'",
       {3, "client's ending", "connection lost", "authenticated"}},
      {"server_ends = 'expired'",
       {3, "server's ending", "expired", "authenticated"}},
      {"ok = false",
       {3, "all in all", "not both sides content", "both are content"}},
      {"same_key = false",
       {3, "the session key", "not the same on both sides",
        "both sides have the same"}},
      {"identity = 'EXAMPLE\\bob'",
       {3, "the client's identity", "EXAMPLE\\bob", "EXAMPLE\\alice"}},
      {"calls = 6", {3, "all calls", "6", "5"}},
      {"broken_rules = ['token-not-sent']",
       {3, "rule token-not-sent", "broken", "kept"}},
      {"[[expect.call]]\nside = 'client'\nfunction = "
       "'AcquireCredentialsHandle'\nstatus = 'SEC_E_NO_CREDENTIALS'",
       {6, "client, AcquireCredentialsHandle 1 (call 1)",
        "SEC_E_NO_CREDENTIALS", "SEC_E_OK"}},
      {"[[expect.call]]\nside = 'server'\nfunction = 'EncryptMessage'",
       {3, "server, EncryptMessage 1", "the call", "it is never made"}},
      {"[[expect.call]]\nside = 'server'\nfunction = "
       "'AcceptSecurityContext'\nnth = 3",
       {3, "server, AcceptSecurityContext 3", "the call",
        "it is made 2 times"}},
      {"[[expect.call]]\nside = 'client'\nfunction = "
       "'InitializeSecurityContext'\nnth = 2\nhas = ['CONFIDENTIALITY']",
       {7, "client, InitializeSecurityContext 2 (call 4)",
        "grants CONFIDENTIALITY", "CONNECTION INTEGRITY"}},
      {"[[expect.call]]\nside = 'client'\nfunction = "
       "'InitializeSecurityContext'\nnth = 2\nlacks = ['INTEGRITY']",
       {7, "client, InitializeSecurityContext 2 (call 4)",
        "grants no INTEGRITY", "CONNECTION INTEGRITY"}},
  };
  for (const auto& [expect, difference] : wrong) {
    EXPECT_THAT(DifferencesOf(expect), ElementsAre(difference)) << expect;
  }
}

TEST(ExpectationTest, WithoutAWordItIsToEndWell) {
  EXPECT_THAT(
      DifferencesOf("", Refused()),
      ElementsAre(Difference{
          0, "all in all",
          "both sides authenticated, with one key and each other's message",
          "client: refused by the peer; server: call failed: "
          "AcceptSecurityContext said SEC_E_LOGON_DENIED"}));
  EXPECT_THAT(DifferencesOf("client_ends = 'refused by the peer'", Refused()),
              IsEmpty());
}

TEST(ExpectationTest, BrokenRules) {
  Outcome outcome = Content();
  outcome.broken.push_back({RuleId::kTokenNotSent, Side::kClient, 7,
                            Call::kDeleteSecurityContext, "the token is left"});
  EXPECT_THAT(DifferencesOf("broken_rules = ['token-not-sent']", outcome),
              IsEmpty());
  EXPECT_THAT(
      DifferencesOf("", outcome),
      ElementsAre(Difference{
          0, "rule token-not-sent", "kept",
          "token-not-sent: client, call 7 (DeleteSecurityContext): the token "
          "is left"}));
}

TEST(ExpectationTest, Deviations) {
  Outcome outcome = Content();
  outcome.deviation_surprises.push_back(
      {0, "client, before EncryptMessage 1", "SEC_E_OK", "it was not made"});
  Expectation expectation;
  expectation.deviation_lines = {9};
  EXPECT_THAT(Compare(expectation, Calls(), outcome),
              ElementsAre(Difference{9, "client, before EncryptMessage 1",
                                     "SEC_E_OK", "it was not made"}));
}

TEST(ExpectationTest, WhatCannotBeMade) {
  Outcome outcome;
  outcome.impossible = "no name";
  EXPECT_THAT(DifferencesOf(kAllRight, outcome),
              ElementsAre(Difference{0, "the scenario", "that it can be made",
                                     "no name"}));
}

TEST(ExpectationTest, ExpectedStandsOverGot) {
  EXPECT_EQ(DifferencesToText({{3, "client, leg 1 (call 2)", "SEC_E_OK",
                                "SEC_I_CONTINUE_NEEDED"},
                               {12, "all calls", "6", "5\x1b"},
                               {0, "a rule", "kept", "broken"}},
                              "s.toml"),
            "  s.toml:3   client, leg 1 (call 2)  expected SEC_E_OK\n"
            "                                     got      "
            "SEC_I_CONTINUE_NEEDED\n"
            "  s.toml:12  all calls               expected 6\n"
            "                                     got      5\\x1b\n"
            "  s.toml     a rule                  expected kept\n"
            "                                     got      broken\n");
}

}  // namespace
}  // namespace sspilab::sim
