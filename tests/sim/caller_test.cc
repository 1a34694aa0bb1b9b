// What the reference callers do with statuses and buffers that our NTLM never
// gives, but other packages do: a function table that returns what the test
// says.

#include "sim/caller.h"

#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/client.h"
#include "sim/service.h"
#include "sim/wire.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;

// What one leg returns.
struct Reply {
  SECURITY_STATUS status;
  std::string token;
  ULONG attributes = 0;
  // Says this of the input, in its second buffer.
  ULONG remark = SECBUFFER_EMPTY;
  ULONG remark_size = 0;
};

// The package of the test. The functions of a table have no other way to it.
struct Script {
  std::deque<Reply> legs;
  SECURITY_STATUS complete_status = SEC_E_OK;
  // What was done: "leg INPUT", "complete", "delete", "free", "release".
  std::vector<std::string> calls;
};
Script* script = nullptr;
char allocated[64];

SECURITY_STATUS Leg(PSecBufferDesc input, PSecBufferDesc output,
                    PCtxtHandle context, ULONG* attributes, PTimeStamp expiry) {
  std::string seen = "(none)";
  if (input != nullptr) {
    const SecBuffer& token = input->pBuffers[0];
    seen.assign(static_cast<const char*>(token.pvBuffer), token.cbBuffer);
  }
  script->calls.push_back("leg " + seen);
  if (script->legs.empty()) {
    return SEC_E_INTERNAL_ERROR;
  }
  const Reply reply = script->legs.front();
  script->legs.pop_front();
  if (reply.remark != SECBUFFER_EMPTY) {
    EXPECT_EQ(input->cBuffers, 2u) << "no place for a remark";
    input->pBuffers[1].BufferType = reply.remark;
    input->pBuffers[1].cbBuffer = reply.remark_size;
  }
  *attributes = reply.attributes;
  expiry->QuadPart = INT64_MAX;
  *context = {1, 1};
  SecBuffer& out = output->pBuffers[0];
  if (reply.status >= 0 || reply.attributes != 0) {
    if (out.pvBuffer == nullptr && !reply.token.empty()) {
      out.pvBuffer = allocated;
    }
    if (!reply.token.empty()) {
      std::memcpy(out.pvBuffer, reply.token.data(), reply.token.size());
    }
    out.cbBuffer = static_cast<ULONG>(reply.token.size());
  }
  return reply.status;
}

SecurityFunctionTableW MakeTable() {
  SecurityFunctionTableW table = {};
  table.QuerySecurityPackageInfoW = [](SEC_WCHAR*, PSecPkgInfoW* info) {
    static SecPkgInfoW ours = {0, 1, 0, 64, nullptr, nullptr};
    *info = &ours;
    return SEC_E_OK;
  };
  table.AcquireCredentialsHandleW =
      [](SEC_WCHAR*, SEC_WCHAR*, ULONG, void*, void*, SEC_GET_KEY_FN, void*,
         PCredHandle, PTimeStamp) { return SEC_E_OK; };
  table.FreeCredentialsHandle = [](PCredHandle) {
    script->calls.push_back("release");
    return SEC_E_OK;
  };
  table.InitializeSecurityContextW =
      [](PCredHandle, PCtxtHandle, SEC_WCHAR*, ULONG, ULONG, ULONG,
         PSecBufferDesc input, ULONG, PCtxtHandle context,
         PSecBufferDesc output, ULONG* attributes, PTimeStamp expiry) {
        return Leg(input, output, context, attributes, expiry);
      };
  table.AcceptSecurityContext = [](PCredHandle, PCtxtHandle,
                                   PSecBufferDesc input, ULONG, ULONG,
                                   PCtxtHandle context, PSecBufferDesc output,
                                   ULONG* attributes, PTimeStamp expiry) {
    return Leg(input, output, context, attributes, expiry);
  };
  table.CompleteAuthToken = [](PCtxtHandle, PSecBufferDesc token) {
    script->calls.push_back("complete");
    // Finishing a token changes it.
    if (token->pBuffers[0].cbBuffer > 0) {
      *static_cast<char*>(token->pBuffers[0].pvBuffer) = '!';
    }
    return script->complete_status;
  };
  table.DeleteSecurityContext = [](PCtxtHandle) {
    script->calls.push_back("delete");
    return SEC_E_OK;
  };
  table.FreeContextBuffer = [](void* buffer) {
    if (buffer == allocated) {
      script->calls.push_back("free");
    }
    return SEC_E_OK;
  };
  table.EncryptMessage = [](PCtxtHandle, ULONG, PSecBufferDesc, ULONG) {
    script->calls.push_back("encrypt");
    return SEC_E_OK;
  };
  table.DecryptMessage = [](PCtxtHandle, PSecBufferDesc message, ULONG,
                            ULONG*) {
    for (ULONG i = 0; i < message->cBuffers; ++i) {
      const SecBuffer& buffer = message->pBuffers[i];
      script->calls.push_back(
          "decrypt " + std::string(static_cast<const char*>(buffer.pvBuffer),
                                   buffer.cbBuffer));
    }
    return SEC_E_OK;
  };
  table.QueryContextAttributesW = [](PCtxtHandle, ULONG, void*) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  };
  return table;
}

class CallerTest : public ::testing::Test {
 protected:
  CallerTest() : table_(MakeTable()), service_({&table_, nullptr}) {
    script = &script_;
  }

  void SendFrom(Direction direction, MessageKind kind, std::string_view text) {
    wire_.Send(direction, kind,
               {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }

  // Everything that `direction` carries, "token TEXT" each.
  std::vector<std::string> Sent(Direction direction) {
    std::vector<std::string> messages;
    while (const auto delivery = wire_.Receive(direction)) {
      std::string text(delivery->bytes.begin(), delivery->bytes.end());
      if (delivery->kind == MessageKind::kVerdict) {
        text = text == "\1" ? "accepted" : "refused";
      }
      messages.push_back(
          std::string(kMessageKindNames[static_cast<size_t>(delivery->kind)]) +
          " " + text);
    }
    return messages;
  }

  static void RunUntilWaiting(Caller* caller) {
    while (caller->Step() == Progress::kMoved) {
    }
  }

  SecurityFunctionTableW table_;
  Script script_;
  Wire wire_;
  Service service_;
};

TEST_F(CallerTest, ServiceSendsNoTokenWhereThereIsNone) {
  script_.legs = {{SEC_I_CONTINUE_NEEDED, "challenge"}, {SEC_E_OK, ""}};
  CallerOptions options;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  SendFrom(Direction::kToServer, MessageKind::kToken, "hello");
  SendFrom(Direction::kToServer, MessageKind::kToken, "proof");
  RunUntilWaiting(&connection);
  EXPECT_THAT(Sent(Direction::kToClient),
              ElementsAre("token challenge", "verdict accepted"));
  EXPECT_TRUE(connection.view().authenticated());
}

TEST_F(CallerTest, ServiceGoesOnAfterCompleteAndContinue) {
  script_.legs = {{SEC_I_COMPLETE_AND_CONTINUE, "challenge"},
                  {SEC_E_LOGON_DENIED, ""}};
  CallerOptions options;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  SendFrom(Direction::kToServer, MessageKind::kToken, "hello");
  RunUntilWaiting(&connection);
  // The completed token, and no word of success.
  EXPECT_THAT(Sent(Direction::kToClient), ElementsAre("token !hallenge"));
  SendFrom(Direction::kToServer, MessageKind::kToken, "no proof");
  RunUntilWaiting(&connection);
  EXPECT_THAT(Sent(Direction::kToClient), ElementsAre("verdict refused"));
  EXPECT_EQ(connection.view().status, SEC_E_LOGON_DENIED);
  EXPECT_THAT(script_.calls,
              ElementsAre("leg hello", "complete", "leg no proof", "delete"));
}

TEST_F(CallerTest, ServiceSendsAnErrorTokenWhereThePackageMadeOne) {
  script_.legs = {{SEC_E_LOGON_DENIED, "why", ASC_RET_EXTENDED_ERROR}};
  CallerOptions options;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  SendFrom(Direction::kToServer, MessageKind::kToken, "hello");
  RunUntilWaiting(&connection);
  EXPECT_THAT(Sent(Direction::kToClient),
              ElementsAre("token why", "verdict refused"));
}

TEST_F(CallerTest, AnyAttributeIsNotTheOneThatIsWanted) {
  script_.legs = {{SEC_E_OK, "", ASC_RET_CONNECTION | ASC_RET_INTEGRITY}};
  CallerOptions options;
  options.insists_on = ASC_RET_MUTUAL_AUTH;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  SendFrom(Direction::kToServer, MessageKind::kToken, "hello");
  RunUntilWaiting(&connection);
  EXPECT_EQ(connection.view().ending, Ending::kLacksAttributes);
  EXPECT_THAT(Sent(Direction::kToClient), ElementsAre("verdict refused"));
}

TEST_F(CallerTest, AttributesOfEarlierLegsDoNotCount) {
  script_.legs = {{SEC_I_CONTINUE_NEEDED, "challenge", 0},
                  {SEC_E_OK, "", ASC_RET_MUTUAL_AUTH}};
  CallerOptions options;
  options.insists_on = ASC_RET_MUTUAL_AUTH;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  SendFrom(Direction::kToServer, MessageKind::kToken, "hello");
  SendFrom(Direction::kToServer, MessageKind::kToken, "proof");
  RunUntilWaiting(&connection);
  EXPECT_TRUE(connection.view().authenticated());
}

TEST_F(CallerTest, AnIncompleteMessageWaitsForTheRest) {
  script_.legs = {{SEC_E_INCOMPLETE_MESSAGE, "", 0, SECBUFFER_MISSING, 3},
                  {SEC_E_OK, ""}};
  CallerOptions options;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  SendFrom(Direction::kToServer, MessageKind::kToken, "hel");
  RunUntilWaiting(&connection);
  EXPECT_FALSE(connection.finished());
  SendFrom(Direction::kToServer, MessageKind::kToken, "lo!");
  RunUntilWaiting(&connection);
  EXPECT_TRUE(connection.view().authenticated());
  EXPECT_THAT(script_.calls, ElementsAre("leg hel", "leg hello!", "delete"));
}

TEST_F(CallerTest, ExtraBytesBelongToTheNextLeg) {
  script_.legs = {{SEC_I_CONTINUE_NEEDED, "challenge", 0, SECBUFFER_EXTRA, 5},
                  {SEC_E_OK, ""}};
  CallerOptions options;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  SendFrom(Direction::kToServer, MessageKind::kToken, "helloproof");
  RunUntilWaiting(&connection);
  EXPECT_TRUE(connection.view().authenticated());
  EXPECT_THAT(script_.calls,
              ElementsAre("leg helloproof", "leg proof", "delete"));
}

// After the last leg they are no token: they are the first message.
TEST_F(CallerTest, ExtraBytesAfterTheLastLegAreAMessage) {
  script_.legs = {{SEC_E_OK, "", ASC_RET_CONFIDENTIALITY, SECBUFFER_EXTRA, 12}};
  CallerOptions options;
  options.message = "answer";
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  SendFrom(Direction::kToServer, MessageKind::kToken,
           std::string_view("proof\3\0\0\0sigtext!", 17));
  RunUntilWaiting(&connection);
  EXPECT_TRUE(connection.view().authenticated());
  EXPECT_EQ(connection.view().received,
            (std::vector<uint8_t>{'t', 'e', 'x', 't', '!'}));
  ASSERT_EQ(script_.calls.size(), 5u);
  EXPECT_EQ(script_.calls[1], "decrypt sig");
  EXPECT_EQ(script_.calls[2], "decrypt text!");
}

TEST_F(CallerTest, ClientSendsTheTokenThatComesWithOk) {
  script_.legs = {{SEC_I_CONTINUE_NEEDED, "hello"}, {SEC_E_OK, "proof"}};
  ClientOptions options;
  options.caller.requirements = ISC_REQ_ALLOCATE_MEMORY;
  Client client({&table_, nullptr}, &wire_);
  client.Begin(&options);
  SendFrom(Direction::kToClient, MessageKind::kToken, "challenge");
  SendFrom(Direction::kToClient, MessageKind::kVerdict, "\1");
  RunUntilWaiting(&client);
  EXPECT_THAT(Sent(Direction::kToServer),
              ElementsAre("token hello", "token proof"));
  EXPECT_TRUE(client.view().authenticated());
  EXPECT_THAT(script_.calls, ElementsAre("leg (none)", "free", "leg challenge",
                                         "free", "delete", "release"));
}

TEST_F(CallerTest, AFailedFirstLegLeavesNoContextToDelete) {
  script_.legs = {{SEC_E_NO_CREDENTIALS, ""}};
  ClientOptions options;
  Client client({&table_, nullptr}, &wire_);
  client.Begin(&options);
  RunUntilWaiting(&client);
  EXPECT_THAT(Sent(Direction::kToServer), ElementsAre("verdict refused"));
  EXPECT_THAT(script_.calls, ElementsAre("leg (none)", "release"));
}

TEST_F(CallerTest, FailedCompletionIsFailure) {
  script_.legs = {{SEC_I_COMPLETE_NEEDED, "hello"}};
  script_.complete_status = SEC_E_INVALID_TOKEN;
  ClientOptions options;
  Client client({&table_, nullptr}, &wire_);
  client.Begin(&options);
  RunUntilWaiting(&client);
  EXPECT_EQ(client.view().call, "CompleteAuthToken");
  EXPECT_THAT(Sent(Direction::kToServer), ElementsAre("verdict refused"));
  EXPECT_THAT(script_.calls,
              ElementsAre("leg (none)", "complete", "delete", "release"));
}

TEST_F(CallerTest, APeerThatNeverComesToAnEndIsLeft) {
  for (uint32_t i = 0; i < 2 * Caller::kMaxLegs; ++i) {
    script_.legs.push_back({SEC_I_CONTINUE_NEEDED, "again"});
    SendFrom(Direction::kToServer, MessageKind::kToken, "and again");
  }
  CallerOptions options;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  RunUntilWaiting(&connection);
  EXPECT_TRUE(connection.finished());
  EXPECT_EQ(connection.view().ending, Ending::kTooManyLegs);
}

TEST_F(CallerTest, MessagesOutOfPlaceAreNotUnderstood) {
  for (const MessageKind kind :
       {MessageKind::kProtected, MessageKind::kVerdict}) {
    wire_.Reset(WireForm::kMessage, {});
    CallerOptions options;
    ServiceConnection connection(&service_, &wire_);
    connection.Begin(&options);
    SendFrom(Direction::kToServer, kind, "what?");
    RunUntilWaiting(&connection);
    EXPECT_EQ(connection.view().ending, Ending::kNotUnderstood);
    EXPECT_THAT(Sent(Direction::kToClient), ElementsAre("verdict refused"));
  }
}

TEST_F(CallerTest, ALostConnectionEndsTheWait) {
  CallerOptions options;
  ServiceConnection connection(&service_, &wire_);
  connection.Begin(&options);
  RunUntilWaiting(&connection);
  EXPECT_FALSE(connection.finished());
  wire_.Close(Direction::kToServer);
  RunUntilWaiting(&connection);
  EXPECT_EQ(connection.view().ending, Ending::kConnectionLost);
}

}  // namespace
}  // namespace sspilab::sim
