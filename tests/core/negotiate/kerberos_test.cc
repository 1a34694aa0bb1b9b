// Kerberos as Negotiate's first choice, and NTLM behind it.

#include <functional>
#include <string>
#include <utility>

#include "core/account_state.h"
#include "core/kerberos/realm.h"
#include "core/negotiate/messages.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/established.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/negotiate/side.h"

namespace sspilab {
namespace {

using sspilab::testing::Bytes;
using sspilab::testing::End;
using sspilab::testing::KerberosLab;
using sspilab::testing::Message;

constexpr ULONG kWants = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY;

std::u16string PackageOf(End& end) {
  SecPkgContext_PackageInfoW info = {};
  EXPECT_EQ(
      QueryContextAttributesW(&end.context, SECPKG_ATTR_PACKAGE_INFO, &info),
      SEC_E_OK);
  std::u16string name = info.PackageInfo->Name;
  FreeContextBuffer(info.PackageInfo);
  return name;
}

// A lab whose two ends speak Negotiate, and whose server knows alice for NTLM,
// too.
struct Fixture {
  Fixture() {
    lab.client.package = lab.server.package = u"Negotiate";
    lab.client.requirements = kWants;
    lab.server_world.accounts().Add(u"alice", u"EXAMPLE", u"secret");
  }

  SECURITY_STATUS Authenticate() {
    EXPECT_EQ(lab.Acquire(), SEC_E_OK);
    return Converse();
  }
  // Until both are done; the last status of the two, of the end that fails. An
  // error token goes to the other end, whose status counts then.
  SECURITY_STATUS Converse() {
    Bytes token;
    SECURITY_STATUS client = SEC_I_CONTINUE_NEEDED;
    SECURITY_STATUS server = SEC_I_CONTINUE_NEEDED;
    for (legs = 0; client == SEC_I_CONTINUE_NEEDED && legs < 12;) {
      client = lab.client.Initialize(&token);
      ++legs;
      if (client < 0 || server == SEC_E_OK) return client;
      server = lab.server.Accept(&token);
      ++legs;
      if (server < 0) return server;
    }
    return server;
  }

  void ExpectMessagesPass() {
    SecPkgContext_Sizes sizes = {};
    ASSERT_EQ(
        QueryContextAttributesW(&lab.client.context, SECPKG_ATTR_SIZES, &sizes),
        SEC_E_OK);
    for (int i = 0; i < 3; ++i) {
      for (const auto& [from, to] :
           {std::pair(&lab.client, &lab.server), {&lab.server, &lab.client}}) {
        Message message(
            {{SECBUFFER_TOKEN, std::string(sizes.cbSecurityTrailer, '?')},
             {SECBUFFER_DATA, "a message"}});
        ASSERT_EQ(EncryptMessage(&from->context, 0, message.descriptor(), 0),
                  SEC_E_OK);
        ASSERT_EQ(
            DecryptMessage(&to->context, message.descriptor(), 0, nullptr),
            SEC_E_OK);
        EXPECT_EQ(message.text(1), "a message");
      }
    }
  }

  KerberosLab lab;
  int legs = 0;
};

class NegotiateKerberosTest : public ::testing::Test, protected Fixture {};

TEST_F(NegotiateKerberosTest, IsTheFirstChoice) {
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  EXPECT_EQ(legs, 3);
  EXPECT_EQ(PackageOf(lab.client), u"Kerberos");
  EXPECT_EQ(PackageOf(lab.server), u"Kerberos");
  EXPECT_NE(lab.client.attributes & ISC_RET_MUTUAL_AUTH, 0);
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
}

// Who may be asked for nothing that Kerberos could know is asked by NTLM.
TEST_F(NegotiateKerberosTest, IsLeftOutWhereTheTargetIsUnknown) {
  lab.client.target = u"cifs/other.example.test";
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab.client), u"NTLM");
  EXPECT_EQ(PackageOf(lab.server), u"NTLM");
}

TEST_F(NegotiateKerberosTest, IsLeftOutWhereThereIsNoTarget) {
  lab.client.target = u"";
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab.client), u"NTLM");
}

// Even where the KDC would know the service by its address.
TEST_F(NegotiateKerberosTest, IsLeftOutWhereTheTargetIsAnAddress) {
  for (const bool try_ip_spn : {false, true}) {
    lab.client.Close();
    lab.server.Close();
    lab.realm().Find("LAB$")->aliases.push_back("cifs/192.0.2.1");
    lab.client.target = u"cifs/192.0.2.1";
    lab.client_world.options().kerberos.try_ip_spn = try_ip_spn;
    EXPECT_EQ(Authenticate(), SEC_E_OK);
    EXPECT_EQ(PackageOf(lab.client), try_ip_spn ? u"Kerberos" : u"NTLM");
  }
}

TEST_F(NegotiateKerberosTest, IsLeftOutWhereNoAuthorityAnswersTheClient) {
  lab.client_world.options().authority_reachable = false;
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab.server), u"NTLM");
}

// An account that only the server knows: its domain has no KDC.
TEST_F(NegotiateKerberosTest, IsLeftOutForAccountsOfTheServersOwn) {
  lab.server_world.accounts().Add(u"bob", u"LAB", u"secret");
  ASSERT_EQ(
      lab.client.AcquireOutbound(lab.client_world, u"bob", u"LAB", u"secret"),
      SEC_E_OK);
  ASSERT_EQ(lab.server.AcquireInbound(lab.server_world), SEC_E_OK);
  EXPECT_EQ(Converse(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab.server), u"NTLM");
  EXPECT_EQ(lab.server.Name(), u"LAB\\bob");
}

// Nothing is hidden by NTLM that the user or the administrator has to know.
TEST_F(NegotiateKerberosTest, WhatTheKdcSaysOfTheUserIsTheEnd) {
  struct Case {
    SECURITY_STATUS status;
    std::function<void(KerberosLab&)> arrange;
  };
  const Case kCases[] = {
      {SEC_E_LOGON_DENIED,
       [](KerberosLab& its) {
         its.realm().AddFromPassword("alice", "another");
       }},
      {SEC_E_LOGON_DENIED,
       [](KerberosLab& its) {
         its.realm().Find("alice")->state = AccountState::kLocked;
       }},
      {SEC_E_KDC_UNKNOWN_ETYPE,
       [](KerberosLab& its) {
         its.client_world.options().kerberos.etypes = {
             kerberos::Etype::kAes128CtsHmacSha256};
       }},
  };
  for (const Case& one : kCases) {
    Fixture fixture;
    one.arrange(fixture.lab);
    EXPECT_EQ(fixture.Authenticate(), one.status) << StatusName(one.status);
    EXPECT_EQ(fixture.legs, 1);
  }
}

TEST_F(NegotiateKerberosTest, IsAllThereIsWhereTheCallerSaysSo) {
  lab.client.package_list = u"!ntlm";
  lab.client.target = u"cifs/192.0.2.1";
  EXPECT_EQ(Authenticate(), SEC_E_TARGET_UNKNOWN);
  lab.client.Close();
  lab.client.target = u"cifs/lab.example.test";
  lab.client_world.options().authority_reachable = false;
  EXPECT_EQ(Authenticate(), SEC_E_NO_AUTHENTICATING_AUTHORITY);
  lab.client.Close();
  lab.client_world.options().authority_reachable = true;
  lab.server.Close();
  EXPECT_EQ(Authenticate(), SEC_E_OK);
}

// "Restrict NTLM: Outgoing NTLM traffic to remote servers".
TEST_F(NegotiateKerberosTest, IsAllThereIsWhereTheAdministratorSaysSo) {
  lab.client_world.options().ntlm.restrict_sending = true;
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab.client), u"Kerberos");
  lab.client.Close();
  lab.server.Close();
  lab.client.target = u"cifs/192.0.2.1";
  EXPECT_EQ(Authenticate(), SEC_E_UNSUPPORTED_FUNCTION);
  EXPECT_EQ(legs, 1);
}

// The same for what comes in: the server hears of it at NTLM's first message.
TEST_F(NegotiateKerberosTest, IsAllThatTheServersAdministratorLetsIn) {
  lab.server_world.options().ntlm.restrict_receiving = true;
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  lab.client.Close();
  lab.server.Close();
  lab.client.target = u"cifs/192.0.2.1";
  EXPECT_EQ(Authenticate(), SEC_E_UNSUPPORTED_FUNCTION);
  EXPECT_EQ(legs, 2);
}

// Whoever takes the KDC away from a protected user gets no NTLM for it.
TEST_F(NegotiateKerberosTest, ProtectedUsersAreNotDowngraded) {
  const auto run = [&] {
    lab.client.Close();
    lab.server.Close();
    EXPECT_EQ(
        lab.client.AcquireOutbound(lab.client_world, nullptr, nullptr, nullptr),
        SEC_E_OK);
    EXPECT_EQ(lab.server.AcquireInbound(lab.server_world), SEC_E_OK);
    return Converse();
  };
  lab.client_world.options().logon = {u"alice", u"EXAMPLE", u"secret", true};
  EXPECT_EQ(run(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab.server), u"Kerberos");
  lab.client_world.options().authority_reachable = false;
  EXPECT_EQ(run(), SEC_E_DOWNGRADE_DETECTED);
  lab.client_world.options().authority_reachable = true;
  lab.client.target = u"cifs/192.0.2.1";
  EXPECT_EQ(run(), SEC_E_DOWNGRADE_DETECTED);
  // Anybody else falls back.
  lab.client_world.options().logon->is_protected = false;
  EXPECT_EQ(run(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab.server), u"NTLM");
  // In no domain there is nothing left for them.
  World alone;
  alone.options().logon = {u"alice", u"EXAMPLE", u"secret", true};
  lab.client.Close();
  EXPECT_EQ(lab.client.AcquireOutbound(alone, nullptr, nullptr, nullptr),
            SEC_E_NO_CREDENTIALS);
}

// A server without an account in the realm takes what else is on the list, and
// both say that they saw the same one.
TEST_F(NegotiateKerberosTest, GivesWayWhereTheServerIsInNoRealm) {
  World server_world;
  server_world.accounts().Add(u"alice", u"EXAMPLE", u"secret");
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.server.Close();
  ASSERT_EQ(lab.server.AcquireInbound(server_world), SEC_E_OK);
  EXPECT_EQ(Converse(), SEC_E_OK);
  EXPECT_EQ(legs, 7);
  EXPECT_EQ(PackageOf(lab.client), u"NTLM");
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
}

TEST_F(NegotiateKerberosTest, GivesWayWhereTheServerHasNoKey) {
  lab.server_world.options().names.computer = u"NEW";
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  EXPECT_EQ(legs, 7);
  EXPECT_EQ(PackageOf(lab.server), u"NTLM");
}

TEST_F(NegotiateKerberosTest, AServerOfNtlmAloneHasNothingForWhoTakesKerberos) {
  lab.server_world.options().names.computer = u"NEW";
  lab.server.requirements = ASC_REQ_EXTENDED_ERROR;
  lab.client.package_list = u"kerberos";
  EXPECT_EQ(Authenticate(), SEC_E_BAD_PKGID);
}

// MICs both ways, and Kerberos' numbers go on behind them.
TEST_F(NegotiateKerberosTest, MicsTravelWhereTheAcceptorAsks) {
  lab.server_world.options().negotiate.request_mic = true;
  for (const ULONG more : {0, ISC_REQ_SEQUENCE_DETECT, ISC_REQ_REPLAY_DETECT}) {
    lab.client.Close();
    lab.server.Close();
    lab.client.requirements = kWants | more;
    EXPECT_EQ(Authenticate(), SEC_E_OK);
    EXPECT_EQ(legs, 4);
    EXPECT_EQ(PackageOf(lab.server), u"Kerberos");
    ExpectMessagesPass();
  }
}

// Without mutual authentication Kerberos has one token, and the MICs come
// after.
TEST_F(NegotiateKerberosTest, OneTokenWillDo) {
  lab.client.requirements = ISC_REQ_CONFIDENTIALITY;
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  EXPECT_EQ(legs, 3);
  ExpectMessagesPass();
  lab.client.Close();
  lab.server.Close();
  lab.server_world.options().negotiate.request_mic = true;
  EXPECT_EQ(Authenticate(), SEC_E_OK);
  EXPECT_EQ(legs, 4);
  ExpectMessagesPass();
}

TEST_F(NegotiateKerberosTest, ThreeLegsWithDceStyle) {
  for (const bool request_mic : {false, true}) {
    lab.client.Close();
    lab.server.Close();
    lab.server_world.options().negotiate.request_mic = request_mic;
    lab.client.requirements = kWants | ISC_REQ_USE_DCE_STYLE;
    EXPECT_EQ(Authenticate(), SEC_E_OK);
    EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
  }
}

// A server that speaks first changes nothing.
TEST_F(NegotiateKerberosTest, AfterAHint) {
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab.client), u"Kerberos");
}

// What the acceptor's Kerberos says of its failure reaches the initiator's, if
// the acceptor's caller asked for that.
TEST_F(NegotiateKerberosTest, TheAcceptorsErrorIsTheInitiatorsStatus) {
  struct Case {
    SECURITY_STATUS server;
    SECURITY_STATUS client;
    std::function<void(KerberosLab&)> arrange;
  };
  const Case kCases[] = {
      // The machine has another password than the KDC thinks.
      {SEC_E_LOGON_DENIED, SEC_E_WRONG_PRINCIPAL,
       [](KerberosLab& its) {
         its.server_world.realms()
             .Find("EXAMPLE.TEST")
             ->AddFromPassword("LAB$", "a newer secret");
       }},
      {SEC_E_TIME_SKEW, SEC_E_TIME_SKEW,
       [](KerberosLab& its) {
         its.server_world.Advance(600 * kFileTimeSecond);
       }},
  };
  for (const Case& one : kCases) {
    for (const bool told : {true, false}) {
      Fixture fixture;
      one.arrange(fixture.lab);
      ASSERT_EQ(fixture.lab.Acquire(), SEC_E_OK);
      fixture.lab.server.requirements = told ? ASC_REQ_EXTENDED_ERROR : 0;
      Bytes token;
      ASSERT_EQ(fixture.lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
      const Bytes sent = token;
      EXPECT_EQ(fixture.lab.server.Accept(&token), one.server);
      if (!told) {
        EXPECT_EQ(token, sent);
        continue;
      }
      EXPECT_EQ(fixture.lab.client.Initialize(&token), one.client);
    }
  }
}

// An AP-REP in a reject proves nothing.
TEST_F(NegotiateKerberosTest, ARejectIsOneWhateverItBrings) {
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  auto resp = negotiate::NegTokenResp::Parse(token);
  ASSERT_TRUE(resp.ok());
  resp->neg_state = negotiate::NegState::kReject;
  token = negotiate::Written(*resp);
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_LOGON_DENIED);
}

TEST_F(NegotiateKerberosTest, IsNotOfferedInNoDomain) {
  World client_world;
  End client;
  client.package = u"Negotiate";
  ASSERT_EQ(
      client.AcquireOutbound(client_world, u"alice", u"EXAMPLE", u"secret"),
      SEC_E_OK);
  Bytes token;
  ASSERT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(std::string(token.begin(), token.end()).find("\x2a\x86\x48"),
            std::string::npos);
}

}  // namespace
}  // namespace sspilab
