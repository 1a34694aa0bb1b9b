#include "sim/scenario_file.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/trace_json.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

ScenarioFile Parse(std::string_view text) {
  absl::StatusOr<ScenarioFile> file = ParseScenarioFile(text, "s.toml");
  EXPECT_TRUE(file.ok()) << file.status().message();
  return file.ok() ? *std::move(file) : ScenarioFile();
}

// All of a scenario, as the header of a trace has it.
std::string Header(const Scenario& scenario) {
  return TraceToJson({scenario, {}}).value_or("no JSON");
}

TEST(ScenarioFileTest, OfAPackageAloneIsTheReferenceExchange) {
  const std::pair<std::string_view, Package> packages[] = {
      {"NTLM", Package::kNtlm},
      {"negotiate", Package::kNegotiate},
      {"Kerberos", Package::kKerberos},
      {"Schannel", Package::kSchannel},
      {"CREDSSP", Package::kCredSsp}};
  for (const auto& [name, package] : packages) {
    const ScenarioFile file = Parse(absl::StrCat("package = '", name, "'"));
    EXPECT_EQ(Header(file.scenario), Header(ReferenceScenario(package)));
    EXPECT_EQ(file.name, "s");
    EXPECT_EQ(file.description, "");
    ASSERT_TRUE(file.expectation.ok.has_value());
    EXPECT_TRUE(file.expectation.ok->value);
  }
}

TEST(ScenarioFileTest, TheFirstCommentIsTheDescription) {
  EXPECT_EQ(
      Parse("# One line,\n#   and its end.\n#\n# Another.\n\n# Not this.\n"
            "package = 'NTLM'\n")
          .description,
      "One line, and its end.\nAnother.");
}

// Everything that a Scenario has, in the order of the header of a trace.
constexpr std::string_view kUnusual = R"(
package = "Negotiate"
seed = 0x7FFFFFFFFFFFFFFF
form = "stream"
latency = 77
faults = ["split:to-server:2:7", "coalesce:to-client:1"]

[client]
uses_logon = true
target = "host/elsewhere"
package = "NTLM"
flags = ["ISC_REQ_INTEGRITY", "connection"]
insists_on = ["INTEGRITY", "ISC_RET_CONNECTION"]
message = "Hello"
full_view = false
certificate = "alice"
[client.tls]
protocols = ["1.2", "TLS1_3_CLIENT"]
flags = "SCH_USE_STRONG_CRYPTO,CRED_MANUAL_CRED_VALIDATION"
application_protocols = ["h2"]
shows_certificate = "always"
[client.world]
now = 2024-02-29T13:14:15.1234567+01:00
process_id = 8
logon_session = 9
authority_reachable = false
verification = "permissive"
names = { computer = "MÜNCHEN", domain = "D", dns_computer = "c", dns_domain = "d", dns_forest = "f" }
negotiate.request_mic = true
logon = { user = "bob", domain = "WORK", password = "pass", is_protected = true }
[client.world.ntlm]
lm_compatibility_level = 5
minimum_client_security = ["NTLMSSP_NEGOTIATE_56"]
minimum_server_security = 0x10
unsupported_flags = "NTLMSSP_NEGOTIATE_128"
send_timestamp = false
complete_auth_token = true
restrict_sending = true
restrict_receiving = true
[client.world.schannel]
enabled_protocols = "1.2"
cache_time = 1
maximum_cache_size = 2
send_trusted_issuer_list = false
disable_renegotiation_on_client = true
disable_renegotiation_on_server = true
[client.world.credssp]
allow_fresh = ["*"]
allow_default = ["a"]
allow_fresh_when_ntlm_only = []
allow_default_when_ntlm_only = ["b"]
deny_fresh = ["c"]
deny_default = ["d"]
encryption_oracle = "vulnerable"
version = 2
as_in_windows_vista = true
complete_auth_token = true
[client.world.kerberos]
etypes = ["rc4-hmac"]
max_clock_skew = 7
try_ip_spn = true

[server]
flags = 0x10
message = ""
certificate = true
[server.world]
now = 1

[[account]]
user = "carol"
domain = "D"
password = "p"
state = "password expired"

[[realm]]
name = "ONE.TEST"
netbios_name = "UN"
reachable = false
trusted_by = ["TWO.TEST"]
policy = { etypes = ["aes128-cts-hmac-sha256-128"], max_ticket_life = 60, max_renewable_life = 61, max_clock_skew = 62 }
[[realm.principal]]
name = "dora"
aliases = ["HTTP/web.one.test"]
password = "pw"
keys = ["aes128-cts-hmac-sha1-96:000102030405060708090a0b0c0d0e0f"]
state = "locked"
requires_preauthentication = false
may_be_delegated = false
trusted_for_delegation = true
[[realm]]
name = "TWO.TEST"

[[deviation]]
side = "server"
at = "before AcceptSecurityContext 2"
call = "CompleteAuthToken"
)";

TEST(ScenarioFileTest, SaysEverything) {
  const std::string header = Header(Parse(kUnusual).scenario);
  const std::string reference = Header(ReferenceScenario(Package::kNegotiate));
  for (const std::string_view part :
       {R"("seed":9223372036854775807,"client":{"now":133536824551234567,)",
        R"("names":{"computer":"MÜNCHEN","domain":"D","dns_computer":"c",)"
        R"("dns_domain":"d","dns_forest":"f"},"process_id":8,)"
        R"("logon_session":9,"ntlm":{"lm_compatibility_level":5,)"
        R"("minimum_client_security":2147483648,)"
        R"("minimum_server_security":16,"unsupported_flags":536870912,)"
        R"("send_timestamp":false,"complete_auth_token":true,)"
        R"("restrict_sending":true,"restrict_receiving":true},)"
        R"("negotiate":{"request_mic":true},)"
        R"("schannel":{"enabled_protocols":3072,"cache_time":1,)"
        R"("maximum_cache_size":2,"send_trusted_issuer_list":false,)"
        R"("disable_renegotiation_on_client":true,)"
        R"("disable_renegotiation_on_server":true},)"
        R"("credssp":{"allow_fresh":["*"],"allow_default":["a"],)"
        R"("allow_fresh_when_ntlm_only":[],)"
        R"("allow_default_when_ntlm_only":["b"],"deny_fresh":["c"],)"
        R"("deny_default":["d"],"encryption_oracle":"vulnerable",)"
        R"("version":2,"as_in_windows_vista":true,)"
        R"("complete_auth_token":true},)"
        R"("kerberos":{"etypes":["rc4-hmac"],"max_clock_skew":7,)"
        R"("try_ip_spn":true},)"
        R"("logon":{"user":"bob","domain":"WORK","password":"pass",)"
        R"("is_protected":true},)"
        R"("authority_reachable":false,"verification":"permissive"})",
        R"("server":{"now":1,)",
        R"("accounts":[{"user":"carol","domain":"D","password":"p",)"
        R"("state":"password expired"}],)"
        R"("realms":[{"name":"ONE.TEST","netbios_name":"UN",)"
        R"("policy":{"etypes":["aes128-cts-hmac-sha256-128"],)"
        R"("max_ticket_life":60,"max_renewable_life":61,)"
        R"("max_clock_skew":62},"reachable":false,)"
        R"("principal":[{"name":"dora","aliases":["HTTP/web.one.test"],)"
        R"("password":"pw","keys":["aes128-cts-hmac-sha1-96:)"
        R"(000102030405060708090a0b0c0d0e0f"],"state":"locked",)"
        R"("requires_preauthentication":false,"may_be_delegated":false,)"
        R"("trusted_for_delegation":true}],"trusted_by":["TWO.TEST"]},)",
        R"("server_certificate":true,)"
        R"("client_certificate":"alice",)",
        R"("client":{"caller":{"package":"NTLM","requirements":67584,)"
        R"("insists_on":67584,"message":"Hello","full_view":false,)"
        R"("tls":{"shows_certificate":"always","protocols":11264,)"
        R"("flags":4194312,"application_protocols":["h2"]}},)"
        R"("identity":null,"target":"host/elsewhere"})",
        // What the client's certificate makes of the server's flags.
        R"("package":"Negotiate","requirements":18,"insists_on":16,)"
        R"("message":"",)",
        R"("form":"stream","faults":["split:to-server:2:7",)"
        R"("coalesce:to-client:1"],"latency":77)",
        R"("at":"before AcceptSecurityContext 2")"}) {
    EXPECT_THAT(header, HasSubstr(part));
    EXPECT_THAT(reference, Not(HasSubstr(part)));
  }
}

// The accounts follow the client where nothing is said of them.
TEST(ScenarioFileTest, WhoseAccount) {
  const auto accounts = [](std::string_view text) {
    std::vector<std::u16string> users;
    for (const ScenarioAccount& account : Parse(text).scenario.accounts) {
      users.push_back(account.user + u":" + account.password);
    }
    return users;
  };
  EXPECT_THAT(accounts("package = 'NTLM'\nclient.user = 'bob'"),
              ElementsAre(u"bob:correct horse"));
  EXPECT_THAT(accounts("package = 'NTLM'\nclient.uses_logon = true\n"
                       "client.world.logon = { user = 'c', password = 'd' }"),
              ElementsAre(u"c:d"));
  EXPECT_THAT(accounts("package = 'NTLM'\naccount = []"), ElementsAre());
  EXPECT_THAT(accounts("package = 'NTLM'\nclient.user = 'bob'\n[[account]]\n"
                       "user = 'x'\n[[account]]\nuser = 'y'"),
              ElementsAre(u"x:", u"y:"));
}

// So does the realm of those who talk Kerberos; others have none.
TEST(ScenarioFileTest, WhoseRealm) {
  const auto principals = [](std::string_view text) {
    std::vector<std::string> names;
    for (const ScenarioRealm& realm : Parse(text).scenario.realms) {
      for (const ScenarioPrincipal& principal : realm.principals) {
        names.push_back(absl::StrCat(principal.name, "@", realm.name, ":",
                                     principal.password));
      }
    }
    return names;
  };
  EXPECT_THAT(principals("package = 'Kerberos'\nclient.user = 'bob'\n"
                         "server.world.names.computer = 'PC'"),
              ElementsAre("bob@EXAMPLE.TEST:correct horse",
                          "PC$@EXAMPLE.TEST:the machine's own"));
  EXPECT_THAT(principals("package = 'Kerberos'\nclient.uses_logon = true\n"
                         "client.world.logon = { user = 'c', password = 'd' }"),
              ::testing::Contains("c@EXAMPLE.TEST:d"));
  EXPECT_THAT(principals("package = 'Kerberos'\nrealm = []"), ElementsAre());
  EXPECT_THAT(principals("package = 'Negotiate'"), ElementsAre());
  EXPECT_THAT(principals("package = 'Negotiate'\n[[realm]]\nname = 'A'\n"
                         "[[realm.principal]]\nname = 'x'"),
              ElementsAre("x@A:"));
}

// As with the options of sspilab run.
TEST(ScenarioFileTest, WhatFollowsFromFlags) {
  Scenario scenario =
      Parse("package = 'NTLM'\nclient.flags = 'INTEGRITY,DATAGRAM'").scenario;
  EXPECT_EQ(scenario.exchange.client.caller.insists_on, 0u);
  EXPECT_EQ(scenario.exchange.server.insists_on, 0u);
  EXPECT_EQ(scenario.exchange.server.requirements & ASC_REQ_DATAGRAM,
            uint32_t{ASC_REQ_DATAGRAM});
  scenario = Parse(
                 "package = 'NTLM'\nserver.flags = ['CONFIDENTIALITY']\n"
                 "client.flags = ['INTEGRITY']")
                 .scenario;
  EXPECT_EQ(scenario.exchange.server.insists_on,
            uint32_t{ASC_RET_CONFIDENTIALITY});
}

TEST(ScenarioFileTest, Expectations) {
  const Expectation expectation = Parse(R"(package = "NTLM"
[expect]
client = ["SEC_I_CONTINUE_NEEDED",
          "SEC_E_OK"]
server = []
client_ends = "refused by the peer"
server_ends = "call failed"
same_key = false
identity = "EXAMPLE\\alice"
calls = 12
broken_rules = ["token-not-sent"]
[[expect.call]]
side = "server"
function = "AcceptSecurityContext"
nth = 2
status = "0x80090399"
has = ["INTEGRITY"]
lacks = "ASC_RET_CONFIDENTIALITY,STREAM"
)")
                                      .expectation;
  EXPECT_FALSE(expectation.ok.has_value());
  const ExpectedSide& client = expectation.sides[0];
  ASSERT_TRUE(client.legs.has_value());
  ASSERT_EQ(client.legs->size(), 2u);
  EXPECT_EQ((*client.legs)[0].value, SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ((*client.legs)[0].line, 3u);
  EXPECT_EQ((*client.legs)[1].line, 4u);
  EXPECT_EQ(client.ends->value, Ending::kRefusedByPeer);
  EXPECT_EQ(client.ends->line, 6u);
  EXPECT_EQ(expectation.sides[1].legs->size(), 0u);
  EXPECT_EQ(expectation.sides[1].line, 5u);
  EXPECT_EQ(expectation.sides[1].ends->value, Ending::kCallFailed);
  EXPECT_FALSE(expectation.same_key->value);
  EXPECT_EQ(expectation.identity->value, u"EXAMPLE\\alice");
  EXPECT_EQ(expectation.calls->value, 12u);
  EXPECT_EQ(expectation.broken_rules[0].value, "token-not-sent");
  ASSERT_EQ(expectation.call.size(), 1u);
  const ExpectedCall& call = expectation.call[0];
  EXPECT_EQ(call.line, 12u);
  EXPECT_EQ(call.side, Side::kServer);
  EXPECT_EQ(call.function, "AcceptSecurityContext");
  EXPECT_EQ(call.nth, 2u);
  EXPECT_EQ(static_cast<uint32_t>(call.status->value), 0x80090399);
  EXPECT_EQ(call.has.value, uint32_t{ASC_RET_INTEGRITY});
  EXPECT_EQ(call.has.line, 17u);
  EXPECT_EQ(call.lacks.value,
            uint32_t{ASC_RET_CONFIDENTIALITY | ASC_RET_STREAM});
}

// Who says nothing of how it ends wants it to end well.
TEST(ScenarioFileTest, ACallAloneLeavesTheEndAsItWas) {
  EXPECT_TRUE(Parse("package = 'NTLM'\n[[expect.call]]\nside = 'client'\n"
                    "function = 'EncryptMessage'")
                  .expectation.ok->value);
  EXPECT_FALSE(
      Parse("package = 'NTLM'\nexpect.ok = false").expectation.ok->value);
}

std::string ErrorOf(std::string_view text) {
  return std::string(ParseScenarioFile(text, "s.toml").status().message());
}

TEST(ScenarioFileTest, ErrorsSayWhereAndWhatWouldBeRight) {
  const std::pair<std::string_view, std::string_view> errors[] = {
      {"", "s.toml:1:1: package is missing: package = \"NTLM\""},
      {"package = 'NTML'",
       "s.toml:1:11: there is no package 'NTML'; did you mean 'NTLM'?"},
      {"package = 5", "s.toml:1:11: package is a number; it is to be text"},
      {"package = 'NTLM'\nsede = 1",
       "s.toml:2:1: unknown key 'sede'; did you mean 'seed'?"},
      {"package = 'NTLM'\nseed = 1\nseed = 2",
       "s.toml:3:8: not TOML: key-value pair: cannot redefine existing integer "
       "'seed'"},
      {"package = 'NTLM'\nseed = -1",
       "s.toml:2:8: seed is -1; it is from 0 to 18446744073709551615"},
      {"package = 'NTLM'\nseed = 1.5",
       "s.toml:2:8: seed is a number with a "
       "fraction; it is to be a number"},
      {"package = 'NTLM'\nseed = 'x'", "s.toml:2:8: seed is text; it is"},
      {"package = 'NTLM'\nform = 'streem'",
       "s.toml:2:8: form is 'streem'; did you mean 'stream'?"},
      {"package = 'NTLM'\nfaults = 'drop:to-server:1'",
       "s.toml:2:10: faults is text; it is to be an array, in [ ]"},
      {"package = 'NTLM'\nfaults = ['drop:to-server:1',\n 'cut:to-server:1']",
       "s.toml:3:2: faults is no fault: unknown kind of fault 'cut'"},
      {"package = 'NTLM'\nclient = 1",
       "s.toml:2:10: client is a number; it is "
       "to be a table"},
      {"package = 'NTLM'\n[client]\nusre = 'x'",
       "s.toml:3:1: unknown key 'usre' in [client]; did you mean 'user'?"},
      {"package = 'NTLM'\n[client]\nuser = true",
       "s.toml:3:8: client.user is true or false; it is to be text in quotes"},
      {"package = 'NTLM'\n[client]\nflags = ['INTEGRITY', 'SEQENCE_DETECT']",
       "s.toml:3:23: client.flags has an unknown flag 'SEQENCE_DETECT'; did "
       "you mean 'SEQUENCE_DETECT'?"},
      {"package = 'NTLM'\n[client]\nflags = 1.0", "s.toml:3:9: client.flags"},
      {"package = 'NTLM'\n[client]\nuses_logon = true\nuser = 'bob'",
       "s.toml:4:8: client.user is not asked for with uses_logon; it belongs "
       "into [client.world.logon]"},
      {"package = 'Schannel'\n[client]\npassword = 'x'",
       "s.toml:3:12: client.password means nothing to Schannel"},
      {"package = 'NTLM'\nclient.package = 'Digest'",
       "s.toml:2:18: client.package is not known: there is no package "
       "'Digest'; it is one of NTLM"},
      {"package = 'Kerberos'\n[[realm]]\nnetbios_name = 'A'",
       "s.toml:2:1: realm.name is missing: name = \"EXAMPLE.TEST\""},
      {"package = 'Kerberos'\n[[realm]]\nname = 'A'\n[[realm]]\nname = 'A'",
       "s.toml:5:8: there already is a realm A"},
      {"package = 'Kerberos'\n[[realm]]\nname = 'A.TEST'\n"
       "trusted_by = ['PARTNER.TEST']\n[[realm]]\nname = 'PARTNER.TSET'",
       "s.toml:4:15: realm.trusted_by has 'PARTNER.TEST', which is no realm "
       "of this file; did you mean 'PARTNER.TSET'?"},
      {"package = 'Kerberos'\n[[realm]]\nname = 'A'\n[[realm.principal]]\n"
       "keys = ['aes128-cts-hmac-sha1-96:00']",
       "s.toml:5:9: realm.principal.keys has 1 bytes; a key of "
       "aes128-cts-hmac-sha1-96 has 16"},
      {"package = 'Kerberos'\n[client.world.kerberos]\netypes = ['rc4']",
       "s.toml:3:11: client.world.kerberos.etypes is 'rc4'; "},
      {"package = 'Kerberos'\nrealm = 1",
       "s.toml:2:9: realm is a number; it is to be an array"},
      {"package = 'NTLM'\n[client.world]\nnow = 'today'",
       "s.toml:3:7: client.world.now is text; it is to be a date with a time, "
       "as 2024-01-01T00:00:00Z, or a number"},
      {"package = 'NTLM'\n[client.world]\nnow = 1601-01-01T00:00:00+01:00",
       "s.toml:3:7: client.world.now is before 1601"},
      {"package = 'NTLM'\n[client.world.ntlm]\nlm_compatibility_level = 6",
       "s.toml:3:26: client.world.ntlm.lm_compatibility_level is 6; it is from "
       "0 to 5"},
      {"package = 'NTLM'\n[client.world]\nprocess_id = 4294967296",
       "it is from 0 to 4294967295"},
      {"package = 'NTLM'\n[[account]]\nstate = 'lokced'",
       "s.toml:3:9: account.state is 'lokced'; did you mean 'locked'?"},
      {"package = 'NTLM'\n[account]\nuser = 'x'",
       "s.toml:2:1: account is a table; it is to be an array, in [ ]"},
      {"package = 'NTLM'\n[expect]\nclient = ['SEC_E_LOGON_DENEID']",
       "s.toml:3:11: expect.client is 'SEC_E_LOGON_DENEID', which is no "
       "status; did you mean 'SEC_E_LOGON_DENIED'?"},
      {"package = 'NTLM'\n[expect]\nclient_ends = 'refused'",
       "s.toml:3:15: expect.client_ends is 'refused'; did you mean 'refused "
       "by the peer'?"},
      {"package = 'NTLM'\n[expect]\nbroken_rules = ['token-not-snet']",
       "did you mean 'token-not-sent'?"},
      {"package = 'NTLM'\n[[expect.call]]\nfunction = 'EncryptMessage'",
       "s.toml:2:1: expect.call.side is missing: side = \"client\" or "},
      {"package = 'NTLM'\n[[expect.call]]\nside = 'client'\nfunction = "
       "'EncryptMesage'",
       "did you mean 'EncryptMessage'?"},
      {"package = 'NTLM'\n[[expect.call]]\nside = 'client'\nfunction = "
       "'EncryptMessage'\nnth = 0",
       "s.toml:5:7: expect.call.nth is 0; it is from 1 to 4294967295"},
      {"package = 'NTLM'\n[[deviation]]\nside = 'klient'",
       "s.toml:3:8: deviation.side is 'klient'; did you mean 'client'?"},
      {"package = alice", "s.toml:1:11: not TOML: value: "},
      {"package = 'NTLM", "s.toml:1:16: not TOML: "},
  };
  for (const auto& [text, error] : errors) {
    EXPECT_THAT(ErrorOf(text), HasSubstr(error)) << text;
  }
}

// The first place of several is told.
TEST(ScenarioFileTest, TheFirstErrorOfAll) {
  EXPECT_THAT(
      ErrorOf("package = 'NTLM'\n[expect]\nokay = true\n[client]\nx = 1"),
      StartsWith("s.toml:3:1: unknown key 'okay' in [expect]"));
}

TEST(ScenarioFileTest, HostileBytes) {
  constexpr int kMany = 30'000;
  const auto many = [](std::string_view piece) {
    std::string text = "a = ";
    while (text.size() < kMany) absl::StrAppend(&text, piece);
    return text;
  };
  std::string dots = "package = 'NTLM'\n";
  for (int i = 0; i < kMany; ++i) dots += "a.";
  const std::pair<std::string, std::string_view> texts[] = {
      {many("["), "maximum nested value depth"},
      {many("{a="), "maximum nested value depth"},
      {dots + "a = 1", "s.toml:2:1: a key nests too deeply"},
      {"[" + dots.substr(17) + "a]", "s.toml:1:1: a key nests too deeply"},
      {"a = '.....................'\n'b' . \"c..\" = 1", "package is missing"},
      {"x = '''\n'''\n" + dots, "s.toml:4:1: a key nests too deeply"},
      {std::string(kMaxScenarioFileSize + 1, '\n'), "at most 65536"},
      {std::string("\x7F"
                   "ELF\0\1\2",
                   7),
       "s.toml:1:1: not TOML"},
      {std::string("package = 'NT\0LM'", 17), "s.toml:1:"},
      {"package = '\xFF\xFE'", "s.toml:1:11: not TOML"},
      {"package = '\xED\xA0\x80'", "s.toml:1:"},
      {"# \xC3\x28\npackage = 'NTLM'", "s.toml:1:"},
      {"package = \"\\u001b[31m\"", "\\x1b[31m"},
      {"package = 'NTLM'\n" + std::string(kMany, 'k') + " = 1", "unknown key"},
      {"\xEF\xBB\xBFpackage = 'NTML'", "did you mean 'NTLM'?"},
      {"\xFE\xFFp", "s.toml:1:"},
      {"a = \"\"\"", "not TOML"},
      // toml++ says what it saw as it is.
      {"a = t\n",
       "s.toml:1:6: not TOML: boolean: expected 'true', saw 't\\x0a'"},
      {"a = \"\\", "not TOML"},
      {"a = 1e999999999999", "s.toml:1:"},
      {"a = 9999-99-99", "s.toml:1:"},
      // toml++ takes it for granted that a name follows.
      {"x = [\n[.5], [1]]\n[.a]", "s.toml:3:1: not TOML: a table's name"},
      {"[", "s.toml:1:1: not TOML: a table's name"},
      {"[ \n a]", "s.toml:1:1: not TOML: a table's name"},
      {"[[ =]]", "s.toml:1:1: not TOML: a table's name"},
      {"[\xC2\xA0]", "s.toml:1:1: not TOML: a table's name"},
      {"a = \xC3\xA9", "s.toml:1:1: not TOML: letters beyond ASCII"},
      {"a = '\xC3\xA9' \xE2\x80\x82", "letters beyond ASCII"},
      {"a = \"\"\"\n\\ \n \xC3\xA9\"\"\"", "s.toml:2:1: not TOML here: behind"},
      {"[]", "s.toml:1:2: not TOML"},
  };
  for (const auto& [text, error] : texts) {
    EXPECT_THAT(ErrorOf(text), AllOf(StartsWith("s.toml:"), HasSubstr(error)))
        << text.substr(0, 60);
  }
}

// Any part of a good file is read or refused.
TEST(ScenarioFileTest, EveryPrefixAndEveryChangedByte) {
  constexpr size_t kStep = 3;
  for (size_t i = 0; i < kUnusual.size(); i += kStep) {
    const absl::StatusOr<ScenarioFile> cut =
        ParseScenarioFile(kUnusual.substr(0, i), "s.toml");
    EXPECT_TRUE(cut.ok() || absl::StartsWith(cut.status().message(), "s.toml:"))
        << cut.status();
    for (const char c : {'\0', '"', '[', '.', '\xFF'}) {
      std::string changed(kUnusual);
      changed[i] = c;
      const absl::StatusOr<ScenarioFile> file =
          ParseScenarioFile(changed, "s.toml");
      EXPECT_TRUE(file.ok() ||
                  absl::StartsWith(file.status().message(), "s.toml:"))
          << file.status();
    }
  }
}

}  // namespace
}  // namespace sspilab::sim
