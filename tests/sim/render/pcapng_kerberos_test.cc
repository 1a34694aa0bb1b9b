// tshark reads captures of Kerberos, and with a keytab of ours what is
// encrypted in them.

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "sim/fault.h"
#include "sim/keytab.h"
#include "sim/recorder.h"
#include "sim/render/pcapng.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/scenario_file.h"
#include "sim/scenario_realms.h"
#include "sim/scenarios/embedded.h"
#include "tests/sim/render/tshark.h"

namespace sspilab::sim {
namespace {

using kerberos::Etype;
using sspilab::testing::kComplaints;
using sspilab::testing::Tshark;
using sspilab::testing::WithoutRootWarning;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::ordered_json;

std::string Capture(const Scenario& scenario) {
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  return TraceToPcapng({scenario, recorder.TakeEvents()});
}

std::string Keytab(const Scenario& scenario) {
  return RealmsToKeytab(MakeRealms(scenario));
}

// What tshark sees in a capture.
struct Seen {
  // The encrypted parts that it could read, and whose name stands in them:
  // "encTicketPart alice".
  std::vector<std::string> opened;
  // Warnings, errors, and what is malformed.
  std::vector<std::string> complaints;
};

// The first client's name in `node`, with a space before it.
std::string ClientIn(const Json& node) {
  if (!node.is_structured()) return "";
  for (const auto& [key, value] : node.items()) {
    if (node.is_object() && key == "kerberos.CNameString") {
      return absl::StrCat(" ", value.get<std::string>());
    }
    if (std::string client = ClientIn(value); !client.empty()) return client;
  }
  return "";
}

void Gather(const Json& node, std::string_view parent, Seen* seen) {
  if (!node.is_structured()) return;
  if (node.contains("_ws.expert.severity")) {
    constexpr int kWarning = 0x600000;
    int severity = kWarning;
    EXPECT_TRUE(absl::SimpleAtoi(node["_ws.expert.severity"].get<std::string>(),
                                 &severity));
    if (severity >= kWarning) {
      seen->complaints.push_back(node["_ws.expert.message"].get<std::string>());
    }
  }
  for (const auto& [key, value] : node.items()) {
    std::string_view name = key;
    if (name == "_ws.malformed") seen->complaints.push_back(value.dump());
    // Only what was decrypted stands below a ciphertext, but for the time of
    // the pre-authentication, which stands beside it.
    if (name == "kerberos.patimestamp") seen->opened.push_back("patimestamp");
    if (parent == "kerberos.cipher_tree" &&
        absl::ConsumePrefix(&name, "kerberos.") &&
        absl::ConsumeSuffix(&name, "_element")) {
      seen->opened.push_back(absl::StrCat(name, ClientIn(value)));
    }
    Gather(value, node.is_object() ? key : parent, seen);
  }
}

Seen Look(const std::string& capture, const std::string& keytab) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/realm.keytab");
  std::ofstream(path, std::ios::binary) << keytab;
  const Json packets =
      Json::parse(WithoutRootWarning(Tshark(
                      capture, absl::StrCat("-K ", path,
                                            " -o kerberos.decrypt:TRUE -T json "
                                            "--no-duplicate-keys"))),
                  nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(packets.is_discarded());
  Seen seen;
  Gather(packets, "", &seen);
  return seen;
}

// A TGS-REP is encrypted with the session key or with a subkey (RFC
// 4120 5.4.2), by which tshark does not know before it has tried: it misses the
// first before it takes the other.
MATCHER(IsExpected, "") {
  return absl::StrContains(arg, " usage 8 ") ||
         absl::StartsWith(arg, "Used keymap=all_keys");
}

// All machines and the realm have this encryption type alone.
Scenario Over(Package package, Etype etype) {
  Scenario scenario = ReferenceScenario(package);
  scenario.realms = {ReferenceRealm(scenario)};
  scenario.realms.front().policy.etypes = {etype};
  scenario.client.kerberos.etypes = {etype};
  scenario.server.kerberos.etypes = {etype};
  return scenario;
}

class PcapngKerberosTest : public ::testing::TestWithParam<Etype> {};

TEST_P(PcapngKerberosTest, WithTheKeytabAllIsRead) {
  const Scenario scenario = Over(Package::kKerberos, GetParam());
  const Seen seen = Look(Capture(scenario), Keytab(scenario));
  // AS-REQ, AS-REP, TGS-REQ, TGS-REP, AP-REQ, AP-REP.
  EXPECT_THAT(seen.opened,
              ElementsAre("patimestamp",                                 //
                          "encTicketPart alice", "encASRepPart",         //
                          "encTicketPart alice", "authenticator alice",  //
                          "encTicketPart alice", "encTGSRepPart",        //
                          "encTicketPart alice", "authenticator alice",  //
                          "encAPRepPart"));
  EXPECT_THAT(seen.complaints, Each(IsExpected()));
}

TEST_P(PcapngKerberosTest, WithoutItNothingIsRead) {
  const Scenario scenario = Over(Package::kKerberos, GetParam());
  Scenario other = scenario;
  ++other.seed;
  for (ScenarioPrincipal& principal : other.realms.front().principals) {
    principal.password += "?";
  }
  const std::string capture = Capture(scenario);
  EXPECT_THAT(Look(capture, Keytab(other)).opened, IsEmpty());
  EXPECT_EQ(WithoutRootWarning(Tshark(capture, kComplaints)), "");
}

INSTANTIATE_TEST_SUITE_P(All, PcapngKerberosTest,
                         ::testing::Values(Etype::kAes256CtsHmacSha1,
                                           Etype::kAes128CtsHmacSha1,
                                           Etype::kAes256CtsHmacSha384,
                                           Etype::kAes128CtsHmacSha256,
                                           Etype::kRc4Hmac),
                         [](const auto& etype) {
                           std::string name(kerberos::Find(etype.param).name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(PcapngKerberosOnceTest, UnderNegotiateToo) {
  Scenario scenario = Over(Package::kNegotiate, Etype::kAes256CtsHmacSha1);
  scenario.exchange.client.caller.requirements |= ISC_REQ_MUTUAL_AUTH;
  const Seen seen = Look(Capture(scenario), Keytab(scenario));
  EXPECT_THAT(seen.opened, Contains("authenticator alice").Times(2));
  EXPECT_THAT(seen.opened, Contains("encAPRepPart"));
  EXPECT_THAT(seen.complaints, Each(IsExpected()));
}

std::vector<std::string> Join(
    const std::vector<std::vector<std::string>>& lists) {
  std::vector<std::string> joined;
  for (const auto& list : lists) {
    joined.insert(joined.end(), list.begin(), list.end());
  }
  return joined;
}

struct Row {
  std::string_view scenario;
  std::vector<std::string> opened;
};

TEST(PcapngKerberosOnceTest, OtherWaysOfUsingTickets) {
  const std::vector<std::string> log_on = {"patimestamp", "encTicketPart alice",
                                           "encASRepPart"};
  const std::vector<std::string> shown = {"encTicketPart alice",
                                          "authenticator alice"};
  const std::vector<std::string> given = {"encTicketPart alice",
                                          "encTGSRepPart"};
  const Row rows[] = {
      // The authenticator has a KRB-CRED in it, whose ticket the server uses.
      {"kerberos/delegation",
       Join({log_on,
             shown,
             given,
             shown,
             given,
             shown,
             {"encTicketPart alice", "encKrbCredPart", "encAPRepPart"},
             shown,
             given})},
      {"kerberos/two_realms",
       Join({log_on, shown, given, shown, given, shown, {"encAPRepPart"}})},
      // Both have one of their own, and what the service's ticket is encrypted
      // with is in the server's.
      {"kerberos/user_to_user", Join({{"patimestamp", "encTicketPart SERVER$",
                                       "encASRepPart", "encTicketPart SERVER$"},
                                      log_on,
                                      shown,
                                      {"encTicketPart SERVER$"},
                                      given,
                                      shown,
                                      {"encAPRepPart"}})},
  };
  for (const Row& row : rows) {
    const auto* const embedded = std::find_if(
        Scenarios().begin(), Scenarios().end(),
        [&](const EmbeddedScenario& s) { return s.name == row.scenario; });
    ASSERT_NE(embedded, Scenarios().end()) << row.scenario;
    const auto file = ParseScenarioFile(embedded->text, row.scenario);
    ASSERT_TRUE(file.ok()) << file.status();
    const Seen seen = Look(Capture(file->scenario), Keytab(file->scenario));
    EXPECT_EQ(seen.opened, row.opened) << row.scenario;
    EXPECT_THAT(seen.complaints, Each(IsExpected())) << row.scenario;
  }
}

// The complaints above can be heard at all.
TEST(PcapngKerberosOnceTest, ABentTicketIsNotRead) {
  Scenario scenario = Over(Package::kKerberos, Etype::kAes256CtsHmacSha1);
  scenario.exchange.faults = {
      *ParseFault("flip:to-server:1:AP-REQ.Ticket.enc-part+40")};
  const Seen seen = Look(Capture(scenario), Keytab(scenario));
  // Those of the KDC are.
  EXPECT_THAT(seen.opened, Contains("encTicketPart alice").Times(3));
  EXPECT_THAT(seen.complaints,
              Contains(HasSubstr("Missing keytype 18 usage 2")));
}

}  // namespace
}  // namespace sspilab::sim
