// What administrators, accounts and callers can vary about NTLM, and what comes
// of it.

#include <cstdint>
#include <string>

#include "core/impersonation.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/bindings.h"
#include "tests/core/handshake.h"

namespace sspilab {
namespace {

using ntlm::AuthenticateMessage;
using ntlm::AvId;
using testing::Bindings;
using testing::Bytes;
using testing::End;
using testing::RunNtlm;

constexpr FileTime kHour = 3600 * kFileTimeSecond;

// Client and server with a World each.
class NtlmPolicyTest : public ::testing::Test {
 protected:
  NtlmPolicyTest() {
    there_.accounts().Add(u"Alice", u"EXAMPLE", u"Sesame1!");
    there_.accounts().Add(u"Local", u"LAB", u"Sesame1!");
    client_.requirements = ISC_REQ_CONFIDENTIALITY;
  }

  NtlmPolicy& here() { return here_.options().ntlm; }
  NtlmPolicy& there() { return there_.options().ntlm; }

  // The status of the last leg; `authenticate_` is what it was given.
  SECURITY_STATUS Run(const char16_t* user = u"Alice",
                      const char16_t* domain = u"EXAMPLE",
                      const char16_t* password = u"Sesame1!") {
    client_.Close();
    server_.Close();
    EXPECT_EQ(client_.AcquireOutbound(here_, user, domain, password), SEC_E_OK);
    EXPECT_EQ(server_.AcquireInbound(there_), SEC_E_OK);
    Bytes token;
    EXPECT_GE(client_.Initialize(&token), 0);
    EXPECT_GE(server_.Accept(&token), 0);
    EXPECT_EQ(client_.Initialize(&token), SEC_E_OK);
    authenticate_ = token;
    const SECURITY_STATUS status = server_.Accept(&token);
    if (status == SEC_E_OK) {
      EXPECT_EQ(client_.SessionKey(), server_.SessionKey());
      EXPECT_NE(client_.SessionKey(), Bytes());
    }
    return status;
  }

  AuthenticateMessage Sent() const {
    return AuthenticateMessage::Parse(authenticate_).value();
  }

  // A message each way, sealed where that was agreed, signed otherwise.
  void ExpectMessagesArrive() {
    const bool seal = (client_.attributes & ISC_RET_CONFIDENTIALITY) != 0;
    for (auto [from, to] :
         {std::pair(&client_, &server_), {&server_, &client_}}) {
      Bytes token(16);
      Bytes data = {'h', 'e', 'l', 'l', 'o'};
      SecBuffer buffers[] = {{16, SECBUFFER_TOKEN, token.data()},
                             {5, SECBUFFER_DATA, data.data()}};
      SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
      ASSERT_EQ(seal ? EncryptMessage(&from->context, 0, &message, 0)
                     : MakeSignature(&from->context, 0, &message, 0),
                SEC_E_OK);
      ASSERT_EQ(seal ? DecryptMessage(&to->context, &message, 0, nullptr)
                     : VerifySignature(&to->context, &message, 0, nullptr),
                SEC_E_OK);
      EXPECT_EQ(data, Bytes({'h', 'e', 'l', 'l', 'o'}));
    }
  }

  World here_{{.seed = 1}};
  World there_{{.seed = 2}};
  End client_, server_;
  Bytes authenticate_;
};

// LmCompatibilityLevel of the initiator (rows) and of the acceptor: what is
// sent, and whether it is taken.
TEST_F(NtlmPolicyTest, CompatibilityLevels) {
  struct Row {
    int level;
    size_t least_nt_size;
    int accepted_up_to;
  };
  for (const Row& row : {Row{0, 24, 4},
                         {1, 24, 4},
                         {2, 24, 4},
                         {3, 48, 5},
                         {4, 48, 5},
                         {5, 48, 5}}) {
    for (int acceptor = 0; acceptor <= 5; ++acceptor) {
      SCOPED_TRACE(::testing::Message()
                   << row.level << " against " << acceptor);
      here().lm_compatibility_level = row.level;
      there().lm_compatibility_level = acceptor;
      EXPECT_EQ(Run(),
                acceptor <= row.accepted_up_to ? SEC_E_OK : SEC_E_LOGON_DENIED);
      const size_t size = Sent().nt_response.size();
      EXPECT_TRUE(row.least_nt_size == 24 ? size == 24 : size > 48) << size;
    }
  }
}

// What is left when one side lacks a feature: every combination agrees on a
// key, and messages arrive.
TEST_F(NtlmPolicyTest, FeaturesThatOneSideLacks) {
  const uint32_t features[] = {
      ntlm::kNegotiateUnicode,     ntlm::kNegotiate128,
      ntlm::kNegotiate56,          ntlm::kNegotiateExtendedSessionSecurity,
      ntlm::kNegotiateKeyExchange, ntlm::kNegotiateSeal,
  };
  here().minimum_client_security = there().minimum_server_security = 0;
  for (const int level : {0, 2, 3}) {
    here().lm_compatibility_level = level;
    for (uint32_t subset = 0; subset < 1u << std::size(features); ++subset) {
      uint32_t lacking = 0;
      for (size_t i = 0; i < std::size(features); ++i) {
        if ((subset >> i & 1) != 0) lacking |= features[i];
      }
      SCOPED_TRACE(::testing::Message()
                   << "level " << level << ", lacking " << std::hex << lacking);
      // By turns it is the one side and the other that lacks them.
      (subset % 2 == 0 ? here() : there()).unsupported_flags = lacking;
      (subset % 2 == 0 ? there() : here()).unsupported_flags = 0;
      ASSERT_EQ(Run(), SEC_E_OK);
      EXPECT_EQ(server_.Name(), u"EXAMPLE\\Alice");
      EXPECT_EQ(Sent().flags & lacking, 0u);
      ExpectMessagesArrive();
    }
  }
}

TEST_F(NtlmPolicyTest, AccountsThatMayNotLogOn) {
  for (const AccountState state :
       {AccountState::kDisabled, AccountState::kLocked, AccountState::kExpired,
        AccountState::kPasswordExpired}) {
    there_.accounts().Find(u"alice", u"example")->state = state;
    EXPECT_EQ(Run(), SEC_E_LOGON_DENIED);
  }
  there_.accounts().Find(u"alice", u"example")->state = AccountState::kEnabled;
  EXPECT_EQ(Run(), SEC_E_OK);
}

// In which authority an account is looked for.
TEST_F(NtlmPolicyTest, AccountNames) {
  EXPECT_EQ(Run(u"ALICE", u"example"), SEC_E_OK);
  EXPECT_EQ(Run(u"Alice", u""), SEC_E_OK);
  EXPECT_EQ(Run(u"alice@example.test", u""), SEC_E_OK);
  EXPECT_EQ(Run(u"Alice", u"ELSEWHERE"), SEC_E_OK);
  EXPECT_EQ(Run(u"Local", u"LAB"), SEC_E_OK);
  EXPECT_EQ(Run(u"Local", u""), SEC_E_OK);
  EXPECT_EQ(Run(u"nobody", u"EXAMPLE"), SEC_E_LOGON_DENIED);
  EXPECT_EQ(Run(u"Alice", u"EXAMPLE", u""), SEC_E_LOGON_DENIED);
  // Without a domain controller the machine's own accounts still work.
  there_.options().authority_reachable = false;
  EXPECT_EQ(Run(), SEC_E_NO_AUTHENTICATING_AUTHORITY);
  EXPECT_EQ(Run(u"Local", u"LAB"), SEC_E_OK);
}

TEST_F(NtlmPolicyTest, NobodyIsWelcomeOnlyWhereAllowed) {
  EXPECT_EQ(Run(u"", u"", u""), SEC_E_LOGON_DENIED);
  server_.requirements = ASC_REQ_ALLOW_NULL_SESSION;
  EXPECT_EQ(Run(u"", u"", u""), SEC_E_OK);
  EXPECT_TRUE((client_.attributes & ISC_RET_NULL_SESSION) != 0);
  EXPECT_TRUE((server_.attributes & ASC_RET_NULL_SESSION) != 0);
  EXPECT_EQ(Sent().lm_response, absl::MakeConstSpan(Bytes{0}));
  // Whoever could be somebody may ask to be nobody.
  client_.requirements |= ISC_REQ_NULL_SESSION;
  EXPECT_EQ(Run(), SEC_E_OK);
  EXPECT_EQ(server_.Name(), u"");
}

// The clocks of the two sides may be 36 hours apart, no more. An acceptor that
// gives its time is answered with it; only without it the initiator's counts.
TEST_F(NtlmPolicyTest, Clocks) {
  for (const bool give_time : {true, false}) {
    there().send_timestamp = give_time;
    for (const FileTime apart : {35 * kHour, 37 * kHour}) {
      for (World* late : {&here_, &there_}) {
        here_.set_now(kFileTimeGenesis);
        there_.set_now(kFileTimeGenesis);
        late->Advance(apart);
        EXPECT_EQ(Run(), give_time || apart == 35 * kHour ? SEC_E_OK
                                                          : SEC_E_LOGON_DENIED)
            << give_time << " " << apart;
      }
    }
  }
}

// MS-NLMP 3.1.5.1.2: a MIC, and no LMv2 response, for acceptors that gave their
// time.
TEST_F(NtlmPolicyTest, MicGoesWithTheAcceptorsTime) {
  ASSERT_EQ(Run(), SEC_E_OK);
  EXPECT_NE(Sent().mic.value(), AuthenticateMessage::Mic{});
  EXPECT_EQ(Sent().lm_response, absl::MakeConstSpan(Bytes(24)));
  there().send_timestamp = false;
  ASSERT_EQ(Run(), SEC_E_OK);
  EXPECT_FALSE(Sent().mic.has_value());
  EXPECT_NE(Sent().lm_response, absl::MakeConstSpan(Bytes(24)));
}

TEST_F(NtlmPolicyTest, PermissiveWorldTakesAnything) {
  there_.options().verification = Verification::kPermissive;
  EXPECT_EQ(client_.AcquireOutbound(here_, u"Alice", u"EXAMPLE", u"wrong"),
            SEC_E_OK);
  EXPECT_EQ(server_.AcquireInbound(there_), SEC_E_OK);
  EXPECT_EQ(RunNtlm(client_, server_).accept, SEC_E_OK);
  // It does not take what is malformed.
  server_.Close();
  EXPECT_EQ(server_.AcquireInbound(there_), SEC_E_OK);
  Bytes garbage = {'N', 'T', 'L', 'M', 'S', 'S', 'P'};
  EXPECT_EQ(server_.Accept(&garbage), SEC_E_INVALID_TOKEN);
}

TEST_F(NtlmPolicyTest, ChannelBindings) {
  Bindings one("tls-server-end-point:one");
  Bindings two("tls-server-end-point:two");
  const auto run = [&](Bindings* client, Bindings* server, ULONG requirements) {
    client_.extra_input.clear();
    server_.extra_input.clear();
    if (client != nullptr) client_.extra_input = {client->buffer()};
    if (server != nullptr) server_.extra_input = {server->buffer()};
    server_.requirements = requirements;
    return Run();
  };
  EXPECT_EQ(run(&one, &one, 0), SEC_E_OK);
  EXPECT_EQ(run(&one, &two, 0), SEC_E_BAD_BINDINGS);
  EXPECT_EQ(run(nullptr, &one, 0), SEC_E_BAD_BINDINGS);
  EXPECT_EQ(run(nullptr, &one, ASC_REQ_ALLOW_MISSING_BINDINGS), SEC_E_OK);
  EXPECT_EQ(run(&two, &one, ASC_REQ_ALLOW_MISSING_BINDINGS),
            SEC_E_BAD_BINDINGS);
  EXPECT_EQ(run(&one, nullptr, 0), SEC_E_OK);
  // NTLMv1 cannot say which channel it means.
  here().lm_compatibility_level = 2;
  EXPECT_EQ(run(&one, &one, 0), SEC_E_BAD_BINDINGS);
}

// Bindings that only the last call of the acceptor brings count, too.
TEST_F(NtlmPolicyTest, ChannelBindingsOnTheLastLeg) {
  Bindings one("tls-unique:one");
  Bindings two("tls-unique:two");
  client_.extra_input = {one.buffer()};
  ASSERT_EQ(client_.AcquireOutbound(here_, u"Alice", u"EXAMPLE", u"Sesame1!"),
            SEC_E_OK);
  ASSERT_EQ(server_.AcquireInbound(there_), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(client_.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(server_.Accept(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(client_.Initialize(&token), SEC_E_OK);
  server_.extra_input = {two.buffer()};
  EXPECT_EQ(server_.Accept(&token), SEC_E_BAD_BINDINGS);
}

TEST_F(NtlmPolicyTest, TargetNameReachesTheAcceptor) {
  client_.target = u"HTTP/lab.example.test";
  client_.requirements |= ISC_REQ_UNVERIFIED_TARGET_NAME;
  ASSERT_EQ(Run(), SEC_E_OK);
  SecPkgContext_ClientSpecifiedTarget target = {};
  ASSERT_EQ(QueryContextAttributesW(
                &server_.context, SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, &target),
            SEC_E_OK);
  EXPECT_EQ(std::u16string_view(target.sTargetName), client_.target);
  FreeContextBuffer(target.sTargetName);
  const auto response = ntlm::NtlmV2Response::Parse(Sent().nt_response).value();
  EXPECT_EQ(response.client_challenge.av_pairs.Flags(),
            ntlm::kAvFlagMicProvided | ntlm::kAvFlagUntrustedSpn);
}

// MS-NLMP 3.1.5.2, 3.2.5.2: no NEGOTIATE, and the caller numbers the messages.
TEST_F(NtlmPolicyTest, Connectionless) {
  client_.requirements |= ISC_REQ_DATAGRAM;
  server_.requirements = ASC_REQ_DATAGRAM;
  ASSERT_EQ(client_.AcquireOutbound(here_, u"Alice", u"EXAMPLE", u"Sesame1!"),
            SEC_E_OK);
  ASSERT_EQ(server_.AcquireInbound(there_), SEC_E_OK);
  Bytes token;
  ASSERT_EQ(client_.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(token, Bytes());
  ASSERT_EQ(server_.Accept(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(client_.Initialize(&token), SEC_E_OK);
  ASSERT_EQ(server_.Accept(&token), SEC_E_OK);
  EXPECT_TRUE((client_.attributes & ISC_RET_DATAGRAM) != 0);
  EXPECT_TRUE((server_.attributes & ASC_RET_DATAGRAM) != 0);
  EXPECT_EQ(client_.SessionKey(), server_.SessionKey());

  // The second datagram overtakes the first.
  struct Datagram {
    Bytes token = Bytes(16);
    Bytes data;
    ULONG number;
    SecBuffer buffers[2];
    SecBufferDesc Describe() {
      buffers[0] = {16, SECBUFFER_TOKEN, token.data()};
      buffers[1] = {static_cast<ULONG>(data.size()), SECBUFFER_DATA,
                    data.data()};
      return {SECBUFFER_VERSION, 2, buffers};
    }
  };
  Datagram first{.data = {1, 2, 3}, .number = 7};
  Datagram second{.data = {4, 5, 6}, .number = 9};
  for (Datagram* sent : {&first, &second}) {
    SecBufferDesc message = sent->Describe();
    ASSERT_EQ(EncryptMessage(&client_.context, 0, &message, sent->number),
              SEC_E_OK);
  }
  for (Datagram* received : {&second, &first}) {
    SecBufferDesc message = received->Describe();
    ASSERT_EQ(
        DecryptMessage(&server_.context, &message, received->number, nullptr),
        SEC_E_OK);
  }
  EXPECT_EQ(second.data, Bytes({4, 5, 6}));
  EXPECT_EQ(first.data, Bytes({1, 2, 3}));
}

// The bits that Windows puts on the wire (its tokens are well known).
TEST_F(NtlmPolicyTest, NegotiateIsAsWindowsSendsIt) {
  struct Row {
    ULONG requirements;
    uint32_t flags;
  };
  for (const Row& row : {Row{0, 0xA2088207},
                         {ISC_REQ_INTEGRITY, 0xE2088297},
                         {ISC_REQ_CONFIDENTIALITY, 0xE20882B7},
                         {ISC_REQ_IDENTIFY, 0xA2188207}}) {
    client_.Close();
    client_.requirements = row.requirements;
    ASSERT_EQ(client_.AcquireOutbound(here_, u"Alice", u"EXAMPLE", u"x"),
              SEC_E_OK);
    Bytes token;
    ASSERT_EQ(client_.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(token.size(), 40u);
    EXPECT_EQ(ntlm::NegotiateMessage::Parse(token)->flags, row.flags)
        << std::hex << ntlm::NegotiateMessage::Parse(token)->flags;
  }
}

// Every bit of every token, turned over on its way: the exchange fails. The
// exception is NTLM's own: who makes the acceptor's time unrecognizable gets an
// AUTHENTICATE message without a MIC, and Windows takes that. The two sides
// still agree on key and names.
TEST_F(NtlmPolicyTest, NoBitFlipGoesUnnoticedUnderTheMic) {
  size_t unnoticed = 0;
  for (int leg = 0; leg < 3; ++leg) {
    bool beyond = false;
    for (size_t bit = 0; !beyond; ++bit) {
      SCOPED_TRACE(::testing::Message() << "leg " << leg << ", bit " << bit);
      client_.Close();
      server_.Close();
      ASSERT_EQ(
          client_.AcquireOutbound(here_, u"Alice", u"EXAMPLE", u"Sesame1!"),
          SEC_E_OK);
      ASSERT_EQ(server_.AcquireInbound(there_), SEC_E_OK);
      Bytes token;
      const auto passes = [&](int this_leg, SECURITY_STATUS status) {
        if (status < 0) return false;
        if (this_leg != leg) return true;
        beyond = bit / 8 >= token.size();
        if (!beyond) token[bit / 8] ^= 1 << bit % 8;
        return true;
      };
      const bool delivered = passes(0, client_.Initialize(&token)) &&
                             passes(1, server_.Accept(&token)) &&
                             passes(2, client_.Initialize(&token));
      authenticate_ = token;
      if (!delivered || server_.Accept(&token) != SEC_E_OK || beyond) continue;
      ++unnoticed;
      EXPECT_EQ(leg, 1);
      EXPECT_FALSE(Sent().mic.has_value());
      EXPECT_EQ(client_.SessionKey(), server_.SessionKey());
      EXPECT_EQ(server_.Name(), u"EXAMPLE\\Alice");
    }
  }
  // All bits of the AvId of MsvAvTimestamp but one, which makes it MsvAvFlags
  // of the wrong size.
  EXPECT_EQ(unnoticed, 15u);
}

}  // namespace
}  // namespace sspilab
