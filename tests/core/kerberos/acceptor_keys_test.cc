// An acceptor has what its account's keys come to at hand, for as long as they
// are its account's keys.

#include <string>
#include <vector>

#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"

namespace sspilab::testing {
namespace {

class AcceptorKeysTest : public ::testing::Test {
 protected:
  AcceptorKeysTest() {
    lab_.client.target = u"HTTP/lab.example.test";
    lab_.client.requirements = ISC_REQ_MUTUAL_AUTH;
  }

  // What a new acceptor of the same credential says to a new client.
  SECURITY_STATUS Accept() {
    End client;
    client.package = u"Kerberos";
    client.target = lab_.client.target;
    client.requirements = lab_.client.requirements;
    EXPECT_EQ(client.AcquireOutbound(lab_.client_world, u"alice", u"EXAMPLE",
                                     u"secret"),
              SEC_E_OK);
    Bytes token;
    EXPECT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    const SECURITY_STATUS status = lab_.server.Accept(&token);
    if (lab_.server.has_context) {
      DeleteSecurityContext(&lab_.server.context);
      lab_.server.has_context = false;
    }
    return status;
  }

  void ChangePassword(World& world, const char* name, const char* password) {
    kerberos::Realm& realm = *world.realms().Find("EXAMPLE.TEST");
    const std::vector<std::string> aliases = realm.Find(name)->aliases;
    realm.AddFromPassword(name, password).aliases = aliases;
  }

  KerberosLab lab_;
};

TEST_F(AcceptorKeysTest, AreTheMachinesOfNow) {
  ASSERT_EQ(lab_.server.AcquireInbound(lab_.server_world), SEC_E_OK);
  EXPECT_EQ(Accept(), SEC_E_OK);
  EXPECT_EQ(Accept(), SEC_E_OK);
  ChangePassword(lab_.client_world, "LAB$", "new");
  EXPECT_EQ(Accept(), SEC_E_LOGON_DENIED);
  ChangePassword(lab_.server_world, "LAB$", "new");
  EXPECT_EQ(Accept(), SEC_E_OK);
}

}  // namespace
}  // namespace sspilab::testing
