// Kerberos as Negotiate's first choice, and NTLM behind it.

#include <string>

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

class NegotiateKerberosTest : public ::testing::Test {
 protected:
  NegotiateKerberosTest() {
    lab_.client.package = lab_.server.package = u"Negotiate";
    lab_.client.requirements = kWants;
    lab_.server_world.accounts().Add(u"alice", u"EXAMPLE", u"secret");
  }

  // Until both are done; the last status of the two, of the end that fails.
  SECURITY_STATUS Run() {
    EXPECT_EQ(lab_.Acquire(), SEC_E_OK);
    Bytes token;
    SECURITY_STATUS client = SEC_I_CONTINUE_NEEDED;
    SECURITY_STATUS server = SEC_I_CONTINUE_NEEDED;
    for (legs_ = 0; client == SEC_I_CONTINUE_NEEDED && legs_ < 8;) {
      client = lab_.client.Initialize(&token);
      ++legs_;
      if (client < 0 || server == SEC_E_OK) return client;
      server = lab_.server.Accept(&token);
      ++legs_;
      if (server < 0) return server;
    }
    return server;
  }

  KerberosLab lab_;
  int legs_ = 0;
};

TEST_F(NegotiateKerberosTest, IsTheFirstChoice) {
  EXPECT_EQ(Run(), SEC_E_OK);
  EXPECT_EQ(legs_, 3);
  EXPECT_EQ(PackageOf(lab_.client), u"Kerberos");
  EXPECT_EQ(PackageOf(lab_.server), u"Kerberos");
  EXPECT_NE(lab_.client.attributes & ISC_RET_MUTUAL_AUTH, 0);
  EXPECT_EQ(lab_.server.Name(), u"EXAMPLE\\alice");
  EXPECT_EQ(lab_.client.SessionKey(), lab_.server.SessionKey());
}

TEST_F(NegotiateKerberosTest, IsLeftOutWhereTheTargetIsUnknown) {
  lab_.client.target = u"cifs/192.0.2.1";
  EXPECT_EQ(Run(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab_.client), u"NTLM");
  EXPECT_EQ(PackageOf(lab_.server), u"NTLM");
}

TEST_F(NegotiateKerberosTest, IsLeftOutWhereNoAuthorityAnswersTheClient) {
  lab_.client_world.options().authority_reachable = false;
  EXPECT_EQ(Run(), SEC_E_OK);
  EXPECT_EQ(PackageOf(lab_.server), u"NTLM");
}

TEST_F(NegotiateKerberosTest, IsAllThereIsWhereTheCallerSaysSo) {
  lab_.client.package_list = u"!ntlm";
  lab_.client.target = u"cifs/192.0.2.1";
  EXPECT_EQ(Run(), SEC_E_TARGET_UNKNOWN);
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
