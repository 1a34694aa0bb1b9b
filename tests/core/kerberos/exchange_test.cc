// Kerberos through the C interface, both ends ours.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/account_state.h"
#include "core/kerberos/realm.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/kerberos/sealed.h"

namespace sspilab {
namespace {

using kerberos::Etype;
using sspilab::testing::Bytes;
using sspilab::testing::End;
using sspilab::testing::KerberosLab;
using sspilab::testing::Sealed;

constexpr ULONG kWants = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY |
                         ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT |
                         ISC_REQ_SEQUENCE_DETECT;

// Both directions, twice each, signed and encrypted.
void ExpectMessagesPass(End& client, End& server) {
  for (int round = 0; round < 2; ++round) {
    for (auto [from, to] :
         {std::pair(&client, &server), std::pair(&server, &client)}) {
      for (const size_t size : {0, 1, 16, 100}) {
        const Bytes text(size, 0x42);
        Sealed message{{}, text, {}};
        ASSERT_EQ(Encrypt(*from, &message), SEC_E_OK);
        if (size >= 16) {
          EXPECT_NE(message.data, text);
        }
        ASSERT_EQ(Decrypt(*to, &message), SEC_E_OK);
        EXPECT_EQ(message.data, text);

        ASSERT_EQ(Encrypt(*from, &message, SECQOP_WRAP_NO_ENCRYPT), SEC_E_OK);
        EXPECT_EQ(message.data, text);
        ULONG qop = 0;
        ASSERT_EQ(Decrypt(*to, &message, &qop), SEC_E_OK);
        EXPECT_EQ(qop, SECQOP_WRAP_NO_ENCRYPT);

        ASSERT_EQ(Sign(*from, &message), SEC_E_OK);
        EXPECT_EQ(Verify(*to, &message), SEC_E_OK);
      }
    }
  }
}

class EachEtype : public ::testing::TestWithParam<Etype> {};

TEST_P(EachEtype, BothProveThemselvesAndTalk) {
  KerberosLab lab({GetParam()});
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.requirements = kWants;
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  EXPECT_TRUE(token.empty());
  EXPECT_EQ(lab.client.attributes,
            ISC_RET_MUTUAL_AUTH | ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY |
                ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT);
  EXPECT_EQ(lab.server.attributes,
            ASC_RET_MUTUAL_AUTH | ASC_RET_CONFIDENTIALITY | ASC_RET_INTEGRITY |
                ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT);
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
  EXPECT_FALSE(lab.client.SessionKey().empty());
  EXPECT_EQ(lab.client.Name(), u"EXAMPLE\\alice");
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
  ExpectMessagesPass(lab.client, lab.server);
}

TEST_P(EachEtype, OneTokenIsEnoughWithoutMutualAuthentication) {
  KerberosLab lab({GetParam()});
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.requirements = kWants & ~ISC_REQ_MUTUAL_AUTH;
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  EXPECT_TRUE(token.empty());
  EXPECT_EQ(lab.client.attributes & ISC_RET_MUTUAL_AUTH, 0);
  EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
  ExpectMessagesPass(lab.client, lab.server);
}

TEST_P(EachEtype, DceStyleHasThreeLegs) {
  KerberosLab lab({GetParam()});
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.requirements = kWants | ISC_REQ_USE_DCE_STYLE;
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  // No framing: an AP-REQ.
  EXPECT_EQ(token[0], 0x6E);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(token[0], 0x6F);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(token[0], 0x6F);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  EXPECT_NE(lab.server.attributes & ASC_RET_USED_DCE_STYLE, 0);
  ExpectMessagesPass(lab.client, lab.server);
}

INSTANTIATE_TEST_SUITE_P(All, EachEtype,
                         ::testing::Values(Etype::kAes256CtsHmacSha1,
                                           Etype::kAes128CtsHmacSha1,
                                           Etype::kAes256CtsHmacSha384,
                                           Etype::kAes128CtsHmacSha256,
                                           Etype::kRc4Hmac));

// The first leg's status where the KDC, or nobody, answers.
TEST(KerberosExchangeTest, WhatTheKdcSaysBecomesAStatus) {
  const auto begin = [](KerberosLab& lab, const char16_t* password = u"secret",
                        const char16_t* target = u"cifs/lab.example.test") {
    EXPECT_EQ(lab.Acquire(password), SEC_E_OK);
    lab.client.target = target;
    Bytes token;
    return lab.client.Initialize(&token);
  };
  {
    KerberosLab lab;
    EXPECT_EQ(begin(lab), SEC_E_OK);
  }
  {
    KerberosLab lab;
    EXPECT_EQ(begin(lab, u"wrong"), SEC_E_LOGON_DENIED);
  }
  {
    KerberosLab lab;
    EXPECT_EQ(begin(lab, u"secret", u"cifs/nowhere.example.test"),
              SEC_E_TARGET_UNKNOWN);
  }
  {
    KerberosLab lab;
    EXPECT_EQ(begin(lab, u"secret", u""), SEC_E_TARGET_UNKNOWN);
  }
  {
    KerberosLab lab;
    lab.client_world.options().authority_reachable = false;
    EXPECT_EQ(begin(lab), SEC_E_NO_AUTHENTICATING_AUTHORITY);
  }
  for (const AccountState state :
       {AccountState::kDisabled, AccountState::kLocked, AccountState::kExpired,
        AccountState::kPasswordExpired}) {
    KerberosLab lab;
    lab.realm().Find("alice")->state = state;
    EXPECT_EQ(begin(lab), SEC_E_LOGON_DENIED);
  }
  {
    KerberosLab lab;
    lab.client_world.options().kerberos.etypes = {Etype::kAes128CtsHmacSha1};
    EXPECT_EQ(begin(lab), SEC_E_KDC_UNKNOWN_ETYPE);
  }
}

TEST(KerberosExchangeTest, WithoutPreauthenticationAWrongPasswordShowsToo) {
  KerberosLab lab;
  lab.realm().Find("alice")->requires_preauthentication = false;
  ASSERT_EQ(lab.Acquire(u"wrong"), SEC_E_OK);
  Bytes token;
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_LOGON_DENIED);
}

TEST(KerberosExchangeTest, AnotherRealmsServiceIsReachedByReferral) {
  KerberosLab lab;
  Entropy entropy(5, 5);
  for (World* const world : {&lab.client_world, &lab.server_world}) {
    kerberos::Realm& partner =
        world->realms().Add("PARTNER.TEST", entropy, lab.realm().policy());
    partner.AddFromPassword("LAB$", "another secret").aliases = {
        "HTTP/web.partner.test"};
    kerberos::Realm::Trust(*world->realms().Find("EXAMPLE.TEST"), partner,
                           "between the two");
  }
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.target = u"HTTP/web.partner.test";
  lab.client.requirements = kWants;
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
}

// The acceptor's verdict on the first token, and the initiator's on its answer.
struct Verdict {
  SECURITY_STATUS acceptor;
  SECURITY_STATUS initiator;
};

Verdict Judge(KerberosLab& lab, Bytes token) {
  lab.server.requirements = ASC_REQ_EXTENDED_ERROR;
  Verdict verdict;
  verdict.acceptor = lab.server.Accept(&token);
  verdict.initiator = lab.client.Initialize(&token);
  return verdict;
}

Bytes FirstToken(KerberosLab& lab) {
  EXPECT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.requirements = kWants;
  Bytes token;
  EXPECT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  return token;
}

TEST(KerberosExchangeTest, AServerWithAnotherKeyIsTheWrongPrincipal) {
  KerberosLab lab;
  const Bytes token = FirstToken(lab);
  kerberos::Realm& realm = *lab.server_world.realms().Find("EXAMPLE.TEST");
  realm.AddFromPassword("LAB$", "changed since");
  const Verdict verdict = Judge(lab, token);
  EXPECT_EQ(verdict.acceptor, SEC_E_LOGON_DENIED);
  EXPECT_EQ(verdict.initiator, SEC_E_WRONG_PRINCIPAL);
}

TEST(KerberosExchangeTest, ClocksThatDifferAreASkew) {
  KerberosLab lab;
  const Bytes token = FirstToken(lab);
  lab.server_world.Advance(301 * kFileTimeSecond);
  const Verdict verdict = Judge(lab, token);
  EXPECT_EQ(verdict.acceptor, SEC_E_TIME_SKEW);
  EXPECT_EQ(verdict.initiator, SEC_E_TIME_SKEW);
}

TEST(KerberosExchangeTest, ATokenIsTakenOnce) {
  KerberosLab lab;
  const Bytes token = FirstToken(lab);
  Bytes again = token;
  ASSERT_EQ(lab.server.Accept(&again), SEC_E_OK);
  End second;
  second.package = u"Kerberos";
  ASSERT_EQ(second.AcquireInbound(lab.server_world), SEC_E_OK);
  again = token;
  EXPECT_EQ(second.Accept(&again), SEC_E_LOGON_DENIED);
}

TEST(KerberosExchangeTest, NoFlippedBitOfTheFirstTokenIsBelieved) {
  KerberosLab lab;
  const Bytes token = FirstToken(lab);
  for (size_t i = 0; i < token.size(); ++i) {
    End server;
    server.package = u"Kerberos";
    ASSERT_EQ(server.AcquireInbound(lab.server_world), SEC_E_OK);
    Bytes altered = token;
    altered[i] ^= 0x10;
    const SECURITY_STATUS status = server.Accept(&altered);
    // What stands outside of the encrypted parts, and is not used, may be
    // anything.
    if (status == SEC_E_OK) {
      EXPECT_EQ(server.Name(), u"EXAMPLE\\alice") << i;
    } else {
      EXPECT_LT(status, 0) << i;
    }
  }
}

// The first byte of AP-OPTIONS that has options: [2], a BIT STRING.
uint8_t& ApOptions(Bytes& token) {
  constexpr uint8_t kBefore[] = {0xA1, 0x03, 0x02, 0x01, 0x0E,
                                 0xA2, 0x07, 0x03, 0x05, 0x00};
  const auto found = std::search(token.begin(), token.end(),
                                 std::begin(kBefore), std::end(kBefore));
  EXPECT_NE(found, token.end());
  return found[std::size(kBefore)];
}

// Nothing protects AP-OPTIONS: whether there is to be an AP-REP is what the
// authenticator's checksum says (RFC 4121 4.1.1.1), to both the same.
TEST(KerberosExchangeTest, MutualAuthenticationIsNotUpToTheApOptions) {
  constexpr uint8_t kMutualRequired = 0x20;
  for (const ULONG mutual : {ISC_REQ_MUTUAL_AUTH, 0}) {
    KerberosLab lab;
    ASSERT_EQ(lab.Acquire(), SEC_E_OK);
    lab.client.requirements = (kWants & ~ISC_REQ_MUTUAL_AUTH) | mutual;
    Bytes token;
    const SECURITY_STATUS sent = lab.client.Initialize(&token);
    ASSERT_EQ(sent, mutual != 0 ? SEC_I_CONTINUE_NEEDED : SEC_E_OK);
    EXPECT_EQ(ApOptions(token), mutual != 0 ? kMutualRequired : 0);
    ApOptions(token) ^= kMutualRequired;
    ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
    EXPECT_EQ(token.empty(), mutual == 0);
    if (mutual != 0) {
      ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
    }
    EXPECT_EQ((lab.server.attributes & ASC_RET_MUTUAL_AUTH) != 0, mutual != 0);
    EXPECT_EQ(lab.client.SessionKey(), lab.server.SessionKey());
    ExpectMessagesPass(lab.client, lab.server);
  }
}

TEST(KerberosExchangeTest, AForgedAnswerIsNoProof) {
  KerberosLab lab;
  Bytes token = FirstToken(lab);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  token.back() ^= 1;
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_MUTUAL_AUTH_FAILED);
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OUT_OF_SEQUENCE);
}

TEST(KerberosExchangeTest, AlteredAndRepeatedMessagesAreRefused) {
  KerberosLab lab;
  Bytes token = FirstToken(lab);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  Sealed message{{}, Bytes(20, 7), {}};
  ASSERT_EQ(Encrypt(lab.client, &message), SEC_E_OK);
  Sealed copy = message;
  copy.data[3] ^= 1;
  EXPECT_EQ(Decrypt(lab.server, &copy), SEC_E_MESSAGE_ALTERED);
  copy = message;
  EXPECT_EQ(Decrypt(lab.server, &copy), SEC_E_OK);
  EXPECT_EQ(Decrypt(lab.server, &message), SEC_E_OUT_OF_SEQUENCE);

  Sealed signature{{}, Bytes(20, 7), {}};
  ASSERT_EQ(Sign(lab.server, &signature), SEC_E_OK);
  signature.data[0] ^= 1;
  EXPECT_EQ(Verify(lab.client, &signature), SEC_E_MESSAGE_ALTERED);
  signature.data[0] ^= 1;
  EXPECT_EQ(Verify(lab.client, &signature), SEC_E_OK);
}

TEST(KerberosExchangeTest, AContextEndsWithItsTicket) {
  KerberosLab lab;
  Bytes token = FirstToken(lab);
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  ASSERT_EQ(lab.client.Initialize(&token), SEC_E_OK);
  lab.client_world.Advance(uint64_t{10} * 3600 * kFileTimeSecond);
  Sealed message{{}, Bytes(20, 7), {}};
  EXPECT_EQ(Encrypt(lab.client, &message), SEC_E_CONTEXT_EXPIRED);
}

TEST(KerberosExchangeTest, ATokenThatHasNoRoomChangesNothing) {
  KerberosLab lab;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.requirements = kWants;
  lab.client.output_size = 40;
  Bytes token;
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_BUFFER_TOO_SMALL);
  lab.client.output_size = 4096;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  lab.server.output_size = 40;
  Bytes copy = token;
  EXPECT_EQ(lab.server.Accept(&copy), SEC_E_BUFFER_TOO_SMALL);
  lab.server.output_size = 4096;
  ASSERT_EQ(lab.server.Accept(&token), SEC_E_OK);
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_OK);
}

}  // namespace
}  // namespace sspilab
