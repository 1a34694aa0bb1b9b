// The session cache's five conditions (page "InitializeSecurityContext
// (Schannel)", pszTargetName), each by itself, and how callers say that they
// want no session.

#include <functional>
#include <string>

#include "core/schannel/session_cache.h"
#include "core/sspi.h"
#include "gtest/gtest.h"
#include "tests/core/schannel/tls_end.h"

namespace sspilab {
namespace {

using schannel::SessionCache;
using schannel::SessionKey;
using testing::NewSchannelCred;
using testing::TlsEnd;
using testing::TlsLab;

bool IsResumed(TlsEnd& end) {
  SecPkgContext_SessionInfo info = {};
  EXPECT_EQ(end.Query(SECPKG_ATTR_SESSION_INFO, &info), SEC_E_OK);
  return (info.dwFlags & SSL_SESSION_RECONNECT) != 0;
}

constexpr FileTime kHour = 3600 * kFileTimeSecond;

class Sessions : public ::testing::TestWithParam<DWORD> {
 protected:
  // A second connection after `change`: whether it takes the session up.
  bool ResumedAfter(const std::function<void(TlsLab&)>& change) {
    TlsLab lab;
    lab.Establish(GetParam());
    EXPECT_FALSE(IsResumed(lab.client));
    EXPECT_FALSE(IsResumed(lab.server));
    lab.client.CloseContext();
    lab.server.CloseContext();
    change(lab);
    lab.Shake();
    if (HasFatalFailure()) return false;
    lab.ExpectMessagesPass();
    EXPECT_EQ(IsResumed(lab.client), IsResumed(lab.server));
    return IsResumed(lab.client);
  }
};
INSTANTIATE_TEST_SUITE_P(Of, Sessions,
                         ::testing::Values(SP_PROT_TLS1_2, SP_PROT_TLS1_3));

TEST_P(Sessions, AreTakenUpWhereNothingHasChanged) {
  EXPECT_TRUE(ResumedAfter([](TlsLab&) {}));
}

TEST_P(Sessions, OfTheSameTargetInOtherLetters) {
  EXPECT_TRUE(ResumedAfter(
      [](TlsLab& lab) { lab.client.target = u"LAB.example.test"; }));
}

TEST_P(Sessions, NotForAnotherTarget) {
  EXPECT_FALSE(ResumedAfter([](TlsLab& lab) {
    lab.client.requirements |= ISC_REQ_MANUAL_CRED_VALIDATION;
    lab.client.target = u"other.example.test";
  }));
}

TEST_P(Sessions, NotOnceExpired) {
  EXPECT_TRUE(ResumedAfter(
      [](TlsLab& lab) { lab.world.Advance(10 * kHour - kFileTimeSecond); }));
  EXPECT_FALSE(
      ResumedAfter([](TlsLab& lab) { lab.world.Advance(10 * kHour); }));
}

TEST_P(Sessions, NotForAnotherProcess) {
  EXPECT_FALSE(
      ResumedAfter([](TlsLab& lab) { ++lab.world.options().process_id; }));
}

TEST_P(Sessions, NotForAnotherLogonSession) {
  EXPECT_FALSE(
      ResumedAfter([](TlsLab& lab) { ++lab.world.options().logon_session; }));
}

TEST_P(Sessions, NotForAnotherCredential) {
  EXPECT_FALSE(ResumedAfter([](TlsLab& lab) {
    lab.client.Close();
    EXPECT_EQ(lab.client.AcquireFor(GetParam()), SEC_E_OK);
  }));
}

TEST_P(Sessions, NotByAnotherServer) {
  EXPECT_FALSE(ResumedAfter([](TlsLab& lab) {
    lab.server.Close();
    EXPECT_EQ(lab.server.AcquireFor(GetParam()), SEC_E_OK);
  }));
}

// What was made without asking who the client is does not do where that is
// asked.
TEST_P(Sessions, NotWhereMoreIsAsked) {
  EXPECT_FALSE(ResumedAfter([](TlsLab& lab) {
    lab.client.requirements |= ISC_REQ_USE_SUPPLIED_CREDS;
    lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
  }));
}

TEST_P(Sessions, LiveAsLongAsTheCredentialSays) {
  for (const bool late : {false, true}) {
    TlsLab lab;
    SCHANNEL_CRED cred = NewSchannelCred();
    cred.grbitEnabledProtocols = GetParam();
    cred.dwSessionLifespan = 60'000;
    ASSERT_EQ(lab.client.Acquire(&cred), SEC_E_OK);
    ASSERT_EQ(lab.server.AcquireFor(GetParam()), SEC_E_OK);
    lab.Shake();
    lab.client.CloseContext();
    lab.server.CloseContext();
    lab.world.Advance((late ? 60 : 59) * kFileTimeSecond);
    lab.Shake();
    EXPECT_EQ(IsResumed(lab.client), !late);
  }
}

TEST_P(Sessions, AreNotKeptWhereTheCredentialSaysSo) {
  for (const bool by_client : {false, true}) {
    TlsLab lab;
    const DWORD flag = SCH_CRED_DISABLE_RECONNECTS;
    ASSERT_EQ(lab.client.AcquireFor(GetParam(), by_client ? flag : 0),
              SEC_E_OK);
    ASSERT_EQ(lab.server.AcquireFor(GetParam(), by_client ? 0 : flag),
              SEC_E_OK);
    lab.Shake();
    lab.client.CloseContext();
    lab.server.CloseContext();
    lab.Shake();
    EXPECT_FALSE(IsResumed(lab.client));
  }
}

TEST_P(Sessions, AreForgottenByAControlToken) {
  for (const bool by_client : {false, true}) {
    TlsLab lab;
    lab.Establish(GetParam());
    TlsEnd& end = by_client ? lab.client : lab.server;
    EXPECT_EQ(end.Control({SCHANNEL_SESSION, SSL_SESSION_DISABLE_RECONNECTS}),
              SEC_E_OK);
    lab.client.CloseContext();
    lab.server.CloseContext();
    lab.Shake();
    EXPECT_FALSE(IsResumed(lab.client));
  }
}

TEST_P(Sessions, GoWithTheirCredentials) {
  TlsLab lab;
  lab.Establish(GetParam());
  EXPECT_EQ(lab.world.tls_sessions().size(), 2u);
  lab.client.Close();
  lab.server.Close();
  EXPECT_EQ(lab.world.tls_sessions().size(), 0u);
}

TEST(SessionCache, KeepsTheYoungestWhereThereIsNotRoomForAll) {
  SessionCache cache;
  const auto key = [](uint64_t credential) {
    return SessionKey{.credential = credential};
  };
  for (uint64_t i = 0; i < 4; ++i) {
    cache.Put(key(i), std::make_shared<int>(1), 100, 3);
  }
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_EQ(cache.Find(key(0), 0), nullptr);
  EXPECT_NE(cache.Find(key(1), 0), nullptr);
  // A newer one of the same key is young again.
  cache.Put(key(1), std::make_shared<int>(2), 100, 3);
  cache.Put(key(9), std::make_shared<int>(3), 100, 3);
  EXPECT_NE(cache.Find(key(1), 0), nullptr);
  EXPECT_EQ(cache.Find(key(2), 0), nullptr);
  EXPECT_EQ(cache.Find(key(9), 100), nullptr);
  EXPECT_EQ(cache.size(), 2u);
  cache.Put(key(5), std::make_shared<int>(4), 100, 0);
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace sspilab
