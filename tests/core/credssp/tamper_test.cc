// A peer that does not play by the rules: each TSRequest is the test's own.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/credssp/error_codes.h"
#include "core/credssp/key_binding.h"
#include "core/credssp/messages.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/lab.h"
#include "tests/core/credssp/scripted_peer.h"
#include "tests/core/credssp/vectors.h"
#include "tests/support/hex.h"

namespace sspilab {
namespace {

using credssp::BindKey;
using credssp::TsRequest;
using testing::Bytes;
using testing::CredSspLab;
using testing::DelegatedTo;
using testing::FromHex;
using testing::ScriptedPeer;
using Plays = ScriptedPeer::Plays;

template <typename Message>
std::string Written(const Message& message) {
  std::string text(SerializedSize(message), '\0');
  wire::DerWriter writer(
      absl::MakeSpan(reinterpret_cast<uint8_t*>(text.data()), text.size()));
  message.WriteTo(writer);
  return text;
}

// The client has sent its key; what the server says of it is to come.
struct AtTheKey : CredSspLab {
  explicit AtTheKey(uint32_t spoken = 6)
      : peer(Prepared(*this), Plays::kServer), version(spoken) {
    EXPECT_TRUE(peer.Authenticate(spoken));
    EXPECT_TRUE(peer.last->pub_key_auth.has_value());
    if (peer.last->client_nonce.has_value()) {
      nonce.assign(peer.last->client_nonce->begin(),
                   peer.last->client_nonce->end());
    }
  }
  static CredSspLab& Prepared(CredSspLab& lab) {
    lab.client_policy().encryption_oracle = EncryptionOracle::kVulnerable;
    return lab;
  }
  TsRequest Answer(const Bytes& sealed) const {
    TsRequest request;
    request.version = version;
    request.pub_key_auth = sealed;
    return request;
  }
  Bytes RightAnswer() {
    return peer.Seal(BindKey(version, Role::kAcceptor, nonce, peer.Key()));
  }

  ScriptedPeer peer;
  uint32_t version;
  Bytes nonce;
};

TEST(CredSspTamper, TheScriptedServerIsAGoodOne) {
  for (uint32_t version = 2; version <= 6; ++version) {
    AtTheKey lab(version);
    const auto bound = lab.peer.Unseal(*lab.peer.last->pub_key_auth);
    ASSERT_TRUE(bound.has_value());
    const auto expected =
        BindKey(version, Role::kInitiator, lab.nonce, lab.peer.Key());
    EXPECT_EQ(*bound, Bytes(expected.begin(), expected.end()));
    EXPECT_EQ(lab.nonce.empty(), version < 5);
    EXPECT_EQ(lab.peer.Send(lab.Answer(lab.RightAnswer())), SEC_E_OK);
    ASSERT_TRUE(lab.peer.Receive().has_value());
    const auto plain = lab.peer.Unseal(*lab.peer.last->auth_info);
    ASSERT_TRUE(plain.has_value());
    const auto credentials = credssp::TsCredentials::Parse(*plain);
    ASSERT_TRUE(credentials.ok());
    EXPECT_EQ(credentials->type, 1);
  }
}

// Whatever bit of the server's answer is turned, no credentials are sent.
TEST(CredSspTamper, FlippedBitsOfTheServersKey) {
  for (const uint32_t version : {4U, 6U}) {
    size_t size = AtTheKey(version).RightAnswer().size();
    for (size_t byte = 0; byte < size; byte += 7) {
      AtTheKey lab(version);
      Bytes answer = lab.RightAnswer();
      answer[byte] ^= 0x10;
      EXPECT_EQ(lab.peer.Send(lab.Answer(answer)), SEC_E_MESSAGE_ALTERED)
          << byte;
      EXPECT_FALSE(lab.peer.Receive().has_value());
    }
  }
}

// Somebody in the middle has a certificate of his own, and passes on SPNEGO.
TEST(CredSspTamper, AnotherServersKey) {
  for (const uint32_t version : {4U, 6U}) {
    AtTheKey lab(version);
    Bytes key = lab.peer.Key();
    key.back() ^= 1;
    const auto binding = BindKey(version, Role::kAcceptor, lab.nonce, key);
    EXPECT_EQ(lab.peer.Send(lab.Answer(lab.peer.Seal(binding))),
              SEC_E_MESSAGE_ALTERED);
  }
}

TEST(CredSspTamper, TheClientsOwnKeySentBack) {
  for (const uint32_t version : {4U, 6U}) {
    AtTheKey lab(version);
    const auto binding =
        BindKey(version, Role::kInitiator, lab.nonce, lab.peer.Key());
    EXPECT_EQ(lab.peer.Send(lab.Answer(lab.peer.Seal(binding))),
              SEC_E_MESSAGE_ALTERED);
  }
}

TEST(CredSspTamper, AnotherNonce) {
  AtTheKey lab;
  lab.nonce[0] ^= 1;
  EXPECT_EQ(lab.peer.Send(lab.Answer(lab.RightAnswer())),
            SEC_E_MESSAGE_ALTERED);
}

// The version is settled with the first answer.
TEST(CredSspTamper, VersionsThatChangeAreRefused) {
  AtTheKey lab;
  lab.version = 4;
  EXPECT_EQ(lab.peer.Send(lab.Answer(lab.RightAnswer())), SEC_E_INVALID_TOKEN);
}

TEST(CredSspTamper, VersionsBelow2AreRefused) {
  CredSspLab lab;
  lab.client_policy().encryption_oracle = EncryptionOracle::kVulnerable;
  ScriptedPeer peer(lab, Plays::kServer);
  TsRequest request;
  request.version = 1;
  request.error_code = 0xC000006D;
  EXPECT_EQ(peer.Send(request), SEC_E_UNSUPPORTED_FUNCTION);
}

// MS-CSSP 2.2.1: a peer of a later version is one of ours.
TEST(CredSspTamper, LaterVersionsAreTakenForOurs) {
  AtTheKey lab(99);
  lab.version = 99;
  EXPECT_EQ(lab.peer.Send(lab.Answer(lab.peer.Seal(
                BindKey(6, Role::kAcceptor, lab.nonce, lab.peer.Key())))),
            SEC_E_OK);
}

TEST(CredSspTamper, AnswersThatLackWhatIsDue) {
  {
    AtTheKey lab;
    TsRequest request;
    EXPECT_EQ(lab.peer.Send(request), SEC_E_INVALID_TOKEN);
  }
  {
    CredSspLab lab;
    ScriptedPeer peer(lab, Plays::kServer);
    EXPECT_EQ(peer.Send(TsRequest()), SEC_E_INVALID_TOKEN);
  }
  {
    CredSspLab lab;
    ScriptedPeer peer(lab, Plays::kServer);
    const Bytes token = {1};
    TsRequest two;
    two.nego_tokens = {token, token};
    EXPECT_EQ(peer.Send(two), SEC_E_INVALID_TOKEN);
  }
}

TEST(CredSspTamper, WhatIsNoTsRequest) {
  for (const char* hex : {"00", "31 00", "30 80", "30 03 020106",
                          "30 05 a003020106 00", "30 84 7fffffff"}) {
    CredSspLab lab;
    ScriptedPeer peer(lab, Plays::kServer);
    const Bytes bytes = FromHex(hex);
    EXPECT_EQ(peer.SendRecords({std::string(bytes.begin(), bytes.end())}),
              SEC_E_INVALID_TOKEN)
        << hex;
  }
}

// MS-CSSP <8>: the first record has the tag and the length; the rest may come
// in others.
TEST(CredSspTamper, RequestsInSeveralRecords) {
  for (const size_t parts : {2U, 5U}) {
    AtTheKey lab;
    const std::string text = Written(lab.Answer(lab.RightAnswer()));
    std::vector<std::string> records;
    const size_t size = text.size() / parts;
    for (size_t i = 0; i < parts; ++i) {
      records.push_back(
          text.substr(i * size, i + 1 < parts ? size : std::string::npos));
    }
    EXPECT_EQ(lab.peer.SendRecords(records), SEC_E_OK);
  }
  {
    AtTheKey lab;
    const std::string text = Written(lab.Answer(lab.RightAnswer()));
    EXPECT_EQ(lab.peer.SendRecords({text.substr(0, 1), text.substr(1)}),
              SEC_E_INVALID_TOKEN);
  }
  {
    AtTheKey lab;
    const std::string text = Written(lab.Answer(lab.RightAnswer()));
    EXPECT_EQ(lab.peer.SendRecords({text.substr(0, 10), text.substr(10) + "x"}),
              SEC_E_INVALID_TOKEN);
  }
}

// A request longer than a record can be.
TEST(CredSspTamper, RequestsLongerThanARecord) {
  CredSspLab lab;
  ScriptedPeer peer(lab, Plays::kServer);
  const Bytes token(40'000, 0x55);
  TsRequest request;
  request.nego_tokens = {token};
  const std::string text = Written(request);
  EXPECT_EQ(
      peer.SendRecords({text.substr(0, 16'384), text.substr(16'384, 16'384),
                        text.substr(32'768)}),
      SEC_E_INVALID_TOKEN);  // By SPNEGO, which had it whole.
}

struct ErrorCase {
  uint32_t error_code;
  SECURITY_STATUS status;
};

// What the server says is what the client's caller is told.
TEST(CredSspTamper, ErrorCodesAreTheClientsStatus) {
  const ErrorCase cases[] = {
      {0xC000006D, SEC_E_LOGON_DENIED},
      {0xC0000234, SEC_E_LOGON_DENIED},
      {0xC000005E, SEC_E_NO_AUTHENTICATING_AUTHORITY},
      {0xC00000BB, SEC_E_UNSUPPORTED_FUNCTION},
      {0xC00000BE, SEC_E_TARGET_UNKNOWN},
      {0xC00002C3, SEC_E_WRONG_PRINCIPAL},
      {0xC000005F, SEC_E_NO_CREDENTIALS},
      {0xC000009A, SEC_E_INSUFFICIENT_MEMORY},
      {0xC000000D, SEC_E_INVALID_TOKEN},
      // STATUS_DISK_FULL: the SSPI has no word for it.
      {0xC000007F, SEC_E_INTERNAL_ERROR},
  };
  for (const ErrorCase& c : cases) {
    CredSspLab lab;
    ScriptedPeer peer(lab, Plays::kServer);
    TsRequest request;
    request.error_code = c.error_code;
    EXPECT_EQ(peer.Send(request), c.status) << std::hex << c.error_code;

    AtTheKey later;
    EXPECT_EQ(later.peer.Send(request), c.status) << std::hex << c.error_code;
  }
}

TEST(CredSspTamper, StatusesHaveErrorCodesThatComeBack) {
  for (const SECURITY_STATUS status :
       {SEC_E_LOGON_DENIED, SEC_E_NO_AUTHENTICATING_AUTHORITY,
        SEC_E_UNSUPPORTED_FUNCTION, SEC_E_INVALID_TOKEN,
        SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR}) {
    EXPECT_EQ(credssp::StatusOf(credssp::ErrorCodeOf(status)), status);
  }
  EXPECT_EQ(credssp::ErrorCodeOf(SEC_E_MESSAGE_ALTERED), 0xC000006DU);
}

// The same from the other side: a client of the test's own.

// SPNEGO is done, the client's key is to be sent.
struct BeforeTheKey : CredSspLab {
  explicit BeforeTheKey(uint32_t spoken = 6)
      : peer(*this, Plays::kClient), version(spoken) {
    EXPECT_TRUE(peer.Authenticate(spoken));
  }
  TsRequest WithKey(const Bytes& sent_nonce, const Bytes& key) {
    sealed = peer.Seal(BindKey(version, Role::kInitiator, sent_nonce, key));
    TsRequest request;
    request.version = version;
    request.pub_key_auth = sealed;
    if (!sent_nonce.empty()) request.client_nonce = sent_nonce;
    return request;
  }
  TsRequest WithCredentials(const std::string& plain) {
    sealed = peer.Seal(testing::BytesOf(plain));
    TsRequest request;
    request.version = version;
    request.auth_info = sealed;
    return request;
  }

  ScriptedPeer peer;
  uint32_t version;
  Bytes sealed;
  Bytes nonce = Bytes(32, 0x77);
};

TEST(CredSspTamper, TheScriptedClientIsAGoodOne) {
  for (uint32_t version = 2; version <= 6; ++version) {
    BeforeTheKey lab(version);
    if (version < 5) lab.nonce.clear();
    ASSERT_EQ(lab.peer.Send(lab.WithKey(lab.nonce, lab.peer.Key())),
              SEC_I_CONTINUE_NEEDED);
    ASSERT_TRUE(lab.peer.Receive().has_value());
    const auto bound = lab.peer.Unseal(*lab.peer.last->pub_key_auth);
    ASSERT_TRUE(bound.has_value());
    const auto expected =
        BindKey(version, Role::kAcceptor, lab.nonce, lab.peer.Key());
    EXPECT_EQ(*bound, Bytes(expected.begin(), expected.end()));
    const Bytes plain = FromHex(testing::kPasswordCredentials);
    EXPECT_EQ(lab.peer.Send(lab.WithCredentials({plain.begin(), plain.end()})),
              SEC_E_OK);
    EXPECT_EQ(DelegatedTo(lab.server), "Domain\\Username:Password");
  }
}

TEST(CredSspTamper, ClientsOfAnotherServer) {
  BeforeTheKey lab;
  Bytes key = lab.peer.Key();
  key[0] ^= 1;
  EXPECT_EQ(lab.peer.Send(lab.WithKey(lab.nonce, key)), SEC_E_MESSAGE_ALTERED);
}

TEST(CredSspTamper, NoncesThatAreMissingOrShort) {
  for (const size_t size : {0U, 31U, 33U}) {
    BeforeTheKey lab;
    const Bytes nonce(size, 0x77);
    EXPECT_EQ(lab.peer.Send(lab.WithKey(nonce, lab.peer.Key())),
              SEC_E_INVALID_TOKEN);
  }
}

// Only passwords are taken; what else MS-CSSP knows is refused as such, and
// what it does not know, or what is broken, as a token that is none.
TEST(CredSspTamper, CredentialsOfOtherKinds) {
  const Bytes name = {'N', 0};
  credssp::TsRemoteGuardCreds guard;
  guard.logon_cred = {name, name};
  const Bytes card = FromHex(testing::kSpecSmartCard);
  Bytes broken_card = card;
  broken_card[15] = 0x31;
  Bytes unknown = FromHex(testing::kPasswordCredentials);
  unknown[6] = 3;
  Bytes mismatched = FromHex(testing::kPasswordCredentials);
  mismatched[6] = 2;
  const auto text = [](const Bytes& bytes) {
    return std::string(bytes.begin(), bytes.end());
  };
  const std::pair<std::string, SECURITY_STATUS> cases[] = {
      {text(card), SEC_E_UNSUPPORTED_FUNCTION},
      {Written(credssp::WrappedCredentials<credssp::TsRemoteGuardCreds>{guard}),
       SEC_E_UNSUPPORTED_FUNCTION},
      {text(broken_card), SEC_E_INVALID_TOKEN},
      {text(unknown), SEC_E_INVALID_TOKEN},
      {text(mismatched), SEC_E_INVALID_TOKEN},
      {"", SEC_E_INVALID_TOKEN},
      {"0", SEC_E_INVALID_TOKEN},
  };
  for (const auto& [plain, status] : cases) {
    BeforeTheKey lab;
    ASSERT_EQ(lab.peer.Send(lab.WithKey(lab.nonce, lab.peer.Key())),
              SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(lab.peer.Send(lab.WithCredentials(plain)), status);
    EXPECT_EQ(DelegatedTo(lab.server), "SEC_E_INVALID_HANDLE");
  }
}

TEST(CredSspTamper, FlippedBitsOfTheCredentials) {
  for (size_t byte = 0; byte < 60; byte += 5) {
    BeforeTheKey lab;
    ASSERT_EQ(lab.peer.Send(lab.WithKey(lab.nonce, lab.peer.Key())),
              SEC_I_CONTINUE_NEEDED);
    const Bytes plain = FromHex(testing::kPasswordCredentials);
    TsRequest request = lab.WithCredentials({plain.begin(), plain.end()});
    lab.sealed[byte] ^= 4;
    EXPECT_EQ(lab.peer.Send(request), SEC_E_MESSAGE_ALTERED) << byte;
  }
}

TEST(CredSspTamper, RequestsOutOfPlace) {
  {
    BeforeTheKey lab;
    EXPECT_EQ(lab.peer.Send(TsRequest()), SEC_E_INVALID_TOKEN);
  }
  {
    BeforeTheKey lab;
    ASSERT_EQ(lab.peer.Send(lab.WithKey(lab.nonce, lab.peer.Key())),
              SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(lab.peer.Send(TsRequest()), SEC_E_INVALID_TOKEN);
  }
  {
    CredSspLab lab;
    ScriptedPeer peer(lab, Plays::kClient);
    EXPECT_EQ(peer.Send(TsRequest()), SEC_E_INVALID_TOKEN);
  }
  {
    // The server has nothing to say once all is done.
    AtTheKey lab;
    ASSERT_EQ(lab.peer.Send(lab.Answer(lab.RightAnswer())), SEC_E_OK);
    const Bytes sealed = lab.peer.tls.Seal(Written(TsRequest()));
    lab.client.inbox = sealed;
    Bytes token;
    EXPECT_EQ(lab.client.Call(&token), SEC_E_INVALID_TOKEN);
  }
}

// EXTENDED_ERROR: the server says why, to those who can read it.
TEST(CredSspTamper, ServersTellTheirClientsWhy) {
  for (uint32_t version = 2; version <= 6; ++version) {
    for (const bool asked : {false, true}) {
      CredSspLab lab;
      lab.SetTls(SP_PROT_TLS1_2);
      if (asked) lab.server.requirements |= ASC_REQ_EXTENDED_ERROR;
      ScriptedPeer peer(lab, Plays::kClient);
      TsRequest request;
      request.version = version;
      const Bytes token = {'N', 'o', 'n', 'e'};
      request.nego_tokens = {token};
      EXPECT_EQ(peer.Send(request), SEC_E_INVALID_TOKEN);
      EXPECT_EQ(peer.tls.inbox.empty(), !asked);
      const auto answer = peer.Receive();
      const bool coded = asked && version != 2 && version != 5;
      ASSERT_EQ(answer.has_value(), coded) << version;
      if (coded) {
        EXPECT_EQ(answer->error_code, 0xC000000DU);
      }
    }
  }
}

}  // namespace
}  // namespace sspilab
