// Contexts that do not come about: what the one end says, the other
// understands. And channel bindings, which one or the other may not have.

#include <ctime>
#include <string>
#include <vector>

#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/interop/krb5_pair.h"

namespace sspilab::interop {
namespace {

struct Bindings {
  std::string initiator;
  std::string acceptor;
  // Who is ours.
  Role ours;
  SECURITY_STATUS our_status;
  OM_uint32 mit_major;
};

// MIT's SPNEGO says neither in a token nor to its caller why it gave up.
OM_uint32 InSpnego(OM_uint32 major) {
  return major == GSS_S_FAILURE ? GSS_S_BAD_MECH : major;
}
SECURITY_STATUS InSpnego(SECURITY_STATUS status) {
  return status == SEC_E_LOGON_DENIED ? SEC_E_BAD_PKGID : status;
}

// MIT's acceptor lets an initiator in that says nothing about bindings; ours
// does when it is told to.
const Bindings kBindings[] = {
    {"tls-unique:one", "tls-unique:one", Role::kInitiator, SEC_E_OK,
     GSS_S_COMPLETE},
    {"tls-unique:one", "tls-unique:one", Role::kAcceptor, SEC_E_OK,
     GSS_S_COMPLETE},
    {"tls-unique:one", "tls-unique:two", Role::kInitiator, SEC_E_LOGON_DENIED,
     GSS_S_BAD_BINDINGS},
    {"tls-unique:one", "tls-unique:two", Role::kAcceptor, SEC_E_BAD_BINDINGS,
     GSS_S_FAILURE},
    {"tls-unique:one", "", Role::kInitiator, SEC_E_OK, GSS_S_COMPLETE},
    {"tls-unique:one", "", Role::kAcceptor, SEC_E_OK, GSS_S_COMPLETE},
    {"", "tls-unique:one", Role::kInitiator, SEC_E_OK, GSS_S_COMPLETE},
    {"", "tls-unique:one", Role::kAcceptor, SEC_E_BAD_BINDINGS, GSS_S_FAILURE},
};

TEST(Krb5RefusalsTest, ChannelBindings) {
  for (const bool negotiate : {false, true}) {
    for (const Bindings& row : kBindings) {
      SCOPED_TRACE(row.initiator + "|" + row.acceptor +
                   (row.ours == Role::kInitiator ? " we begin" : "") +
                   (negotiate ? " SPNEGO" : ""));
      Krb5Pair pair({.ours = row.ours,
                     .negotiate = negotiate,
                     .initiator_bindings = row.initiator,
                     .acceptor_bindings = row.acceptor,
                     .requirements = ASC_REQ_EXTENDED_ERROR});
      ASSERT_NO_FATAL_FAILURE(pair.Acquire());
      ASSERT_NO_FATAL_FAILURE(pair.RunLegs());
      EXPECT_EQ(pair.our_status(),
                negotiate ? InSpnego(row.our_status) : row.our_status)
          << StatusName(pair.our_status());
      EXPECT_EQ(GSS_ROUTINE_ERROR(pair.mit_outcome().major),
                negotiate ? InSpnego(row.mit_major) : row.mit_major)
          << pair.mit_outcome().words();
    }
  }
}

TEST(Krb5RefusalsTest, OurAcceptorMayAllowMissingBindings) {
  Krb5Pair pair({.ours = Role::kAcceptor,
                 .acceptor_bindings = "tls-unique:one",
                 .requirements = ASC_REQ_ALLOW_MISSING_BINDINGS});
  ASSERT_NO_FATAL_FAILURE(pair.Connect());
}

// A reason for which an acceptor refuses, what it says itself, and what the
// initiator makes of its KRB-ERROR.
constexpr FileTime kTenMinutes = 600 * kFileTimeSecond;

// The same tickets, but the service's machine has had another password since.
kerberos::Principal WithOtherKeys(const kerberos::Principal& service) {
  kerberos::Principal other = service;
  for (kerberos::Key& key : other.keys) {
    key = kerberos::Key::FromPassword(key.type(), "another", service.salt);
  }
  return other;
}

class OurErrors : public ::testing::Test {
 protected:
  // What MIT's initiator understands when our acceptor says `status`.
  void Expect(SECURITY_STATUS status, krb5_error_code understood) {
    ASSERT_NO_FATAL_FAILURE(pair_.RunLegs());
    EXPECT_EQ(pair_.our_status(), status) << StatusName(pair_.our_status());
    EXPECT_TRUE(GSS_ERROR(pair_.mit_outcome().major));
    EXPECT_EQ(pair_.mit_outcome().minor, static_cast<OM_uint32>(understood))
        << pair_.mit_outcome().words() << "; expected "
        << pair_.client().Words(understood);
  }

  Krb5Pair pair_{
      {.ours = Role::kAcceptor, .requirements = ASC_REQ_EXTENDED_ERROR}};
};

TEST_F(OurErrors, Skew) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  pair_.lab().server_world.Advance(kTenMinutes);
  Expect(SEC_E_TIME_SKEW, KRB5KRB_AP_ERR_SKEW);
}

TEST_F(OurErrors, AnotherKey) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  kerberos::Principal& service =
      *pair_.lab().server_world.realms().Find("EXAMPLE.TEST")->Find("LAB$");
  service = WithOtherKeys(service);
  Expect(SEC_E_LOGON_DENIED, KRB5KRB_AP_ERR_MODIFIED);
}

TEST_F(OurErrors, NoKeyOfTheType) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  kerberos::Principal& service =
      *pair_.lab().server_world.realms().Find("EXAMPLE.TEST")->Find("LAB$");
  service.keys = kerberos::KeysFromPassword(
      {kerberos::Etype::kAes128CtsHmacSha1}, "machine's secret", service.salt);
  Expect(SEC_E_NO_KERB_KEY, KRB5KRB_AP_ERR_NOKEY);
}

// Its own acceptor refuses the same token as our acceptor did the second time.
TEST_F(OurErrors, Replay) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  ASSERT_NO_FATAL_FAILURE(pair_.RunLegs());
  ASSERT_EQ(pair_.our_status(), SEC_E_OK);
  End again;
  again.package = u"Kerberos";
  again.requirements = ASC_REQ_EXTENDED_ERROR;
  ASSERT_EQ(again.AcquireInbound(pair_.lab().server_world), SEC_E_OK);
  Bytes token = pair_.first_token();
  EXPECT_EQ(again.Accept(&token), SEC_E_LOGON_DENIED);
  MitEnd initiator;
  initiator.Acquire(GSS_C_INITIATE, {{"ccache", pair_.client().cache_name()}});
  Bytes none;
  ASSERT_EQ(initiator.Initialize(&none, GSS_C_MUTUAL_FLAG).major,
            GSS_S_CONTINUE_NEEDED);
  const MitEnd::Outcome outcome =
      initiator.Initialize(&token, GSS_C_MUTUAL_FLAG);
  EXPECT_EQ(outcome.minor, static_cast<OM_uint32>(KRB5KRB_AP_ERR_REPEAT))
      << outcome.words();
}

class TheirErrors : public ::testing::Test {
 protected:
  // What our initiator understands when MIT's acceptor says `said`.
  void Expect(krb5_error_code said, SECURITY_STATUS status) {
    ASSERT_NO_FATAL_FAILURE(pair_.RunLegs());
    EXPECT_TRUE(GSS_ERROR(pair_.mit_outcome().major));
    EXPECT_EQ(pair_.mit_outcome().minor, static_cast<OM_uint32>(said))
        << pair_.mit_outcome().words();
    EXPECT_EQ(pair_.our_status(), status) << StatusName(pair_.our_status());
  }

  Krb5Pair pair_{{.ours = Role::kInitiator}};
};

TEST_F(TheirErrors, Skew) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  World& world = pair_.lab().client_world;
  world.set_now(world.now() - kTenMinutes);
  Expect(KRB5KRB_AP_ERR_SKEW, SEC_E_TIME_SKEW);
}

// The KDC's clock is our initiator's here, so that the ticket, too, is of the
// future.
TEST_F(TheirErrors, NotYetValid) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  pair_.lab().client_world.Advance(kTenMinutes);
  Expect(KRB5KRB_AP_ERR_TKT_NYV, SEC_E_TIME_SKEW);
}

TEST_F(TheirErrors, AnotherKey) {
  const kerberos::Principal other =
      WithOtherKeys(*pair_.lab().realm().Find("HTTP/lab.example.test"));
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire(&other));
  Expect(KRB5KRB_AP_ERR_BAD_INTEGRITY, SEC_E_WRONG_PRINCIPAL);
}

TEST_F(TheirErrors, Replay) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  Bytes first;
  ASSERT_EQ(pair_.ours().Initialize(&first), SEC_I_CONTINUE_NEEDED);
  const std::string cache = NewReplayCache();
  const std::string keytab = WriteKeytab(
      *pair_.lab().realm().Find("HTTP/lab.example.test"), "EXAMPLE.TEST");
  Bytes token;
  for (const krb5_error_code expected :
       {krb5_error_code{0}, krb5_error_code{KRB5KRB_AP_ERR_REPEAT}}) {
    MitEnd acceptor;
    acceptor.Acquire(GSS_C_ACCEPT, {{"keytab", keytab}, {"rcache", cache}});
    token = first;
    const MitEnd::Outcome outcome = acceptor.Accept(&token);
    EXPECT_EQ(outcome.minor, static_cast<OM_uint32>(expected))
        << outcome.words();
  }
  EXPECT_EQ(pair_.ours().Initialize(&token), SEC_E_LOGON_DENIED);
}

}  // namespace
}  // namespace sspilab::interop
