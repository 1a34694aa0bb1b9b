// What the reference callers do with a stream package: a made-up one, whose
// records are a letter, a digit that counts, and so many bytes.
//   h  handshake; the last one has "!" in it
//   d  data, "encrypted" in upper case
//   t  a ticket or the like, after the handshake
//   c  the end

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/client.h"
#include "sim/service.h"
#include "sim/wire.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Script {
  // Every call that matters, and what it returned.
  std::vector<std::string> calls;
  // What the last leg gives.
  std::string last_token;
  // How often a leg wants other credentials.
  int wants_credentials = 0;
  int acquired = 0;
  bool shutting_down = false;
};
Script* script = nullptr;

void Note(std::string_view call, std::string_view seen) {
  script->calls.push_back(absl::StrCat(call, " ", seen));
}

// The size of the record that `bytes` begin with, or how many are missing.
size_t RecordSize(std::string_view bytes, size_t* missing) {
  *missing = bytes.size() < 2 ? 2 - bytes.size() : 0;
  if (*missing > 0) {
    return 0;
  }
  const size_t size = 2 + static_cast<size_t>(bytes[1] - '0');
  *missing = size - std::min(size, bytes.size());
  return size;
}

std::string_view TextOf(const SecBuffer& buffer) {
  return {static_cast<const char*>(buffer.pvBuffer), buffer.cbBuffer};
}

void Give(SecBuffer* out, std::string_view token) {
  if (!token.empty()) {
    std::memcpy(out->pvBuffer, token.data(), token.size());
  }
  out->cbBuffer = static_cast<ULONG>(token.size());
}

SECURITY_STATUS Leg(PSecBufferDesc input, PCtxtHandle old,
                    PSecBufferDesc output, PCtxtHandle context,
                    ULONG* attributes, PTimeStamp expiry) {
  SecBuffer* out = &output->pBuffers[0];
  const std::string_view bytes =
      input == nullptr ? "" : TextOf(input->pBuffers[0]);
  Note("leg", bytes);
  *attributes = ISC_RET_STREAM | ISC_RET_CONFIDENTIALITY | ASC_RET_STREAM |
                ASC_RET_CONFIDENTIALITY;
  expiry->QuadPart = INT64_MAX;
  if (script->shutting_down) {
    Give(out, "c0");
    return SEC_E_OK;
  }
  if (input == nullptr) {
    *context = {1, 1};
    Give(out, "h2hi");
    return SEC_I_CONTINUE_NEEDED;
  }
  size_t missing;
  const size_t size = RecordSize(bytes, &missing);
  SecBuffer& remark = input->pBuffers[1];
  if (missing > 0) {
    remark.BufferType = SECBUFFER_MISSING;
    remark.cbBuffer = static_cast<ULONG>(missing);
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  *context = {1, 1};
  if (script->wants_credentials > 0 && old != nullptr) {
    --script->wants_credentials;
    return SEC_I_INCOMPLETE_CREDENTIALS;
  }
  if (size < bytes.size()) {
    remark.BufferType = SECBUFFER_EXTRA;
    remark.cbBuffer = static_cast<ULONG>(bytes.size() - size);
  }
  Give(out, "");
  if (bytes[0] == 't') {
    return SEC_E_OK;
  }
  if (bytes.substr(0, size).find('!') != std::string_view::npos) {
    Give(out, script->last_token);
    return SEC_E_OK;
  }
  return SEC_I_CONTINUE_NEEDED;
}

SECURITY_STATUS Decrypt(PCtxtHandle, PSecBufferDesc message, ULONG, ULONG*) {
  EXPECT_EQ(message->cBuffers, 4u);
  SecBuffer* buffers = message->pBuffers;
  EXPECT_EQ(buffers[0].BufferType, ULONG{SECBUFFER_DATA});
  const std::string_view bytes = TextOf(buffers[0]);
  Note("decrypt", bytes);
  char* begin = static_cast<char*>(buffers[0].pvBuffer);
  size_t missing;
  const size_t size = RecordSize(bytes, &missing);
  if (missing > 0) {
    return SEC_E_INCOMPLETE_MESSAGE;
  }
  const auto extra = [&](size_t from) {
    if (from < bytes.size()) {
      buffers[3] = {static_cast<ULONG>(bytes.size() - from), SECBUFFER_EXTRA,
                    begin + from};
    }
  };
  switch (bytes[0]) {
    case 't':
      extra(0);
      return SEC_I_RENEGOTIATE;
    case 'c':
      extra(size);
      return SEC_I_CONTEXT_EXPIRED;
    case 'd':
      std::transform(begin, begin + size, begin, absl::ascii_tolower);
      buffers[0] = {2, SECBUFFER_STREAM_HEADER, begin};
      buffers[1] = {static_cast<ULONG>(size - 2), SECBUFFER_DATA, begin + 2};
      buffers[2] = {0, SECBUFFER_STREAM_TRAILER, begin + size};
      extra(size);
      return SEC_E_OK;
    default:
      return SEC_E_DECRYPT_FAILURE;
  }
}

SECURITY_STATUS Encrypt(PCtxtHandle, ULONG, PSecBufferDesc message, ULONG) {
  EXPECT_EQ(message->cBuffers, 4u);
  SecBuffer* buffers = message->pBuffers;
  EXPECT_EQ(buffers[3].BufferType, ULONG{SECBUFFER_EMPTY});
  Note("encrypt", TextOf(buffers[1]));
  char* data = static_cast<char*>(buffers[1].pvBuffer);
  std::transform(data, data + buffers[1].cbBuffer, data, absl::ascii_toupper);
  char* header = static_cast<char*>(buffers[0].pvBuffer);
  header[0] = 'd';
  header[1] = static_cast<char>('0' + buffers[1].cbBuffer);
  buffers[2].cbBuffer = 0;  // There was room for three.
  return SEC_E_OK;
}

SECURITY_STATUS Query(PCtxtHandle, ULONG attribute, void* into) {
  if (attribute != SECPKG_ATTR_STREAM_SIZES) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  *static_cast<SecPkgContext_StreamSizes*>(into) = {2, 3, 4, 4, 1};
  return SEC_E_OK;
}

SecurityFunctionTableW MakeTable() {
  SecurityFunctionTableW table = {};
  table.QuerySecurityPackageInfoW = [](SEC_WCHAR*, PSecPkgInfoW* info) {
    static SecPkgInfoW ours = {0, 1, 0, 64, nullptr, nullptr};
    *info = &ours;
    return SEC_E_OK;
  };
  table.AcquireCredentialsHandleW = [](SEC_WCHAR*, SEC_WCHAR*, ULONG, void*,
                                       void*, SEC_GET_KEY_FN, void*,
                                       PCredHandle, PTimeStamp) {
    ++script->acquired;
    return SEC_E_OK;
  };
  table.FreeCredentialsHandle = [](PCredHandle) { return SEC_E_OK; };
  table.InitializeSecurityContextW =
      [](PCredHandle, PCtxtHandle old, SEC_WCHAR*, ULONG, ULONG, ULONG,
         PSecBufferDesc input, ULONG, PCtxtHandle context,
         PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
        return Leg(input, old, output, context, attributes, expiry);
      };
  table.AcceptSecurityContext = [](PCredHandle, PCtxtHandle old,
                                   PSecBufferDesc input, ULONG, ULONG,
                                   PCtxtHandle context, PSecBufferDesc output,
                                   ULONG* attributes, PTimeStamp expiry) {
    return Leg(input, old, output, context, attributes, expiry);
  };
  table.ApplyControlToken = [](PCtxtHandle, PSecBufferDesc input) {
    DWORD type = 0;
    EXPECT_EQ(input->pBuffers[0].cbBuffer, sizeof(type));
    std::memcpy(&type, input->pBuffers[0].pvBuffer, sizeof(type));
    EXPECT_EQ(type, DWORD{SCHANNEL_SHUTDOWN});
    Note("control", "shutdown");
    script->shutting_down = true;
    return SEC_E_OK;
  };
  table.DeleteSecurityContext = [](PCtxtHandle) { return SEC_E_OK; };
  table.FreeContextBuffer = [](void*) { return SEC_E_OK; };
  table.EncryptMessage = Encrypt;
  table.DecryptMessage = Decrypt;
  table.QueryContextAttributesW = Query;
  return table;
}

class StreamCallerTest : public ::testing::Test {
 protected:
  StreamCallerTest()
      : table_(MakeTable()),
        service_({&table_, nullptr}),
        client_({&table_, nullptr}, &wire_),
        connection_(&service_, &wire_) {
    script = &script_;
    client_options_.caller.message = "ask";
    server_options_.message = "tell";
  }

  void Send(Direction direction, MessageKind kind, std::string_view text) {
    wire_.Send(direction, kind,
               {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  void ToClient(MessageKind kind, std::string_view text) {
    Send(Direction::kToClient, kind, text);
    Run(&client_);
  }
  void ToServer(MessageKind kind, std::string_view text) {
    Send(Direction::kToServer, kind, text);
    Run(&connection_);
  }
  static void Run(Caller* caller) {
    while (caller->Step() == Progress::kMoved) {
    }
  }
  void BeginClient() {
    client_.Begin(&client_options_);
    Run(&client_);
  }
  void BeginServer() {
    connection_.Begin(&server_options_);
    Run(&connection_);
  }

  std::vector<std::string> Sent(Direction direction) {
    std::vector<std::string> messages;
    while (const auto delivery = wire_.Receive(direction)) {
      messages.emplace_back(delivery->bytes.begin(), delivery->bytes.end());
    }
    return messages;
  }
  static std::string Received(const Caller& caller) {
    return {caller.view().received.begin(), caller.view().received.end()};
  }

  SecurityFunctionTableW table_;
  Script script_;
  Wire wire_;
  Service service_;
  Client client_;
  ServiceConnection connection_;
  ClientOptions client_options_;
  CallerOptions server_options_;
};

TEST_F(StreamCallerTest, AWholeExchangeOfTheClient) {
  BeginClient();
  ToClient(MessageKind::kToken, "h1!");
  ToClient(MessageKind::kVerdict, "\1");
  ToClient(MessageKind::kProtected, "d4TELL");
  EXPECT_FALSE(client_.finished()) << "the other end's close is due";
  ToClient(MessageKind::kToken, "c0");
  EXPECT_TRUE(client_.view().authenticated());
  EXPECT_EQ(Received(client_), "tell");
  EXPECT_THAT(Sent(Direction::kToServer), ElementsAre("h2hi", "d3ASK", "c0"));
  EXPECT_THAT(script_.calls,
              ElementsAre("leg ", "leg h1!", "encrypt ask", "decrypt d4TELL",
                          "control shutdown", "leg ", "decrypt c0"));
}

TEST_F(StreamCallerTest, AWholeExchangeOfTheServer) {
  BeginServer();
  ToServer(MessageKind::kToken, "h1!");
  ToServer(MessageKind::kProtected, "d3ASK");
  ToServer(MessageKind::kToken, "c0");
  EXPECT_TRUE(connection_.view().authenticated());
  EXPECT_EQ(Received(connection_), "ask");
  EXPECT_THAT(Sent(Direction::kToClient), ElementsAre("\1", "d4TELL", "c0"));
  EXPECT_THAT(script_.calls,
              ElementsAre("leg h1!", "decrypt d3ASK", "encrypt tell",
                          "decrypt c0", "control shutdown", "leg "));
}

// One record a call: the rest comes back as SECBUFFER_EXTRA.
TEST_F(StreamCallerTest, AFlightIsTakenRecordByRecord) {
  BeginClient();
  ToClient(MessageKind::kToken, "h1ah0h2");
  EXPECT_EQ(script_.calls.back(), "leg h2");
  ToClient(MessageKind::kToken, "b!");
  EXPECT_EQ(script_.calls.back(), "leg h2b!");
  EXPECT_THAT(script_.calls, ElementsAre("leg ", "leg h1ah0h2", "leg h0h2",
                                         "leg h2", "leg h2b!"));
  EXPECT_EQ(client_.view().legs, 4u) << "a leg that lacked bytes is none";
}

TEST_F(StreamCallerTest, BytesBehindTheLastLegGoToDecryptMessage) {
  BeginServer();
  ToServer(MessageKind::kToken, "h1!d3A");
  EXPECT_EQ(script_.calls.back(), "decrypt d3A");
  ToServer(MessageKind::kProtected, "SK");
  EXPECT_EQ(Received(connection_), "ask");
}

// The server's last token may come with its SEC_E_OK.
TEST_F(StreamCallerTest, ATokenAfterTheHandshakeGetsItsLeg) {
  BeginClient();
  ToClient(MessageKind::kToken, "h1!");
  ToClient(MessageKind::kToken, "t1at2b");
  ToClient(MessageKind::kToken, "c");
  EXPECT_FALSE(client_.finished());
  ToClient(MessageKind::kVerdict, "\1");
  EXPECT_THAT(
      script_.calls,
      ElementsAre("leg ", "leg h1!", "decrypt t1at2b", "leg t1at2b",
                  "decrypt t2b", "decrypt t2bc", "leg t2bc", "encrypt ask"));
  ToClient(MessageKind::kProtected, "t0d4TELL");
  EXPECT_EQ(Received(client_), "tell");
}

TEST_F(StreamCallerTest, TheServersTokenThatComesWithOkIsSent) {
  script_.last_token = "t1x";
  BeginServer();
  ToServer(MessageKind::kToken, "h1!");
  EXPECT_THAT(Sent(Direction::kToClient), ElementsAre("t1x", "\1"));
}

TEST_F(StreamCallerTest, IncompleteCredentialsRepeatTheLeg) {
  script_.wants_credentials = 1;
  BeginClient();
  ToClient(MessageKind::kToken, "h1ah1!");
  EXPECT_THAT(script_.calls,
              ElementsAre("leg ", "leg h1ah1!", "leg h1ah1!", "leg h1!"));
  // There is no World, and so no certificate: it goes on without one.
  EXPECT_EQ(script_.acquired, 1);
}

TEST_F(StreamCallerTest, AMessageOfSeveralRecords) {
  client_options_.caller.message = "good day";
  BeginClient();
  ToClient(MessageKind::kToken, "h1!");
  ToClient(MessageKind::kVerdict, "\1");
  EXPECT_THAT(Sent(Direction::kToServer), ElementsAre("h2hi", "d4GOODd4 DAY"));
  ToClient(MessageKind::kProtected, "d2TEd2LL");
  EXPECT_EQ(Received(client_), "tell");
}

// Without a close_notify the end may be an attacker's.
TEST_F(StreamCallerTest, AConnectionThatIsCutIsNotAnEnd) {
  BeginServer();
  ToServer(MessageKind::kToken, "h1!");
  ToServer(MessageKind::kProtected, "d3ASK");
  wire_.Close(Direction::kToServer);
  Run(&connection_);
  EXPECT_EQ(connection_.view().ending, Ending::kConnectionLost);
}

TEST_F(StreamCallerTest, TheEndInPlaceOfAMessageIsALostConnection) {
  BeginServer();
  ToServer(MessageKind::kToken, "h1!");
  ToServer(MessageKind::kToken, "c0");
  EXPECT_EQ(connection_.view().ending, Ending::kConnectionLost);
}

TEST_F(StreamCallerTest, WhatDoesNotDecryptIsAFailure) {
  BeginServer();
  ToServer(MessageKind::kToken, "h1!");
  ToServer(MessageKind::kProtected, "x0");
  EXPECT_EQ(connection_.view().call, "DecryptMessage");
  EXPECT_EQ(connection_.view().status, SEC_E_DECRYPT_FAILURE);
}

TEST_F(StreamCallerTest, WithoutMessagesTheStreamStillEnds) {
  client_options_.caller.message = "";
  BeginClient();
  ToClient(MessageKind::kToken, "h1!");
  ToClient(MessageKind::kVerdict, "\1");
  EXPECT_THAT(Sent(Direction::kToServer), ElementsAre("h2hi", "c0"));
  ToClient(MessageKind::kToken, "c0");
  EXPECT_TRUE(client_.view().authenticated());
  EXPECT_THAT(Received(client_), IsEmpty());
}

}  // namespace
}  // namespace sspilab::sim
