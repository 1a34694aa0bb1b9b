// Kerberos' messages taken apart, and what their keys open. The messages are
// those of runs.

#include "sim/render/kerberos_fields.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/recorder.h"
#include "sim/render/field_tree.h"
#include "sim/render/kerberos_opened.h"
#include "sim/render/token_fields.h"
#include "sim/run_scenario.h"
#include "sim/scenario.h"
#include "sim/scenario_realms.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Bytes = std::vector<uint8_t>;

// What a run sent, in order: the exchanges with KDCs, and the tokens.
std::vector<Bytes> MessagesOf(const Scenario& scenario) {
  Recorder recorder;
  RunScenario(scenario, InitSecurityInterfaceW(), &recorder);
  std::vector<Bytes> messages;
  for (const TraceEvent& event : recorder.events()) {
    const auto* const kdc = std::get_if<TraceKdc>(&event);
    const auto* const wire = std::get_if<TraceWire>(&event);
    if (kdc != nullptr) {
      messages.push_back(kdc->bytes);
    } else if (wire != nullptr && wire->what == TraceWire::What::kSend &&
               wire->kind == MessageKind::kToken) {
      messages.push_back(wire->bytes);
    }
  }
  return messages;
}

Scenario Reference() { return ReferenceScenario(Package::kKerberos); }

Scenario Dce() {
  Scenario scenario = Reference();
  scenario.exchange.client.caller.requirements |= ISC_REQ_USE_DCE_STYLE;
  return scenario;
}

Scenario Negotiated() {
  Scenario scenario = ReferenceScenario(Package::kNegotiate);
  scenario.exchange.client.caller.requirements |= ISC_REQ_MUTUAL_AUTH;
  scenario.realms = {ReferenceRealm(scenario)};
  return scenario;
}

std::vector<std::string> NamesOf(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Bytes& message : MessagesOf(scenario)) {
    const FieldTree tree = TokenFields(message);
    EXPECT_EQ(tree.error, "") << tree.root.name;
    names.push_back(tree.root.name);
  }
  return names;
}

std::string ValueIn(const FieldTree& tree, std::string_view path) {
  const Field* const field = FindField(tree, path);
  return field == nullptr ? "(missing)" : field->value;
}

// No child stands outside of its parent.
void ExpectNested(const Field& field) {
  for (const Field& child : field.children) {
    EXPECT_GE(child.offset, field.offset) << child.name;
    EXPECT_LE(child.offset + child.size, field.offset + field.size)
        << child.name << " in " << field.name;
    ExpectNested(child);
  }
}

TEST(KerberosFieldsTest, EveryMessageOfARun) {
  EXPECT_THAT(NamesOf(Reference()),
              ElementsAre("AS-REQ", "KRB-ERROR", "AS-REQ", "AS-REP", "TGS-REQ",
                          "TGS-REP", "AP-REQ", "AP-REP"));
  // The third leg is one more AP-REP.
  EXPECT_THAT(NamesOf(Dce()),
              ElementsAre("AS-REQ", "KRB-ERROR", "AS-REQ", "AS-REP", "TGS-REQ",
                          "TGS-REP", "AP-REQ", "AP-REP", "AP-REP"));
}

TEST(KerberosFieldsTest, WhatIsInThem) {
  const std::vector<Bytes> messages = MessagesOf(Reference());
  const FieldTree request = TokenFields(messages[2]);
  EXPECT_EQ(ValueIn(request, "AS-REQ.padata"), "PA-ENC-TIMESTAMP");
  EXPECT_EQ(ValueIn(request, "AS-REQ.req-body.cname"), "alice");
  EXPECT_EQ(ValueIn(request, "AS-REQ.req-body.sname"), "krbtgt/EXAMPLE.TEST");
  EXPECT_EQ(ValueIn(request, "AS-REQ.req-body.realm"), "EXAMPLE.TEST");
  EXPECT_EQ(ValueIn(request, "AS-REQ.req-body.till"), "2037-09-13 02:48:05");
  EXPECT_EQ(ValueIn(request, "AS-REQ.req-body.kdc-options"),
            "forwardable renewable canonicalize");
  EXPECT_THAT(ValueIn(request, "AS-REQ.req-body.etype"),
              StartsWith("aes256-cts-hmac-sha1-96, aes128-cts-hmac-sha1-96"));
  const FieldTree error = TokenFields(messages[1]);
  EXPECT_EQ(ValueIn(error, "KRB-ERROR.error-code"),
            "KDC_ERR_PREAUTH_REQUIRED (25)");
  EXPECT_EQ(ValueIn(error, "KRB-ERROR.e-data"),
            "PA-ETYPE-INFO2, PA-ENC-TIMESTAMP");
  EXPECT_EQ(ValueIn(error,
                    "KRB-ERROR.e-data.PA-ETYPE-INFO2."
                    "ETYPE-INFO2-ENTRY.salt"),
            "\"EXAMPLE.TESTalice\"");
  const FieldTree token = TokenFields(messages[6]);
  EXPECT_EQ(ValueIn(token, "AP-REQ.thisMech"), "Kerberos");
  EXPECT_EQ(ValueIn(token, "AP-REQ.ap-options"), "mutual-required");
  EXPECT_EQ(ValueIn(token, "AP-REQ.Ticket.sname"), "host/server.example.test");
  EXPECT_EQ(ValueIn(token, "AP-REQ.Ticket.enc-part.etype"),
            "aes256-cts-hmac-sha1-96");
  for (const Bytes& message : messages) {
    ExpectNested(TokenFields(message).root);
  }
}

TEST(KerberosFieldsTest, UnderNegotiate) {
  const std::vector<Bytes> messages = MessagesOf(Negotiated());
  ASSERT_EQ(messages.size(), 8u);
  const FieldTree init = TokenFields(messages[6]);
  EXPECT_EQ(ValueIn(init, "NegTokenInit.mechToken.AP-REQ.Ticket.sname"),
            "host/server.example.test");
  ExpectNested(init.root);
  const FieldTree response = TokenFields(messages[7]);
  EXPECT_EQ(ValueIn(response, "NegTokenResp.responseToken.AP-REP.msg-type"),
            "15");
  KerberosKeys keys(MakeRealms(Negotiated()));
  EXPECT_EQ(OpenKerberosParts(messages[6], init, &keys).size(), 2u);
  EXPECT_EQ(OpenKerberosParts(messages[7], response, &keys).size(), 1u);
}

std::vector<std::string> Opened(const std::vector<Bytes>& messages,
                                KerberosKeys keys) {
  std::vector<std::string> names;
  for (const Bytes& message : messages) {
    std::string line;
    for (const OpenedPart& part :
         OpenKerberosParts(message, TokenFields(message), &keys)) {
      EXPECT_EQ(part.tree.error, "") << part.tree.root.name;
      ExpectNested(part.tree.root);
      absl::StrAppend(&line, line.empty() ? "" : " ", part.tree.root.name);
    }
    names.push_back(line);
  }
  return names;
}

TEST(KerberosOpenedTest, TheRealmsKeysOpenEverything) {
  EXPECT_THAT(
      Opened(MessagesOf(Dce()), KerberosKeys(MakeRealms(Dce()))),
      ElementsAre("", "", "PA-ENC-TS-ENC", "EncTicketPart EncASRepPart",
                  "EncTicketPart Authenticator", "EncTicketPart EncTGSRepPart",
                  "EncTicketPart Authenticator", "EncAPRepPart",
                  "EncAPRepPart"));
}

// As on a service's machine: its key opens what is for it, and finds the
// session's.
TEST(KerberosOpenedTest, AServicesKeyOpensWhatIsForTheService) {
  const kerberos::Realms realms = MakeRealms(Reference());
  KerberosKeys keys;
  for (const kerberos::Key& key :
       realms.Find("EXAMPLE.TEST")->Find("SERVER$")->keys.All()) {
    keys.Add(key);
  }
  EXPECT_THAT(Opened(MessagesOf(Reference()), keys),
              ElementsAre("", "", "", "", "", "EncTicketPart",
                          "EncTicketPart Authenticator", "EncAPRepPart"));
  EXPECT_THAT(Opened(MessagesOf(Reference()), KerberosKeys()),
              ElementsAre("", "", "", "", "", "", "", ""));
}

TEST(KerberosOpenedTest, WhatIsInTheAuthenticator) {
  const std::vector<Bytes> messages = MessagesOf(Reference());
  KerberosKeys keys(MakeRealms(Reference()));
  const std::vector<OpenedPart> parts =
      OpenKerberosParts(messages[6], TokenFields(messages[6]), &keys);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(ValueIn(parts[0].tree, "EncTicketPart.cname"), "alice");
  EXPECT_EQ(ValueIn(parts[0].tree, "EncTicketPart.flags"),
            "forwardable renewable pre-authent");
  EXPECT_EQ(ValueIn(parts[0].tree, "EncTicketPart.endtime"),
            "2024-01-01 10:00:00");
  EXPECT_EQ(ValueIn(parts[1].tree, "Authenticator.cksum.checksum.Flags"),
            "mutual replay sequence conf integ extended-error");
  EXPECT_EQ(ValueIn(parts[1].tree, "Authenticator.cksum.checksum.Bnd"), "none");
}

// A credential that is handed on is in the authenticator, and its ticket in
// that.
TEST(KerberosOpenedTest, ADelegatedTicket) {
  Scenario scenario = Reference();
  scenario.exchange.client.caller.requirements |= ISC_REQ_DELEGATE;
  scenario.realms.front().principals.back().trusted_for_delegation = true;
  const std::vector<Bytes> messages = MessagesOf(scenario);
  KerberosKeys keys(MakeRealms(scenario));
  std::vector<std::string> names;
  for (const Bytes& message : messages) {
    const FieldTree tree = TokenFields(message);
    const std::vector<OpenedPart> parts =
        OpenKerberosParts(message, tree, &keys);
    if (tree.root.name == "AP-REQ") {
      for (const OpenedPart& part : parts) {
        names.push_back(part.tree.root.name);
      }
    }
  }
  EXPECT_THAT(names, ElementsAre("EncTicketPart", "Authenticator",
                                 "EncTicketPart", "EncKrbCredPart"));
}

TEST(KerberosFieldsTest, MalformedMessagesAreShownAsFarAsTheyGo) {
  Bytes request = MessagesOf(Reference())[2];
  request.resize(100);
  const FieldTree tree = KerberosFields(request);
  EXPECT_EQ(tree.root.name, "AS-REQ");
  EXPECT_THAT(tree.error, HasSubstr("lacks"));
  EXPECT_EQ(ValueIn(tree, "AS-REQ.pvno"), "5");
  const Bytes unknown = {0x60, 0x00};
  EXPECT_FALSE(LooksLikeKerberos(unknown));
  EXPECT_NE(KerberosFields(unknown).error, "");
}

// Whatever is bent or cut off: nothing is read that is not there.
TEST(KerberosFieldsTest, BentMessages) {
  for (const Bytes& message : MessagesOf(Reference())) {
    for (size_t i = 0; i < message.size(); ++i) {
      Bytes bent = message;
      bent[i] ^= 0x81;
      ExpectNested(KerberosFields(bent).root);
      bent.resize(i);
      ExpectNested(KerberosFields(bent).root);
      (void)TokenFields(bent);
    }
  }
}

TEST(KerberosFieldsTest, HeadersOfProtectedMessages) {
  const Bytes wrap = {0x05, 0x04, 0x06, 0xFF, 0, 0, 0, 0x1C, 0,
                      0,    0,    0,    1,    2, 3, 4, 0xAA};
  const FieldTree tree = TokenFields(wrap);
  EXPECT_EQ(tree.root.name, "Wrap");
  EXPECT_EQ(ValueIn(tree, "Wrap.Flags"),
            "sent by initiator, sealed, acceptor's subkey");
  EXPECT_EQ(ValueIn(tree, "Wrap.RRC"), "28");
  EXPECT_EQ(ValueIn(tree, "Wrap.SND_SEQ"), "16909060");
  EXPECT_EQ(ValueIn(tree, "Wrap.data"), "aa");
}

}  // namespace
}  // namespace sspilab::sim
