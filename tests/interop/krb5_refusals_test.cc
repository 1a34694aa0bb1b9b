// Contexts that do not come about: what the one end says, the other
// understands. And channel bindings, which one or the other may not have.
//
// All of it bare and under SPNEGO, with the same outcome: at both ends the
// reject has the KRB-ERROR for its responseToken (RFC 4178 4.2.2), and the
// mechanism of who gets it says what it means.

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
      EXPECT_EQ(pair.our_status(), row.our_status)
          << StatusName(pair.our_status());
      EXPECT_EQ(GSS_ROUTINE_ERROR(pair.mit_outcome().major), row.mit_major)
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
  other.keys = kerberos::AccountKeys::FromPassword(kerberos::DefaultEtypes(),
                                                   "another", service.salt);
  return other;
}

// Whether under SPNEGO.
std::string NameOf(const ::testing::TestParamInfo<bool>& info) {
  return info.param ? "Spnego" : "Bare";
}

// Of a minor status. MIT numbers those of mechanisms anew under SPNEGO; what
// they mean it says in the same words.
void ExpectMinor(const MitEnd::Outcome& outcome, krb5_error_code code,
                 const MitClient& client, bool negotiate) {
  const std::string words = client.Words(code);
  if (negotiate) {
    const std::string meaning = words.substr(words.find(": ") + 2);
    EXPECT_NE(outcome.words().find(meaning), std::string::npos)
        << outcome.words() << "; expected " << words;
  } else {
    EXPECT_EQ(outcome.minor, static_cast<OM_uint32>(code))
        << outcome.words() << "; expected " << words;
  }
}

class OurErrors : public ::testing::TestWithParam<bool> {
 protected:
  // What MIT's initiator understands when our acceptor says `status`.
  void Expect(SECURITY_STATUS status, krb5_error_code understood) {
    ASSERT_NO_FATAL_FAILURE(pair_.RunLegs());
    EXPECT_EQ(pair_.our_status(), status) << StatusName(pair_.our_status());
    EXPECT_TRUE(GSS_ERROR(pair_.mit_outcome().major));
    ExpectMinor(pair_.mit_outcome(), understood, pair_.client(), GetParam());
  }

  Krb5Pair pair_{{.ours = Role::kAcceptor,
                  .negotiate = GetParam(),
                  .requirements = ASC_REQ_EXTENDED_ERROR}};
};

TEST_P(OurErrors, Skew) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  pair_.lab().server_world.Advance(kTenMinutes);
  Expect(SEC_E_TIME_SKEW, KRB5KRB_AP_ERR_SKEW);
}

TEST_P(OurErrors, AnotherKey) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  kerberos::Principal& service =
      *pair_.lab().server_world.realms().Find("EXAMPLE.TEST")->Find("LAB$");
  service = WithOtherKeys(service);
  Expect(SEC_E_LOGON_DENIED, KRB5KRB_AP_ERR_MODIFIED);
}

TEST_P(OurErrors, NoKeyOfTheType) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  kerberos::Principal& service =
      *pair_.lab().server_world.realms().Find("EXAMPLE.TEST")->Find("LAB$");
  service.keys = kerberos::AccountKeys::FromPassword(
      {kerberos::Etype::kAes128CtsHmacSha1}, "machine's secret", service.salt);
  Expect(SEC_E_NO_KERB_KEY, KRB5KRB_AP_ERR_NOKEY);
}

// Its own acceptor refuses the same token as our acceptor did the second time.
TEST_P(OurErrors, Replay) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  ASSERT_NO_FATAL_FAILURE(pair_.RunLegs());
  ASSERT_EQ(pair_.our_status(), SEC_E_OK);
  End again;
  again.package = pair_.ours().package;
  again.requirements = ASC_REQ_EXTENDED_ERROR;
  ASSERT_EQ(again.AcquireInbound(pair_.lab().server_world), SEC_E_OK);
  Bytes token = pair_.first_token();
  EXPECT_EQ(again.Accept(&token), SEC_E_LOGON_DENIED);
  MitEnd initiator(pair_.mechanism());
  initiator.Acquire(GSS_C_INITIATE, {{"ccache", pair_.client().cache_name()}});
  Bytes none;
  ASSERT_EQ(initiator.Initialize(&none, GSS_C_MUTUAL_FLAG).major,
            GSS_S_CONTINUE_NEEDED);
  const MitEnd::Outcome outcome =
      initiator.Initialize(&token, GSS_C_MUTUAL_FLAG);
  ExpectMinor(outcome, KRB5KRB_AP_ERR_REPEAT, pair_.client(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, OurErrors, ::testing::Bool(), NameOf);

class TheirErrors : public ::testing::TestWithParam<bool> {
 protected:
  // What our initiator understands when MIT's acceptor says `said`.
  void Expect(krb5_error_code said, SECURITY_STATUS status) {
    ASSERT_NO_FATAL_FAILURE(pair_.RunLegs());
    EXPECT_TRUE(GSS_ERROR(pair_.mit_outcome().major));
    // Under SPNEGO there are but words, and some tell of keytabs.
    if (!GetParam()) {
      ExpectMinor(pair_.mit_outcome(), said, pair_.client(), false);
    }
    EXPECT_EQ(pair_.our_status(), status) << StatusName(pair_.our_status());
  }

  Krb5Pair pair_{{.ours = Role::kInitiator, .negotiate = GetParam()}};
};

TEST_P(TheirErrors, Skew) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  World& world = pair_.lab().client_world;
  world.set_now(world.now() - kTenMinutes);
  Expect(KRB5KRB_AP_ERR_SKEW, SEC_E_TIME_SKEW);
}

// The KDC's clock is our initiator's here, so that the ticket, too, is of the
// future.
TEST_P(TheirErrors, NotYetValid) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  pair_.lab().client_world.Advance(kTenMinutes);
  Expect(KRB5KRB_AP_ERR_TKT_NYV, SEC_E_TIME_SKEW);
}

TEST_P(TheirErrors, AnotherKey) {
  const kerberos::Principal other =
      WithOtherKeys(*pair_.lab().realm().Find("HTTP/lab.example.test"));
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire(&other));
  Expect(KRB5KRB_AP_ERR_BAD_INTEGRITY, SEC_E_WRONG_PRINCIPAL);
}

TEST_P(TheirErrors, Replay) {
  ASSERT_NO_FATAL_FAILURE(pair_.Acquire());
  Bytes first;
  ASSERT_EQ(pair_.ours().Initialize(&first), SEC_I_CONTINUE_NEEDED);
  const std::string cache = NewReplayCache();
  const std::string keytab = WriteKeytab(
      *pair_.lab().realm().Find("HTTP/lab.example.test"), "EXAMPLE.TEST");
  Bytes token;
  for (const bool again : {false, true}) {
    MitEnd acceptor(pair_.mechanism());
    acceptor.Acquire(GSS_C_ACCEPT, {{"keytab", keytab}, {"rcache", cache}});
    token = first;
    const MitEnd::Outcome outcome = acceptor.Accept(&token);
    if (again) {
      ExpectMinor(outcome, KRB5KRB_AP_ERR_REPEAT, pair_.client(), GetParam());
    } else {
      EXPECT_FALSE(GSS_ERROR(outcome.major)) << outcome.words();
    }
  }
  EXPECT_EQ(pair_.ours().Initialize(&token), SEC_E_LOGON_DENIED);
}

INSTANTIATE_TEST_SUITE_P(All, TheirErrors, ::testing::Bool(), NameOf);

}  // namespace
}  // namespace sspilab::interop
