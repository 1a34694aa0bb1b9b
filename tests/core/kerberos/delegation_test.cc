// Delegation: the client's ticket goes along to the server, which goes on to a
// third machine with it.

#include <string>

#include "core/impersonation.h"
#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"

namespace sspilab {
namespace {

using sspilab::testing::Bytes;
using sspilab::testing::End;
using sspilab::testing::KerberosLab;
using sspilab::testing::RunLegs;

constexpr char16_t kDatabase[] = u"MSSQLSvc/db.example.test";

// The client's machine, LAB in the middle, and a database on a third one.
struct ThreeMachines : KerberosLab {
  ThreeMachines() {
    WorldOptions options = server_world.options();
    options.names.computer = u"DB";
    back_world.options() = options;
    Entropy entropy(9, 9);
    kerberos::Realm& realm = back_world.realms().Add(
        "EXAMPLE.TEST", entropy, {.etypes = options.kerberos.etypes});
    realm.AddFromPassword("alice", "secret");
    realm.AddFromPassword("LAB$", "machine's secret").aliases = {
        "HTTP/lab.example.test"};
    ForEachRealm([](kerberos::Realm& each) {
      each.AddFromPassword("DB$", "the database's").aliases = {
          "MSSQLSvc/db.example.test"};
      each.Find("LAB$")->trusted_for_delegation = true;
    });
    client.target = u"HTTP/lab.example.test";
    client.requirements = ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH;
    onwards.target = kDatabase;
    onwards.package = back.package = u"Kerberos";
  }
  ~ThreeMachines() { StopImpersonating(); }

  template <typename Change>
  void ForEachRealm(Change change) {
    for (World* const world : {&client_world, &server_world, &back_world}) {
      change(*world->realms().Find("EXAMPLE.TEST"));
    }
  }

  // alice's context with LAB.
  SECURITY_STATUS Connect() {
    const SECURITY_STATUS status = Acquire();
    return status == SEC_E_OK ? RunLegs(client, server) : status;
  }

  // From LAB to the database, as whoever the thread acts as there.
  SECURITY_STATUS GoOn() {
    SECURITY_STATUS status =
        onwards.AcquireOutbound(server_world, nullptr, nullptr, nullptr);
    if (status != SEC_E_OK) return status;
    status = back.AcquireInbound(back_world);
    if (status != SEC_E_OK) return status;
    return RunLegs(onwards, back);
  }

  World back_world;
  End onwards;
  End back;
};

TEST(KerberosDelegationTest, TheServerReachesAThirdMachineAsTheClient) {
  for (const char16_t* const package : {u"Kerberos", u"Negotiate"}) {
    ThreeMachines lab;
    lab.client.package = lab.server.package = package;
    lab.onwards.package = lab.back.package = package;
    ASSERT_EQ(lab.Connect(), SEC_E_OK);
    EXPECT_NE(lab.client.attributes & ISC_RET_DELEGATE, 0);
    EXPECT_NE(lab.server.attributes & ASC_RET_DELEGATE, 0);

    ASSERT_EQ(ImpersonateSecurityContext(&lab.server.context), SEC_E_OK);
    ASSERT_EQ(lab.GoOn(), SEC_E_OK);
    EXPECT_EQ(lab.back.Name(), u"EXAMPLE\\alice");
    // The credential says whose it is.
    SecPkgCredentials_NamesW names = {};
    ASSERT_EQ(QueryCredentialsAttributesW(&lab.onwards.credential,
                                          SECPKG_CRED_ATTR_NAMES, &names),
              SEC_E_OK);
    EXPECT_EQ(std::u16string(names.sUserName), u"EXAMPLE\\alice");
    FreeContextBuffer(names.sUserName);
  }
}

TEST(KerberosDelegationTest,
     TheTicketOutlivesItsContextAndNotTheImpersonation) {
  ThreeMachines lab;
  ASSERT_EQ(lab.Connect(), SEC_E_OK);
  ASSERT_EQ(ImpersonateSecurityContext(&lab.server.context), SEC_E_OK);
  ASSERT_EQ(RevertSecurityContext(&lab.server.context), SEC_E_OK);
  // LAB has nobody logged on.
  EXPECT_EQ(lab.GoOn(), SEC_E_NO_CREDENTIALS);

  ASSERT_EQ(ImpersonateSecurityContext(&lab.server.context), SEC_E_OK);
  lab.server.Close();
  lab.onwards.Close();
  lab.back.Close();
  EXPECT_EQ(lab.GoOn(), SEC_E_OK);
}

TEST(KerberosDelegationTest, WhoIsNotTrustedGetsNothingAndNobodyFails) {
  // The service, the account's owner, the client's wish.
  struct Row {
    bool trusted;
    bool may_be_delegated;
    ULONG requirements;
  };
  for (const Row& row :
       {Row{false, true, ISC_REQ_DELEGATE}, Row{true, false, ISC_REQ_DELEGATE},
        Row{true, true, 0}}) {
    ThreeMachines lab;
    lab.ForEachRealm([&row](kerberos::Realm& realm) {
      realm.Find("LAB$")->trusted_for_delegation = row.trusted;
      realm.Find("alice")->may_be_delegated = row.may_be_delegated;
    });
    lab.client.requirements = row.requirements | ISC_REQ_MUTUAL_AUTH;
    ASSERT_EQ(lab.Connect(), SEC_E_OK);
    EXPECT_EQ(lab.client.attributes & ISC_RET_DELEGATE, 0);
    EXPECT_EQ(lab.server.attributes & ASC_RET_DELEGATE, 0);
    // The double hop: the client is known, but nothing of it is here.
    lab.server_world.options().logon = {u"alice", u"EXAMPLE", u"secret"};
    ASSERT_EQ(ImpersonateSecurityContext(&lab.server.context), SEC_E_OK);
    EXPECT_EQ(lab.GoOn(), SEC_E_NO_CREDENTIALS);
    ASSERT_EQ(RevertSecurityContext(&lab.server.context), SEC_E_OK);
    lab.onwards.Close();
    lab.back.Close();
    EXPECT_EQ(lab.GoOn(), SEC_E_OK);
  }
}

TEST(KerberosDelegationTest, AForwardedTicketCanBeForwardedAgain) {
  ThreeMachines lab;
  lab.ForEachRealm([](kerberos::Realm& realm) {
    realm.Find("DB$")->trusted_for_delegation = true;
  });
  ASSERT_EQ(lab.Connect(), SEC_E_OK);
  ASSERT_EQ(ImpersonateSecurityContext(&lab.server.context), SEC_E_OK);
  lab.onwards.requirements = ISC_REQ_DELEGATE;
  ASSERT_EQ(lab.GoOn(), SEC_E_OK);
  EXPECT_NE(lab.onwards.attributes & ISC_RET_DELEGATE, 0);
  EXPECT_NE(lab.back.attributes & ASC_RET_DELEGATE, 0);

  ASSERT_EQ(ImpersonateSecurityContext(&lab.back.context), SEC_E_OK);
  End third;
  third.package = u"Kerberos";
  third.target = u"HTTP/lab.example.test";
  ASSERT_EQ(third.AcquireOutbound(lab.back_world, nullptr, nullptr, nullptr),
            SEC_E_OK);
  Bytes token;
  EXPECT_EQ(third.Initialize(&token), SEC_E_OK);
}

TEST(KerberosDelegationTest, ADelegatedTicketEndsForGood) {
  ThreeMachines lab;
  ASSERT_EQ(lab.Connect(), SEC_E_OK);
  ASSERT_EQ(ImpersonateSecurityContext(&lab.server.context), SEC_E_OK);
  for (World* const world :
       {&lab.client_world, &lab.server_world, &lab.back_world}) {
    world->Advance(11 * 3600 * kFileTimeSecond);
  }
  EXPECT_EQ(lab.GoOn(), SEC_E_NO_CREDENTIALS);
}

TEST(KerberosDelegationTest, NothingIsAllocatedForDelegationThatIsRefused) {
  uint64_t allocations[2];
  for (const bool asked : {false, true}) {
    ThreeMachines lab;
    lab.ForEachRealm([](kerberos::Realm& realm) {
      realm.Find("LAB$")->trusted_for_delegation = false;
    });
    lab.client.requirements = asked ? ISC_REQ_DELEGATE : 0;
    ASSERT_EQ(lab.Connect(), SEC_E_OK);
    allocations[asked] = lab.client_world.memory().allocations() +
                         lab.server_world.memory().allocations();
  }
  EXPECT_EQ(allocations[0], allocations[1]);
}

TEST(KerberosDelegationTest, ATokenThatHasNoRoomCanBeAskedForAgain) {
  ThreeMachines lab;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.output_size = 600;
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_BUFFER_TOO_SMALL);
  lab.client.output_size = 4096;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  EXPECT_NE(lab.server.attributes & ASC_RET_DELEGATE, 0);
}

}  // namespace
}  // namespace sspilab
