// Our client gets its tickets from MIT's krb5kdc, and goes with them to MIT's
// acceptor and to ours.

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/interop/mit_gss.h"
#include "tests/interop/peer.h"
#include "tests/interop/real_kdc.h"

namespace sspilab::interop {
namespace {

using kerberos::Etype;
using sspilab::testing::End;

struct TypeRow {
  Etype etype;
  // MIT's name, and that of the users and the service with keys of this type
  // alone.
  std::string_view enctype;
  std::string_view label;
};
constexpr TypeRow kTypes[] = {
    {Etype::kAes256CtsHmacSha1, "aes256-cts", "aes256"},
    {Etype::kAes128CtsHmacSha1, "aes128-cts", "aes128"},
    {Etype::kAes256CtsHmacSha384, "aes256-sha2", "aes256sha2"},
    {Etype::kAes128CtsHmacSha256, "aes128-sha2", "aes128sha2"},
    {Etype::kRc4Hmac, "rc4-hmac", "rc4"},
};

std::string Commands() {
  std::string commands;
  for (const TypeRow& row : kTypes) {
    const std::string keys = absl::StrCat(" -e ", row.enctype, ":normal ");
    const std::string service =
        absl::StrCat("HTTP/", row.label, ".example.test");
    absl::StrAppend(&commands,
                    // One with pre-authentication, one without.
                    "addprinc -pw secret +requires_preauth", keys, "alice-",
                    row.label, "\naddprinc -pw secret", keys, "bob-", row.label,
                    "\naddprinc -randkey", keys, service,
                    "\nktadd -norandkey -k ", RealKdc::Path(row.label),
                    ".keytab ", service, "\n");
  }
  constexpr std::string_view kAlice =
      "addprinc -pw secret +requires_preauth -e aes256-cts:normal ";
  absl::StrAppend(&commands, kAlice, "-allow_tix disabled\n",  //
                  kAlice, "-expire yesterday expired\n",       //
                  kAlice, "-pwexpire yesterday old-password\n",
                  "addprinc -pw machines -e aes256-cts:normal "
                  "HTTP/lab.example.test\n");
  return commands;
}

// One for all tests. It ends with the process.
RealKdc& Kdc() {
  static RealKdc kdc(Commands());
  return kdc;
}

// A reply, and what its ticket and the rest of it are encrypted with.
std::string Describe(kerberos::Bytes reply) {
  const auto types = [](const auto& rep) {
    const auto ticket = kerberos::Parse<kerberos::Ticket>(rep.ticket.der);
    EXPECT_TRUE(ticket.ok()) << ticket.status();
    return ticket.ok() ? absl::StrCat(" ", ticket->enc_part.etype, " ",
                                      rep.enc_part.etype)
                       : "";
  };
  if (const auto rep = kerberos::Parse<kerberos::AsRep>(reply); rep.ok()) {
    return absl::StrCat("AS-REP", types(*rep));
  }
  if (const auto rep = kerberos::Parse<kerberos::TgsRep>(reply); rep.ok()) {
    return absl::StrCat("TGS-REP", types(*rep));
  }
  const auto error = kerberos::Parse<kerberos::KrbError>(reply);
  EXPECT_TRUE(error.ok()) << error.status();
  return error.ok() ? absl::StrCat("KRB-ERROR ", error->error_code) : "";
}

class RealKdcTest : public ::testing::Test {
 protected:
  RealKdcTest() : world_({.now = kerberos::ToFileTime({std::time(nullptr)})}) {
    Entropy entropy(1, 1);
    // Our own KDC of the realm would know nobody.
    world_.realms()
        .Add("EXAMPLE.TEST", entropy)
        .set_exchange([this](kerberos::Bytes request) {
          std::vector<uint8_t> reply = Kdc().Exchange(request);
          if (!reply.empty()) replies_.push_back(Describe(reply));
          return reply;
        });
    // KRB5_CONFIG, too, is its.
    Kdc();
  }

  // What InitializeSecurityContext says at the first leg.
  SECURITY_STATUS FirstLeg(std::string_view user, std::u16string password,
                           std::u16string target) {
    End client;
    client.package = u"Kerberos";
    client.target = target;
    EXPECT_EQ(client.AcquireOutbound(world_, ToUtf16(user).c_str(), u"EXAMPLE",
                                     password.c_str()),
              SEC_E_OK);
    Bytes token;
    return client.Initialize(&token);
  }

  World world_;
  std::vector<std::string> replies_;
};

class EachType : public RealKdcTest,
                 public ::testing::WithParamInterface<TypeRow> {
 protected:
  EachType() { world_.options().kerberos.etypes = {GetParam().etype}; }
  std::string service() const {
    return absl::StrCat("HTTP/", GetParam().label, ".example.test");
  }
};

// The ticket-granting ticket is encrypted with the KDC's own best key.
TEST_P(EachType, TicketsForUsersAndServices) {
  const int etype = static_cast<int>(GetParam().etype);
  const std::string as_rep = absl::StrCat("AS-REP 18 ", etype);
  const std::string tgs_rep = absl::StrCat("TGS-REP ", etype, " ", etype);
  ASSERT_EQ(FirstLeg(absl::StrCat("alice-", GetParam().label), u"secret",
                     ToUtf16(service())),
            SEC_E_OK);
  const std::vector<std::string> with_preauthentication = {"KRB-ERROR 25",
                                                           as_rep, tgs_rep};
  EXPECT_EQ(replies_, with_preauthentication);
  replies_.clear();
  ASSERT_EQ(FirstLeg(absl::StrCat("bob-", GetParam().label), u"secret",
                     ToUtf16(service())),
            SEC_E_OK);
  const std::vector<std::string> without = {as_rep, tgs_rep};
  EXPECT_EQ(replies_, without);
}

// With the keytab that kadmin has written.
TEST_P(EachType, MitsAcceptorTakesThem) {
  End client;
  client.package = u"Kerberos";
  client.target = ToUtf16(service());
  client.requirements = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY;
  ASSERT_EQ(
      client.AcquireOutbound(
          world_, ToUtf16(absl::StrCat("alice-", GetParam().label)).c_str(),
          u"EXAMPLE", u"secret"),
      SEC_E_OK);
  MitEnd acceptor;
  acceptor.Acquire(
      GSS_C_ACCEPT,
      {{"keytab",
        absl::StrCat("FILE:", RealKdc::Path(GetParam().label), ".keytab")}});
  Bytes token;
  ASSERT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  const MitEnd::Outcome outcome = acceptor.Accept(&token);
  ASSERT_EQ(outcome.major, GSS_S_COMPLETE) << outcome.words();
  ASSERT_EQ(client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(acceptor.PeerName(),
            absl::StrCat("alice-", GetParam().label, "@EXAMPLE.TEST"));
  EXPECT_EQ(acceptor.ExportLucid().key, client.SessionKey());
}

INSTANTIATE_TEST_SUITE_P(All, EachType, ::testing::ValuesIn(kTypes),
                         [](const auto& type) {
                           return std::string(type.param.label);
                         });

// krb5kdc puts a PAC into its tickets, which is more than our KDC does.
TEST_F(RealKdcTest, OurAcceptorTakesThem) {
  World server_world({.now = world_.now()});
  Entropy entropy(3, 3);
  const std::vector<Etype> types = {Etype::kAes256CtsHmacSha1};
  server_world.realms()
      .Add("EXAMPLE.TEST", entropy)
      .Add({.name = "LAB$",
            .keys = kerberos::AccountKeys::FromPassword(
                types, "machines", "EXAMPLE.TESTHTTPlab.example.test")});
  End client;
  End server;
  client.package = server.package = u"Kerberos";
  client.target = u"HTTP/lab.example.test";
  client.requirements = ISC_REQ_MUTUAL_AUTH;
  ASSERT_EQ(
      client.AcquireOutbound(world_, u"alice-aes256", u"EXAMPLE", u"secret"),
      SEC_E_OK);
  ASSERT_EQ(server.AcquireInbound(server_world), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(server.Accept(&token), SEC_E_OK);
  ASSERT_EQ(client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(server.Name(), u"EXAMPLE\\alice-aes256");
  EXPECT_EQ(server.SessionKey(), client.SessionKey());
}

struct Refusal {
  std::string_view user;
  std::u16string password;
  std::u16string target;
  SECURITY_STATUS status;
};

TEST_F(RealKdcTest, RefusalsAreUnderstood) {
  const std::u16string service = u"HTTP/lab.example.test";
  const Refusal refusals[] = {
      {"alice-aes256", u"secret", service, SEC_E_OK},
      {"alice-aes256", u"wrong", service, SEC_E_LOGON_DENIED},
      // The KDC does not see it: the answer cannot be decrypted.
      {"bob-aes256", u"wrong", service, SEC_E_LOGON_DENIED},
      {"nobody", u"secret", service, SEC_E_LOGON_DENIED},
      {"disabled", u"secret", service, SEC_E_LOGON_DENIED},
      {"expired", u"secret", service, SEC_E_LOGON_DENIED},
      {"old-password", u"secret", service, SEC_E_LOGON_DENIED},
      {"alice-aes256", u"secret", u"HTTP/nowhere.example.test",
       SEC_E_TARGET_UNKNOWN},
  };
  for (const Refusal& row : refusals) {
    const SECURITY_STATUS status = FirstLeg(row.user, row.password, row.target);
    EXPECT_EQ(status, row.status) << row.user << ": " << StatusName(status);
  }
  // The user has a key of this type alone, and the machine knows another.
  world_.options().kerberos.etypes = {Etype::kAes128CtsHmacSha1};
  EXPECT_EQ(FirstLeg("alice-aes256", u"secret", service),
            SEC_E_KDC_UNKNOWN_ETYPE);
}

// As Windows does: the refusal says what time it is.
TEST_F(RealKdcTest, AWrongClockGivesWayToTheKdcs) {
  world_.Advance(600 * kFileTimeSecond);
  const SECURITY_STATUS status =
      FirstLeg("alice-aes256", u"secret", u"HTTP/lab.example.test");
  EXPECT_EQ(status, SEC_E_OK) << StatusName(status);
  const std::vector<std::string> replies = {"KRB-ERROR 25", "KRB-ERROR 37",
                                            "AS-REP 18 18", "TGS-REP 18 18"};
  EXPECT_EQ(replies_, replies);
}

TEST_F(RealKdcTest, NobodyAnswersWhileItIsStopped) {
  Kdc().Stop();
  EXPECT_EQ(FirstLeg("alice-aes256", u"secret", u"HTTP/lab.example.test"),
            SEC_E_NO_AUTHENTICATING_AUTHORITY);
  ASSERT_TRUE(Kdc().Start());
  EXPECT_EQ(FirstLeg("alice-aes256", u"secret", u"HTTP/lab.example.test"),
            SEC_E_OK);
}

}  // namespace
}  // namespace sspilab::interop
