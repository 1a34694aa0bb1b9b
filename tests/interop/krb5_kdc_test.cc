// MIT's client gets its tickets from our KDC, and MIT's acceptor takes them.

#include <krb5.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/account_state.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"
#include "gtest/gtest.h"
#include "tests/interop/mit_krb5.h"

namespace sspilab::interop {
namespace {

using kerberos::Etype;
using kerberos::Principal;
using kerberos::Realm;
using kerberos::Realms;

// 2024-01-01 00:00:00 UTC.
constexpr kerberos::PreciseTime kNow{{1'704'067'200}, 250'000};
constexpr std::string_view kAlice = "alice@EXAMPLE.TEST";
constexpr std::string_view kService = "HTTP/lab.example.test";
constexpr std::string_view kServiceAtRealm =
    "HTTP/lab.example.test@EXAMPLE.TEST";

class Krb5KdcTest : public ::testing::Test {
 protected:
  Krb5KdcTest() { UseTestKrb5Conf(); }

  Realm& AddRealm(std::vector<Etype> etypes = {Etype::kAes256CtsHmacSha1}) {
    Realm& realm =
        realms_.Add("EXAMPLE.TEST", entropy_, {.etypes = std::move(etypes)});
    alice_ = &realm.AddFromPassword("alice", "secret");
    service_ = &realm.AddFromPassword(kService, "service's secret");
    return realm;
  }

  Entropy entropy_{3, 0};
  Realms realms_;
  Principal* alice_ = nullptr;
  Principal* service_ = nullptr;
};

class EachEtype
    : public Krb5KdcTest,
      public ::testing::WithParamInterface<std::tuple<Etype, bool>> {};

TEST_P(EachEtype, TicketsForAUserAndAService) {
  const auto [etype, preauthentication] = GetParam();
  AddRealm({etype});
  alice_->requires_preauthentication = preauthentication;
  MitClient client(realms_, kNow);
  krb5_error_code code = client.LogOn(kAlice, "secret");
  ASSERT_EQ(code, 0) << client.Words(code);
  // PREAUTH_REQUIRED comes first.
  EXPECT_EQ(client.requests(), preauthentication ? 2 : 1);
  EXPECT_EQ(client.last().keyblock.enctype, static_cast<krb5_enctype>(etype));
  EXPECT_EQ((client.last().ticket_flags & TKT_FLG_PRE_AUTH) != 0,
            preauthentication);
  EXPECT_NE(client.last().ticket_flags & TKT_FLG_INITIAL, 0);
  EXPECT_EQ(client.last().times.endtime - client.last().times.starttime,
            10 * 3600);

  code = client.GetTicket(kServiceAtRealm);
  ASSERT_EQ(code, 0) << client.Words(code);
  EXPECT_EQ(client.last().keyblock.enctype, static_cast<krb5_enctype>(etype));
  EXPECT_EQ(client.last().ticket_flags & TKT_FLG_INITIAL, 0);
  code = client.Present(*service_, "EXAMPLE.TEST");
  EXPECT_EQ(code, 0) << client.Words(code);

  // It is no ticket for a service with other keys.
  Principal other = *service_;
  other.keys =
      kerberos::AccountKeys::FromPassword({etype}, "another secret", "");
  EXPECT_EQ(client.Present(other, "EXAMPLE.TEST"),
            KRB5KRB_AP_ERR_BAD_INTEGRITY);
}

INSTANTIATE_TEST_SUITE_P(
    All, EachEtype,
    ::testing::Combine(::testing::Values(Etype::kAes256CtsHmacSha1,
                                         Etype::kAes128CtsHmacSha1,
                                         Etype::kAes256CtsHmacSha384,
                                         Etype::kAes128CtsHmacSha256,
                                         Etype::kRc4Hmac),
                       ::testing::Bool()),
    [](const auto& row) {
      std::string name(kerberos::Find(std::get<0>(row.param)).name);
      std::replace(name.begin(), name.end(), '-', '_');
      return name + (std::get<1>(row.param) ? "_preauth" : "_bare");
    });

TEST_F(Krb5KdcTest, RefusalsAreUnderstood) {
  AddRealm();
  MitClient client(realms_, kNow);
  EXPECT_EQ(client.LogOn(kAlice, "wrong"), KRB5KDC_ERR_PREAUTH_FAILED);
  EXPECT_EQ(client.LogOn("bob@EXAMPLE.TEST", "secret"),
            KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN);
  struct Case {
    AccountState state;
    krb5_error_code code;
  };
  for (const Case& c :
       {Case{AccountState::kDisabled, KRB5KDC_ERR_CLIENT_REVOKED},
        Case{AccountState::kLocked, KRB5KDC_ERR_CLIENT_REVOKED},
        Case{AccountState::kExpired, KRB5KDC_ERR_CLIENT_REVOKED},
        Case{AccountState::kPasswordExpired, KRB5KDC_ERR_KEY_EXP}}) {
    alice_->state = c.state;
    EXPECT_EQ(client.LogOn(kAlice, "secret"), c.code);
  }
  alice_->state = AccountState::kEnabled;
  EXPECT_EQ(client.LogOn(kAlice, "secret", {ENCTYPE_AES128_CTS_HMAC_SHA1_96}),
            KRB5KDC_ERR_ETYPE_NOSUPP);
  ASSERT_EQ(client.LogOn(kAlice, "secret"), 0);
  EXPECT_EQ(client.GetTicket("HTTP/nowhere.example.test@EXAMPLE.TEST"),
            KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN);
  service_->state = AccountState::kDisabled;
  EXPECT_EQ(client.GetTicket(kServiceAtRealm), KRB5KDC_ERR_SERVICE_REVOKED);
}

// At the first exchange MIT follows the KDC's clock; later it goes by its own.
TEST_F(Krb5KdcTest, AWrongClockIsRefused) {
  AddRealm();
  MitClient client(realms_, kNow);
  ASSERT_EQ(client.LogOn(kAlice, "secret"), 0);
  ASSERT_EQ(krb5_set_real_time(
                client.context(),
                static_cast<krb5_timestamp>(kNow.time.seconds + 302), 0),
            0);
  EXPECT_EQ(client.GetTicket(kServiceAtRealm), KRB5KRB_AP_ERR_SKEW);
}

TEST_F(Krb5KdcTest, NobodyAnswers) {
  AddRealm();
  MitClient client(realms_, kNow);
  client.set_reachable(false);
  EXPECT_EQ(client.LogOn(kAlice, "secret"), KRB5_KDC_UNREACH);
}

TEST_F(Krb5KdcTest, AnotherRealmIsReachedByReferral) {
  Realm& ours = AddRealm();
  Realm& partner = realms_.Add("PARTNER.TEST", entropy_,
                               {.etypes = {Etype::kAes128CtsHmacSha1}});
  const Principal& web =
      partner.AddFromPassword("HTTP/web.partner.test", "another secret");
  MitClient client(realms_, kNow);
  ASSERT_EQ(client.LogOn(kAlice, "secret"), 0);
  EXPECT_EQ(client.GetTicket("HTTP/web.partner.test@"),
            KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN);

  Realm::Trust(ours, partner, "between the two");
  krb5_error_code code = client.GetTicket("HTTP/web.partner.test@");
  ASSERT_EQ(code, 0) << client.Words(code);
  EXPECT_EQ(client.last().keyblock.enctype, ENCTYPE_AES128_CTS_HMAC_SHA1_96);
  code = client.Present(web, "PARTNER.TEST");
  EXPECT_EQ(code, 0) << client.Words(code);
}

TEST_F(Krb5KdcTest, WhoSaysTheRealmGetsThereToo) {
  Realm& ours = AddRealm();
  Realm& partner = realms_.Add("PARTNER.TEST", entropy_);
  const Principal& web =
      partner.AddFromPassword("HTTP/web.partner.test", "another secret");
  Realm::Trust(ours, partner, "between the two");
  MitClient client(realms_, kNow);
  ASSERT_EQ(client.LogOn(kAlice, "secret"), 0);
  krb5_error_code code = client.GetTicket("HTTP/web.partner.test@PARTNER.TEST");
  ASSERT_EQ(code, 0) << client.Words(code);
  EXPECT_EQ(client.Present(web, "PARTNER.TEST"), 0);
}

TEST_F(Krb5KdcTest, TicketsAreForwardableWhereTheAccountMayBeDelegated) {
  AddRealm();
  service_->trusted_for_delegation = true;
  MitClient client(realms_, kNow);
  ASSERT_EQ(client.LogOn(kAlice, "secret", {}, true), 0);
  EXPECT_NE(client.last().ticket_flags & TKT_FLG_FORWARDABLE, 0);
  ASSERT_EQ(client.GetTicket(kServiceAtRealm), 0);
  EXPECT_NE(client.last().ticket_flags & TKT_FLG_OK_AS_DELEGATE, 0);

  // A forwarded ticket-granting ticket, as it is delegated.
  krb5_auth_context auth = nullptr;
  ASSERT_EQ(krb5_auth_con_init(client.context(), &auth), 0);
  krb5_auth_con_setflags(client.context(), auth, 0);
  krb5_data message{};
  krb5_principal server = nullptr;
  ASSERT_EQ(krb5_parse_name(client.context(),
                            std::string(kServiceAtRealm).c_str(), &server),
            0);
  const krb5_creds& ticket = client.last();
  ASSERT_EQ(
      krb5_auth_con_setsendsubkey(client.context(), auth,
                                  const_cast<krb5_keyblock*>(&ticket.keyblock)),
      0);
  krb5_error_code code =
      krb5_fwd_tgt_creds(client.context(), auth, nullptr, ticket.client, server,
                         client.cache(), 1, &message);
  EXPECT_EQ(code, 0) << client.Words(code);
  krb5_free_data_contents(client.context(), &message);
  krb5_free_principal(client.context(), server);
  krb5_auth_con_free(client.context(), auth);

  alice_->may_be_delegated = false;
  ASSERT_EQ(client.LogOn(kAlice, "secret", {}, true), 0);
  EXPECT_EQ(client.last().ticket_flags & TKT_FLG_FORWARDABLE, 0);
}

TEST_F(Krb5KdcTest, AUserIsNoService) {
  Realm& realm = AddRealm();
  realm.AddFromPassword("bob", "bob's secret");
  MitClient client(realms_, kNow);
  ASSERT_EQ(client.LogOn(kAlice, "secret"), 0);
  EXPECT_EQ(client.GetTicket("bob@EXAMPLE.TEST"),
            KRB5KDC_ERR_MUST_USE_USER2USER);
}

}  // namespace
}  // namespace sspilab::interop
