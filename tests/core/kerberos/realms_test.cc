// Clients of one realm and services of another: trusts, referrals, and what
// goes wrong with them.

#include <string>
#include <string_view>

#include "core/entropy.h"
#include "core/kerberos/encrypted_part.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"

namespace sspilab {
namespace {

using kerberos::Realm;
using sspilab::testing::Bytes;
using sspilab::testing::KerberosLab;
using sspilab::testing::RunLegs;

// EXAMPLE.TEST with alice, and further realms, each with a service
// HTTP/web.its.domain at the server's machine and with bob.
struct Lab : KerberosLab {
  Lab() { client.requirements = ISC_REQ_MUTUAL_AUTH; }

  template <typename Change>
  void InBothWorlds(Change change) {
    for (World* const world : {&client_world, &server_world}) {
      change(world->realms());
    }
  }

  void Add(std::string_view name, std::string_view host) {
    Entropy entropy(5, name.size());
    const kerberos::RealmPolicy policy = realm().policy();
    InBothWorlds([&](kerberos::Realms& realms) {
      Entropy own = entropy;
      Realm& added = realms.Add(name, own, policy);
      added.AddFromPassword("bob", "bob's secret");
      added.AddFromPassword("LAB$", "another secret").aliases = {
          "HTTP/" + std::string(host)};
    });
  }

  void Trust(std::string_view from, std::string_view to,
             bool delegation = false) {
    InBothWorlds([&](kerberos::Realms& realms) {
      Realm::Trust(*realms.Find(from), *realms.Find(to), "between them")
          .trusted_for_delegation = delegation;
    });
  }

  // Who goes where: the status that the caller gets in the end.
  SECURITY_STATUS Go(const char16_t* user, const char16_t* domain,
                     const char16_t* password, const char16_t* target) {
    client.Close();
    server.Close();
    client.target = target;
    EXPECT_EQ(client.AcquireOutbound(client_world, user, domain, password),
              SEC_E_OK);
    EXPECT_EQ(server.AcquireInbound(server_world), SEC_E_OK);
    return RunLegs(client, server);
  }
  SECURITY_STATUS Alice(const char16_t* target) {
    return Go(u"alice", u"EXAMPLE", u"secret", target);
  }
  // What alice's ticket for a service of the realm says of the way to it.
  std::string Transited(std::string_view in, const char16_t* target) {
    client.Close();
    client.target = target;
    EXPECT_EQ(
        client.AcquireOutbound(client_world, u"alice", u"EXAMPLE", u"secret"),
        SEC_E_OK);
    Bytes token;
    EXPECT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    const auto framed = kerberos::GssToken::Parse(token);
    const auto request = kerberos::Parse<kerberos::ApReq>(framed->message);
    const auto ticket = kerberos::Parse<kerberos::Ticket>(request->ticket.der);
    const kerberos::Key& key =
        server_world.realms().Find(in)->Find("LAB$")->keys[0];
    const auto plain =
        DecryptPart(key, kerberos::KeyUsage::kTicket, ticket->enc_part);
    const auto part = kerberos::Parse<kerberos::EncTicketPart>(plain.value());
    const kerberos::Bytes transited = part->transited.contents;
    return std::string(transited.begin(), transited.end());
  }
  SECURITY_STATUS Bob(const char16_t* target) {
    return Go(u"bob", u"PARTNER", u"bob's secret", target);
  }
};

constexpr char16_t kHere[] = u"HTTP/lab.example.test";
constexpr char16_t kThere[] = u"HTTP/web.partner.test";

TEST(KerberosRealmsTest, ATrustGoesOneWay) {
  Lab lab;
  lab.Add("PARTNER.TEST", "web.partner.test");
  EXPECT_EQ(lab.Alice(kThere), SEC_E_TARGET_UNKNOWN);
  lab.Trust("EXAMPLE.TEST", "PARTNER.TEST");
  EXPECT_EQ(lab.Alice(kThere), SEC_E_OK);
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
  EXPECT_EQ(lab.Bob(kThere), SEC_E_OK);
  EXPECT_EQ(lab.server.Name(), u"PARTNER\\bob");
  EXPECT_EQ(lab.Bob(kHere), SEC_E_TARGET_UNKNOWN);
  lab.Trust("PARTNER.TEST", "EXAMPLE.TEST");
  EXPECT_EQ(lab.Bob(kHere), SEC_E_OK);
  EXPECT_EQ(lab.server.Name(), u"PARTNER\\bob");
}

TEST(KerberosRealmsTest, ARealmThatTheCallerNamesNeedsNoReferral) {
  Lab lab;
  lab.Add("PARTNER.TEST", "elsewhere.test");
  lab.Trust("EXAMPLE.TEST", "PARTNER.TEST");
  EXPECT_EQ(lab.Alice(u"HTTP/elsewhere.test"), SEC_E_TARGET_UNKNOWN);
  EXPECT_EQ(lab.Alice(u"HTTP/elsewhere.test@PARTNER.TEST"), SEC_E_OK);
}

TEST(KerberosRealmsTest, AThirdRealmIsReachedThroughTheSecond) {
  Lab lab;
  lab.Add("PARTNER.TEST", "web.partner.test");
  lab.Add("SUB.PARTNER.TEST", "web.sub.partner.test");
  lab.Trust("EXAMPLE.TEST", "PARTNER.TEST");
  EXPECT_EQ(lab.Alice(u"HTTP/web.sub.partner.test"), SEC_E_TARGET_UNKNOWN);
  lab.Trust("PARTNER.TEST", "SUB.PARTNER.TEST");
  EXPECT_EQ(lab.Alice(u"HTTP/web.sub.partner.test"), SEC_E_OK);
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
}

// The first realm is the client's, the last one the service's: neither is
// named.
TEST(KerberosRealmsTest, ATicketNamesTheRealmsOnTheWay) {
  Lab lab;
  lab.Add("PARTNER.TEST", "web.partner.test");
  lab.Add("A,B.PARTNER.TEST", "web.a,b.partner.test");
  lab.Add("C.A,B.PARTNER.TEST", "web.c.a,b.partner.test");
  lab.Trust("EXAMPLE.TEST", "PARTNER.TEST");
  lab.Trust("PARTNER.TEST", "A,B.PARTNER.TEST");
  lab.Trust("A,B.PARTNER.TEST", "C.A,B.PARTNER.TEST");
  EXPECT_EQ(lab.Transited("EXAMPLE.TEST", kHere), "");
  EXPECT_EQ(lab.Transited("PARTNER.TEST", kThere), "");
  EXPECT_EQ(lab.Transited("A,B.PARTNER.TEST", u"HTTP/web.a,b.partner.test"),
            "PARTNER.TEST");
  EXPECT_EQ(lab.Transited("C.A,B.PARTNER.TEST", u"HTTP/web.c.a,b.partner.test"),
            "PARTNER.TEST,A\\,B.PARTNER.TEST");
}

// Two realms that each say that the other one knows.
TEST(KerberosRealmsTest, ALoopEndsAfterSoManyReferrals) {
  Lab lab;
  lab.Add("PARTNER.TEST", "web.partner.test");
  lab.Add("SUB.PARTNER.TEST", "web.sub.partner.test");
  lab.Trust("EXAMPLE.TEST", "PARTNER.TEST");
  lab.Trust("PARTNER.TEST", "SUB.PARTNER.TEST");
  lab.Trust("SUB.PARTNER.TEST", "PARTNER.TEST");
  EXPECT_EQ(lab.Alice(u"HTTP/web.sub.partner.test"), SEC_E_OK);
  EXPECT_EQ(lab.Alice(u"HTTP/nobody.sub.partner.test"),
            SEC_E_MAX_REFERRALS_EXCEEDED);
}

TEST(KerberosRealmsTest, TheTwoEndsOfATrustMustHaveOneKey) {
  Lab lab;
  lab.Add("PARTNER.TEST", "web.partner.test");
  lab.Trust("EXAMPLE.TEST", "PARTNER.TEST");
  lab.InBothWorlds([](kerberos::Realms& realms) {
    Realm& partner = *realms.Find("PARTNER.TEST");
    partner.AddFromPassword("krbtgt/PARTNER.TEST@EXAMPLE.TEST", "changed");
  });
  EXPECT_EQ(lab.Alice(kThere), SEC_E_KDC_INVALID_REQUEST);
}

TEST(KerberosRealmsTest, AReferralToNobodyIsNoAuthority) {
  Lab lab;
  Entropy entropy(5, 5);
  Realm elsewhere("PARTNER.TEST", lab.realm().policy(), entropy);
  Realm::Trust(lab.realm(), elsewhere, "between them");
  EXPECT_EQ(lab.Alice(kThere), SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

// The KDC that knows the service looks at its ticket, not the one that refers
// to it.
TEST(KerberosRealmsTest, UserToUserGoesThroughAReferral) {
  Lab lab;
  lab.Add("PARTNER.TEST", "web.partner.test");
  lab.Trust("EXAMPLE.TEST", "PARTNER.TEST");
  lab.client.target = kThere;
  lab.client.requirements |= ISC_REQ_USE_SESSION_KEY;
  ASSERT_EQ(lab.client.AcquireOutbound(lab.client_world, u"alice", u"EXAMPLE",
                                       u"secret"),
            SEC_E_OK);
  ASSERT_EQ(lab.server.AcquireAs(SECPKG_CRED_INBOUND, lab.server_world, u"LAB$",
                                 u"PARTNER", u"another secret"),
            SEC_E_OK);
  EXPECT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
  EXPECT_NE(lab.server.attributes & ASC_RET_USE_SESSION_KEY, 0);
}

// Every one on the way has to let the client's ticket go along (MS-KILE
// 3.3.5.7.5).
TEST(KerberosRealmsTest, DelegationStopsAtATrustThatDoesNotLetIt) {
  for (const bool first : {true, false}) {
    for (const bool second : {true, false}) {
      Lab lab;
      lab.Add("PARTNER.TEST", "web.partner.test");
      lab.Add("SUB.PARTNER.TEST", "web.sub.partner.test");
      lab.Trust("EXAMPLE.TEST", "PARTNER.TEST", first);
      lab.Trust("PARTNER.TEST", "SUB.PARTNER.TEST", second);
      lab.InBothWorlds([](kerberos::Realms& realms) {
        realms.Find("SUB.PARTNER.TEST")->Find("LAB$")->trusted_for_delegation =
            true;
      });
      lab.client.requirements = ISC_REQ_DELEGATE;
      ASSERT_EQ(lab.Alice(u"HTTP/web.sub.partner.test"), SEC_E_OK);
      EXPECT_EQ((lab.client.attributes & ISC_RET_DELEGATE) != 0,
                first && second);
      EXPECT_EQ((lab.server.attributes & ASC_RET_DELEGATE) != 0,
                first && second);
    }
  }
}

}  // namespace
}  // namespace sspilab
