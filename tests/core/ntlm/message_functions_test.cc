// MakeSignature, VerifySignature, EncryptMessage and DecryptMessage on NTLM
// contexts: what buffers they take, and what they say of bad ones.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/core/established.h"
#include "tests/core/returns.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::Established;
using testing::ExpectSealedMessageArrives;
using testing::Lab;
using testing::Message;
using testing::Returns;
using testing::SignatureRoom;
using Parts = std::vector<Message::Part>;

constexpr ULONG kToken = SECBUFFER_TOKEN;
constexpr ULONG kData = SECBUFFER_DATA;
constexpr ULONG kUnprotected = SECBUFFER_DATA | SECBUFFER_READONLY;
constexpr ULONG kSignedOnly = SECBUFFER_DATA | SECBUFFER_READONLY_WITH_CHECKSUM;

// One of the two ways to protect a message, and to open it.
struct Protection {
  const char* name;
  Call protect_call;
  Call open_call;
  SECURITY_STATUS (*protect)(PCtxtHandle, ULONG, PSecBufferDesc, ULONG);
  SECURITY_STATUS (*open)(PCtxtHandle, PSecBufferDesc, ULONG, ULONG*);
  bool encrypts;
};

class MessageFunctions : public ::testing::TestWithParam<Protection> {
 protected:
  ::testing::AssertionResult Protects(Message& message, SECURITY_STATUS status,
                                      ULONG qop = 0) {
    return Returns(
        GetParam().protect_call,
        GetParam().protect(&lab_.client.context, qop, message.descriptor(), 0),
        status);
  }
  ::testing::AssertionResult Opens(Message& message, SECURITY_STATUS status) {
    return Returns(
        GetParam().open_call,
        GetParam().open(&lab_.server.context, message.descriptor(), 0, nullptr),
        status);
  }
  // A message as the client sends it.
  std::vector<std::string> Protected(const Parts& parts) {
    Message message(parts);
    EXPECT_TRUE(Protects(message, SEC_E_OK));
    std::vector<std::string> sent;
    for (size_t i = 0; i < parts.size(); ++i) sent.push_back(message.text(i));
    return sent;
  }
  void ExpectStillInStep() {
    const auto sent = Protected({{kToken, SignatureRoom()}, {kData, "next"}});
    Message received({{kToken, sent[0]}, {kData, sent[1]}});
    EXPECT_TRUE(Opens(received, SEC_E_OK));
    EXPECT_EQ(received.text(1), "next");
  }

  Established lab_;
};

INSTANTIATE_TEST_SUITE_P(
    Both, MessageFunctions,
    ::testing::Values(Protection{"Sign", Call::kMakeSignature,
                                 Call::kVerifySignature, MakeSignature,
                                 VerifySignature, /*encrypts=*/false},
                      Protection{"Seal", Call::kEncryptMessage,
                                 Call::kDecryptMessage, EncryptMessage,
                                 DecryptMessage, /*encrypts=*/true}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(MessageFunctions, BuffersComeInAnyOrder) {
  const Parts kLayouts[] = {
      {{kToken, SignatureRoom()}, {kData, "one"}, {kData, "two"}},
      {{kData, "one"}, {kToken, SignatureRoom()}, {kData, "two"}},
      {{kData, "one"}, {kData, "two"}, {kToken, SignatureRoom()}},
      {{SECBUFFER_EMPTY, ""},
       {kData, "onetwo"},
       {SECBUFFER_PADDING, "....."},
       {kToken, SignatureRoom()}},
      {{kData, "one"},
       {kData, ""},
       {kToken, SignatureRoom()},
       {kToken, "a second one is left alone"},
       {kData, "two"}},
  };
  for (const Parts& layout : kLayouts) {
    const std::vector<std::string> sent = Protected(layout);
    std::string signature;
    std::string data;
    for (size_t i = 0; i < sent.size(); ++i) {
      const Message::Part& part = layout[i];
      if (part.type == kToken && signature.empty()) signature = sent[i];
      if (part.type == kData) data += sent[i];
      if (part.type == SECBUFFER_PADDING || part.bytes[0] == 'a') {
        EXPECT_EQ(sent[i], part.bytes);
      }
    }
    EXPECT_EQ(signature.size(), 16U);
    EXPECT_EQ(data != "onetwo", GetParam().encrypts);
    // The receiver may have cut the data elsewhere.
    Message received({{kData, data.substr(0, 5)},
                      {kToken, signature},
                      {kData, data.substr(5)}});
    ASSERT_TRUE(Opens(received, SEC_E_OK));
    EXPECT_EQ(received.text(0) + received.text(2), "onetwo");
  }
}

TEST_P(MessageFunctions, ReadOnlyPartsStayAsTheyAre) {
  const auto sent = Protected({{kUnprotected, "address"},
                               {kSignedOnly, "header"},
                               {kData, "body"},
                               {kToken, SignatureRoom()}});
  EXPECT_EQ(sent[0], "address");
  EXPECT_EQ(sent[1], "header");
  Message received({{kUnprotected, "another"},
                    {kSignedOnly, "header"},
                    {kData, sent[2]},
                    {kToken, sent[3]}});
  EXPECT_TRUE(Opens(received, SEC_E_OK));
  EXPECT_EQ(received.text(0), "another");
  EXPECT_EQ(received.text(1), "header");
  EXPECT_EQ(received.text(2), "body");

  const auto second = Protected(
      {{kSignedOnly, "header"}, {kData, "body"}, {kToken, SignatureRoom()}});
  Message altered(
      {{kSignedOnly, "heador"}, {kData, second[1]}, {kToken, second[2]}});
  EXPECT_TRUE(Opens(altered, SEC_E_MESSAGE_ALTERED));
}

TEST_P(MessageFunctions, NothingButASignatureIsAMessageToo) {
  const auto sent = Protected({{kToken, SignatureRoom()}});
  Message received({{kToken, sent[0]}});
  EXPECT_TRUE(Opens(received, SEC_E_OK));
}

TEST_P(MessageFunctions, ATokenBufferMayBeLargerThanItsSignature) {
  const auto sent =
      Protected({{kToken, std::string(40, '?')}, {kData, "text"}});
  EXPECT_EQ(sent[0].size(), 16U);
  Message received({{kToken, sent[0] + "and more"}, {kData, sent[1]}});
  EXPECT_TRUE(Opens(received, SEC_E_OK));
}

TEST_P(MessageFunctions, AStreamIsSignatureAndDataInOne) {
  for (const bool stream_first : {true, false}) {
    const auto sent = Protected({{kToken, SignatureRoom()}, {kData, "text"}});
    const Message::Part stream = {SECBUFFER_STREAM, sent[0] + sent[1]};
    const Message::Part place = {kData, ""};
    Message received(stream_first ? Parts{stream, place}
                                  : Parts{place, stream});
    ASSERT_TRUE(Opens(received, SEC_E_OK));
    const size_t data = stream_first ? 1 : 0;
    EXPECT_EQ(received.text(data), "text");
    EXPECT_EQ(received.buffer(data).pvBuffer,
              static_cast<char*>(received.buffer(1 - data).pvBuffer) + 16);
  }
}

TEST_P(MessageFunctions, BadStreamsAreRefused) {
  const auto sent = Protected({{kToken, SignatureRoom()}, {kData, "text"}});
  const std::string stream = sent[0] + sent[1];
  const Parts kInvalid[] = {
      {{SECBUFFER_STREAM, stream.substr(0, 15)}, {kData, ""}},
      {{SECBUFFER_STREAM, stream}},
      {{SECBUFFER_STREAM, stream}, {SECBUFFER_EMPTY, ""}},
      {{SECBUFFER_STREAM | SECBUFFER_READONLY, stream}, {kData, ""}},
  };
  for (const Parts& parts : kInvalid) {
    Message message(parts);
    EXPECT_TRUE(Opens(message, SEC_E_INVALID_TOKEN));
  }
  // What was altered is not handed out.
  std::string altered = stream;
  altered.back() ^= 1;
  Message message({{SECBUFFER_STREAM, altered}, {kData, "before"}});
  void* const before = message.buffer(1).pvBuffer;
  EXPECT_TRUE(Opens(message, SEC_E_MESSAGE_ALTERED));
  EXPECT_EQ(message.buffer(1).pvBuffer, before);
  EXPECT_EQ(message.text(1), "before");
  ExpectStillInStep();
}

TEST_P(MessageFunctions, BadBuffersAreRefusedAndNothingIsUsedUp) {
  const auto sent = Protected({{kToken, SignatureRoom()}, {kData, "text"}});
  const struct {
    const char* name;
    std::function<void(Message&)> spoil;
    SECURITY_STATUS protect;
    SECURITY_STATUS open;
  } kCases[] = {
      {"token too short", [](Message& m) { m.buffer(0).cbBuffer = 15; },
       SEC_E_BUFFER_TOO_SMALL, SEC_E_INVALID_TOKEN},
      {"token empty", [](Message& m) { m.buffer(0).cbBuffer = 0; },
       SEC_E_BUFFER_TOO_SMALL, SEC_E_INVALID_TOKEN},
      {"token of no memory", [](Message& m) { m.buffer(0).pvBuffer = nullptr; },
       SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN},
      {"no token", [](Message& m) { m.buffer(0).BufferType = kData; },
       SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN},
      {"data of no memory", [](Message& m) { m.buffer(1).pvBuffer = nullptr; },
       SEC_E_INVALID_TOKEN, SEC_E_INVALID_TOKEN},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    Message outgoing({{kToken, SignatureRoom()}, {kData, "text"}});
    c.spoil(outgoing);
    EXPECT_TRUE(Protects(outgoing, c.protect));
    if (outgoing.buffer(1).pvBuffer != nullptr) {
      EXPECT_EQ(outgoing.text(1), "text");
    }
    Message incoming({{kToken, sent[0]}, {kData, sent[1]}});
    c.spoil(incoming);
    EXPECT_TRUE(Opens(incoming, c.open));
  }
  // A read-only token cannot be written, but read.
  Message outgoing(
      {{kToken | SECBUFFER_READONLY, SignatureRoom()}, {kData, "text"}});
  EXPECT_TRUE(Protects(outgoing, SEC_E_INVALID_TOKEN));
  EXPECT_EQ(outgoing.text(0), SignatureRoom());
  Message incoming({{kToken | SECBUFFER_READONLY, sent[0]}, {kData, sent[1]}});
  EXPECT_TRUE(Opens(incoming, SEC_E_OK));
  ExpectStillInStep();
}

TEST_P(MessageFunctions, BadDescriptorsAreRefused) {
  const auto sent = Protected({{kToken, SignatureRoom()}, {kData, "text"}});
  Message message({{kToken, sent[0]}, {kData, sent[1]}});
  SecBufferDesc version = *message.descriptor();
  version.ulVersion = 1;
  SecBufferDesc count = *message.descriptor();
  count.cBuffers = 0xFFFFFFFF;
  SecBufferDesc buffers = *message.descriptor();
  buffers.pBuffers = nullptr;
  SecBufferDesc none = {SECBUFFER_VERSION, 0, nullptr};
  for (SecBufferDesc* bad : {&version, &count, &buffers, &none,
                             static_cast<SecBufferDesc*>(nullptr)}) {
    EXPECT_TRUE(Returns(GetParam().protect_call,
                        GetParam().protect(&lab_.client.context, 0, bad, 0),
                        SEC_E_INVALID_TOKEN));
    EXPECT_TRUE(Returns(GetParam().open_call,
                        GetParam().open(&lab_.server.context, bad, 0, nullptr),
                        SEC_E_INVALID_TOKEN));
  }
  EXPECT_TRUE(Opens(message, SEC_E_OK));
  ExpectStillInStep();
}

// 2.2.2.9.2: version, checksum, sequence number. The number goes over the wire
// as it is; a wrong one is told from a wrong checksum.
TEST_P(MessageFunctions, EveryBitOfSignatureAndDataCounts) {
  const auto sent = Protected({{kToken, SignatureRoom()}, {kData, "text"}});
  for (size_t i = 0; i < 20; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      SCOPED_TRACE(i);
      // Anew: what is altered uses up its place.
      Established lab;
      Message same({{kToken, SignatureRoom()}, {kData, "text"}});
      ASSERT_EQ(
          GetParam().protect(&lab.client.context, 0, same.descriptor(), 0),
          SEC_E_OK);
      ASSERT_EQ(same.text(0), sent[0]);
      std::string token = sent[0];
      std::string data = sent[1];
      (i < 16 ? token[i] : data[i - 16]) ^= static_cast<char>(1 << bit);
      Message altered({{kToken, token}, {kData, data}});
      EXPECT_TRUE(Returns(
          GetParam().open_call,
          GetParam().open(&lab.server.context, altered.descriptor(), 0,
                          nullptr),
          i >= 12 && i < 16 ? SEC_E_OUT_OF_SEQUENCE : SEC_E_MESSAGE_ALTERED));
    }
  }
}

TEST_P(MessageFunctions, MessagesOutOfTheirOrderAreRefused) {
  const auto first = Protected({{kToken, SignatureRoom()}, {kData, "first"}});
  const auto second = Protected({{kToken, SignatureRoom()}, {kData, "second"}});
  const auto open = [this](const std::vector<std::string>& sent,
                           SECURITY_STATUS status) {
    Message message({{kToken, sent[0]}, {kData, sent[1]}});
    EXPECT_TRUE(Opens(message, status));
    return message.text(1);
  };
  open(second, SEC_E_OUT_OF_SEQUENCE);
  EXPECT_EQ(open(first, SEC_E_OK), "first");
  open(first, SEC_E_OUT_OF_SEQUENCE);
  EXPECT_EQ(open(second, SEC_E_OK), "second");
  // One's own message, thrown back.
  Message reflected({{kToken, SignatureRoom()}, {kData, "mine"}});
  ASSERT_TRUE(Protects(reflected, SEC_E_OK));
  EXPECT_TRUE(Returns(
      GetParam().open_call,
      GetParam().open(&lab_.client.context, reflected.descriptor(), 0, nullptr),
      SEC_E_OUT_OF_SEQUENCE));
}

TEST_P(MessageFunctions, UnfinishedContextsProtectNothing) {
  Lab lab;
  lab.Acquire();
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  for (CtxtHandle* context : {&lab.client.context, &lab.server.context}) {
    Message message({{kToken, SignatureRoom()}, {kData, "text"}});
    EXPECT_TRUE(Returns(GetParam().protect_call,
                        GetParam().protect(context, 0, message.descriptor(), 0),
                        SEC_E_INVALID_HANDLE));
    EXPECT_TRUE(
        Returns(GetParam().open_call,
                GetParam().open(context, message.descriptor(), 0, nullptr),
                SEC_E_INVALID_HANDLE));
    EXPECT_EQ(message.text(0), SignatureRoom());
    EXPECT_EQ(message.text(1), "text");
  }
}

TEST_P(MessageFunctions, OnlyTheDefaultQualityOfProtection) {
  for (const ULONG qop : {1U, 0x40000000U, 0x80000000U, 0xFFFFFFFFU}) {
    Message message({{kToken, SignatureRoom()}, {kData, "text"}});
    EXPECT_TRUE(Protects(message, SEC_E_QOP_NOT_SUPPORTED, qop)) << qop;
    EXPECT_EQ(message.text(1), "text");
  }
  // As Windows does: NTLM has only one, and leaves *pfQOP alone.
  const auto sent = Protected({{kToken, SignatureRoom()}, {kData, "text"}});
  Message received({{kToken, sent[0]}, {kData, sent[1]}});
  ULONG qop = 0xDEADBEEF;
  EXPECT_EQ(
      GetParam().open(&lab_.server.context, received.descriptor(), 0, &qop),
      SEC_E_OK);
  EXPECT_EQ(qop, 0xDEADBEEF);
}

TEST(EncryptMessageWithoutEncryption, IsASignature) {
  Established lab;
  Message message({{kToken, SignatureRoom()}, {kData, "text"}});
  EXPECT_TRUE(
      Returns(Call::kEncryptMessage,
              EncryptMessage(&lab.client.context, SECQOP_WRAP_NO_ENCRYPT,
                             message.descriptor(), 0),
              SEC_E_OK));
  EXPECT_EQ(message.text(1), "text");
  EXPECT_EQ(
      VerifySignature(&lab.server.context, message.descriptor(), 0, nullptr),
      SEC_E_OK);
  ExpectSealedMessageArrives(&lab.client.context, &lab.server.context, "next");
}

// What was not negotiated is not there. Since Windows Vista encryption without
// it is refused; a signature is then the dummy of 3.4.4.2.
TEST(ContextsWithLessProtection, RefuseWhatWasNotNegotiated) {
  for (const ULONG requirements : {ULONG{ISC_REQ_INTEGRITY}, ULONG{0}}) {
    Established lab(requirements);
    Message message({{kToken, SignatureRoom()}, {kData, "text"}});
    EXPECT_TRUE(
        Returns(Call::kEncryptMessage,
                EncryptMessage(&lab.client.context, 0, message.descriptor(), 0),
                SEC_E_UNSUPPORTED_FUNCTION));
    EXPECT_TRUE(Returns(
        Call::kDecryptMessage,
        DecryptMessage(&lab.server.context, message.descriptor(), 0, nullptr),
        SEC_E_UNSUPPORTED_FUNCTION));
    EXPECT_EQ(message.text(1), "text");
    ASSERT_EQ(MakeSignature(&lab.client.context, 0, message.descriptor(), 0),
              SEC_E_OK);
    const std::string dummy = std::string("\1", 1) + std::string(15, '\0');
    EXPECT_EQ(message.text(0) == dummy, requirements == 0);
    EXPECT_EQ(
        VerifySignature(&lab.server.context, message.descriptor(), 0, nullptr),
        SEC_E_OK);
  }
}

}  // namespace
}  // namespace sspilab
