// User-to-user: the acceptor has a ticket-granting ticket instead of a key.

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/types/span.h"
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

using sspilab::testing::Bytes;
using sspilab::testing::End;
using sspilab::testing::KerberosLab;
using sspilab::testing::RunLegs;

// alice talks to bob, whose machine is the server's.
struct TwoUsers : KerberosLab {
  TwoUsers() {
    for (World* const world : {&client_world, &server_world}) {
      kerberos::Realm& each = *world->realms().Find("EXAMPLE.TEST");
      each.AddFromPassword("bob", "bob's secret");
      each.AddFromPassword("carol", "carol's secret");
    }
    client.target = u"bob";
    client.requirements = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY;
  }

  SECURITY_STATUS AcquireBoth(const char16_t* acceptor = u"bob",
                              const char16_t* password = u"bob's secret") {
    const SECURITY_STATUS status =
        client.AcquireOutbound(client_world, u"alice", u"EXAMPLE", u"secret");
    if (status != SEC_E_OK) return status;
    return server.AcquireAs(SECPKG_CRED_INBOUND, server_world, acceptor,
                            u"EXAMPLE", password);
  }
};

void ExpectASignaturePasses(End& from, End& to) {
  SecPkgContext_Sizes sizes = {};
  ASSERT_EQ(QueryContextAttributesW(&from.context, SECPKG_ATTR_SIZES, &sizes),
            SEC_E_OK);
  Bytes token(sizes.cbMaxSignature);
  Bytes data(10, 0x42);
  SecBuffer buffers[] = {
      {static_cast<ULONG>(token.size()), SECBUFFER_TOKEN, token.data()},
      {static_cast<ULONG>(data.size()), SECBUFFER_DATA, data.data()}};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 2, buffers};
  ASSERT_EQ(MakeSignature(&from.context, 0, &descriptor, 0), SEC_E_OK);
  EXPECT_EQ(VerifySignature(&to.context, &descriptor, 0, nullptr), SEC_E_OK);
}

void ExpectEstablished(TwoUsers& lab) {
  EXPECT_NE(lab.client.attributes & ISC_RET_USE_SESSION_KEY, 0);
  EXPECT_NE(lab.server.attributes & ASC_RET_USE_SESSION_KEY, 0);
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
  EXPECT_FALSE(lab.client.SessionKey().empty());
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
  ExpectASignaturePasses(lab.client, lab.server);
  ExpectASignaturePasses(lab.server, lab.client);
}

TEST(KerberosUserToUserTest, TheKdcWantsItForAnAccountWithoutAServicesName) {
  for (const char16_t* const package : {u"Kerberos", u"Negotiate"}) {
    for (const ULONG mutual : {ISC_REQ_MUTUAL_AUTH, 0}) {
      TwoUsers lab;
      lab.client.package = lab.server.package = package;
      lab.client.requirements = mutual | ISC_REQ_INTEGRITY;
      ASSERT_EQ(lab.AcquireBoth(), SEC_E_OK);
      int tokens = 0;
      ASSERT_EQ(RunLegs(lab.client, lab.server, &tokens), SEC_E_OK);
      if (lab.client.package == u"Kerberos") {
        EXPECT_EQ(tokens, mutual != 0 ? 4 : 3);
      }
      ExpectEstablished(lab);
    }
  }
}

TEST(KerberosUserToUserTest, TheInitiatorsCallerWantsIt) {
  for (const ULONG dce : {0, ISC_REQ_USE_DCE_STYLE}) {
    // Of a machine, which has keys and no password.
    TwoUsers lab;
    lab.client.target = u"HTTP/lab.example.test";
    lab.client.requirements |= ISC_REQ_USE_SESSION_KEY | dce;
    ASSERT_EQ(lab.Acquire(), SEC_E_OK);
    int tokens = 0;
    ASSERT_EQ(RunLegs(lab.client, lab.server, &tokens), SEC_E_OK);
    EXPECT_EQ(tokens, dce != 0 ? 5 : 4);
    ExpectEstablished(lab);
  }
}

TEST(KerberosUserToUserTest, TheAcceptorsCallerWantsIt) {
  TwoUsers lab;
  lab.client.target = u"HTTP/lab.example.test";
  lab.server.requirements = ASC_REQ_USE_SESSION_KEY;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  int tokens = 0;
  ASSERT_EQ(RunLegs(lab.client, lab.server, &tokens), SEC_E_OK);
  EXPECT_EQ(tokens, 4);
  ExpectEstablished(lab);
}

TEST(KerberosUserToUserTest, ATicketOfAnotherIsTheWrongPrincipal) {
  TwoUsers lab;
  ASSERT_EQ(lab.AcquireBoth(u"carol", u"carol's secret"), SEC_E_OK);
  EXPECT_EQ(RunLegs(lab.client, lab.server), SEC_E_WRONG_PRINCIPAL);
}

TEST(KerberosUserToUserTest, AnAcceptorWithoutATicketSaysWhy) {
  {
    TwoUsers lab;
    ASSERT_EQ(lab.AcquireBoth(u"bob", u"not his"), SEC_E_OK);
    EXPECT_EQ(RunLegs(lab.client, lab.server), SEC_E_NO_CREDENTIALS);
  }
  {
    TwoUsers lab;
    ASSERT_EQ(lab.AcquireBoth(), SEC_E_OK);
    lab.server_world.options().authority_reachable = false;
    EXPECT_EQ(RunLegs(lab.client, lab.server),
              SEC_E_NO_AUTHENTICATING_AUTHORITY);
  }
  {
    // Who was not asked for its ticket has no key for this AP-REQ.
    TwoUsers lab;
    ASSERT_EQ(lab.AcquireBoth(), SEC_E_OK);
    Bytes token;
    ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
    ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    End other;
    other.package = u"Kerberos";
    ASSERT_EQ(other.AcquireAs(SECPKG_CRED_INBOUND, lab.server_world, u"bob",
                              u"EXAMPLE", u"bob's secret"),
              SEC_E_OK);
    EXPECT_EQ(other.Accept(&token), SEC_E_NO_KERB_KEY);
  }
}

TEST(KerberosUserToUserTest, WhoWantsItTakesNothingElse) {
  TwoUsers lab;
  lab.client.target = u"HTTP/lab.example.test";
  lab.server.requirements = ASC_REQ_USE_SESSION_KEY;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  const Bytes first = token;
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  token = first;
  EXPECT_EQ(lab.server.Accept(&token), SEC_E_INVALID_TOKEN);
}

// KRB_AP_ERR_USER_TO_USER_REQUIRED without the ticket that belongs to it.
TEST(KerberosUserToUserTest, ADemandWithoutATicketIsNoTgtReply) {
  TwoUsers lab;
  lab.client.target = u"HTTP/lab.example.test";
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  const Bytes error = kerberos::Encode(kerberos::KrbError{
      .stime = {1704067200},
      .error_code =
          static_cast<int32_t>(kerberos::ErrorCode::kUserToUserRequired),
      .realm = "EXAMPLE.TEST",
      .sname = {.name_type = 2, .name_string = {"host", "lab"}}});
  token.resize(kerberos::FramedSize(error.size(), false));
  const absl::Span<uint8_t> place = kerberos::WriteFraming(
      kerberos::TokenId::kKrbError, false, error.size(), absl::MakeSpan(token));
  std::copy(error.begin(), error.end(), place.begin());
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_NO_TGT_REPLY);
}

TEST(KerberosUserToUserTest, AnAlteredTicketIsRefused) {
  // What is there instead of the acceptor's answer.
  for (const bool cut : {true, false}) {
    TwoUsers lab;
    ASSERT_EQ(lab.AcquireBoth(), SEC_E_OK);
    Bytes token;
    ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
    if (cut) {
      token.resize(token.size() / 2);
      EXPECT_EQ(lab.client.Initialize(&token), SEC_E_INVALID_TOKEN);
    } else {
      // The ticket's ciphertext: the KDC sees it.
      token.back() ^= 1;
      EXPECT_EQ(lab.client.Initialize(&token), SEC_E_KDC_INVALID_REQUEST);
    }
  }
}

TEST(KerberosUserToUserTest, ATokenThatHasNoRoomChangesNothing) {
  for (const bool demanded : {false, true}) {
    TwoUsers lab;
    if (demanded) {
      lab.client.target = u"HTTP/lab.example.test";
      lab.server.requirements = ASC_REQ_USE_SESSION_KEY;
      ASSERT_EQ(lab.Acquire(), SEC_E_OK);
    } else {
      ASSERT_EQ(lab.AcquireBoth(), SEC_E_OK);
    }
    Bytes token;
    for (int leg = 0; leg < 4; ++leg) {
      End& end = leg % 2 == 0 ? lab.client : lab.server;
      const auto take = [&](Bytes* bytes) {
        return leg % 2 == 0 ? end.Initialize(bytes) : end.Accept(bytes);
      };
      Bytes copy = token;
      end.output_size = 20;
      ASSERT_EQ(take(&copy), SEC_E_BUFFER_TOO_SMALL) << leg;
      end.output_size = 4096;
      ASSERT_EQ(take(&token), leg < 3 ? SEC_I_CONTINUE_NEEDED : SEC_E_OK)
          << leg;
    }
    EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OK);
    ExpectEstablished(lab);
  }
}

}  // namespace
}  // namespace sspilab
