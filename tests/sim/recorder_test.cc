#include "sim/recorder.h"

#include <cstring>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/sspi.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<uint8_t> Bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

SecBuffer Buffer(ULONG type, std::string* text) {
  return {static_cast<ULONG>(text->size()), type, text->data()};
}

// The only event that was recorded, which is a call.
const TraceCall& OnlyCall(const Recorder& recorder) {
  EXPECT_EQ(recorder.events().size(), 1u);
  return std::get<TraceCall>(recorder.events().back());
}

TEST(RecorderTest, KeepsWhatThePackageSaysOfItsInput) {
  SecurityFunctionTableW inner = {};
  inner.AcceptSecurityContext =
      [](PCredHandle, PCtxtHandle, PSecBufferDesc input, ULONG, ULONG,
         PCtxtHandle, PSecBufferDesc, ULONG*, PTimeStamp) {
        input->pBuffers[1].BufferType = SECBUFFER_MISSING;
        input->pBuffers[1].cbBuffer = 7;
        return SEC_E_INCOMPLETE_MESSAGE;
      };
  Recorder recorder;
  SecurityFunctionTableW* table = recorder.Wrap(Side::kServer, &inner);
  std::string token = "half a tok";
  std::string room(100, '?');
  SecBuffer in[] = {Buffer(SECBUFFER_TOKEN, &token),
                    {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc input = {SECBUFFER_VERSION, 2, in};
  SecBuffer out = Buffer(SECBUFFER_TOKEN, &room);
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
  ULONG attributes = 0;
  TimeStamp expiry = {};
  EXPECT_EQ(
      table->AcceptSecurityContext(nullptr, nullptr, &input, 0x10, 0, nullptr,
                                   &output, &attributes, &expiry),
      SEC_E_INCOMPLETE_MESSAGE);
  const TraceCall& call = OnlyCall(recorder);
  EXPECT_EQ(call.side, Side::kServer);
  EXPECT_EQ(call.function, "AcceptSecurityContext");
  EXPECT_EQ(call.argument, 0x10u);
  EXPECT_EQ(call.status, SEC_E_INCOMPLETE_MESSAGE);
  EXPECT_THAT(call.input, ElementsAre(TraceBuffer{SECBUFFER_TOKEN, 10,
                                                  Bytes("half a tok")}));
  // No token: the room for one says nothing.
  EXPECT_THAT(call.output, ElementsAre(TraceBuffer{SECBUFFER_MISSING, 7, {}}));
}

TEST(RecorderTest, ExtraHasASizeAndNoBytes) {
  SecurityFunctionTableW inner = {};
  inner.InitializeSecurityContextW =
      [](PCredHandle, PCtxtHandle, SEC_WCHAR*, ULONG, ULONG, ULONG,
         PSecBufferDesc input, ULONG, PCtxtHandle, PSecBufferDesc output,
         ULONG* attributes, PTimeStamp expiry) {
        input->pBuffers[1].BufferType = SECBUFFER_EXTRA;
        input->pBuffers[1].cbBuffer = 3;
        std::memcpy(output->pBuffers[0].pvBuffer, "ok", 2);
        output->pBuffers[0].cbBuffer = 2;
        *attributes = 5;
        expiry->QuadPart = 6;
        return SEC_E_OK;
      };
  Recorder recorder;
  SecurityFunctionTableW* table = recorder.Wrap(Side::kClient, &inner);
  std::string token = "token and";
  std::string room(100, '?');
  SecBuffer in[] = {Buffer(SECBUFFER_TOKEN, &token),
                    {0, SECBUFFER_EMPTY, nullptr}};
  SecBufferDesc input = {SECBUFFER_VERSION, 2, in};
  SecBuffer out = Buffer(SECBUFFER_TOKEN, &room);
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &out};
  ULONG attributes = 0;
  TimeStamp expiry = {};
  char16_t target[] = u"host/x";
  EXPECT_EQ(table->InitializeSecurityContextW(nullptr, nullptr, target, 1, 0, 0,
                                              &input, 0, nullptr, &output,
                                              &attributes, &expiry),
            SEC_E_OK);
  const TraceCall& call = OnlyCall(recorder);
  EXPECT_EQ(call.name, u"host/x");
  EXPECT_EQ(call.attributes, 5u);
  EXPECT_EQ(call.expiry, 6u);
  EXPECT_THAT(call.output,
              ElementsAre(TraceBuffer{SECBUFFER_TOKEN, 2, Bytes("ok")},
                          TraceBuffer{SECBUFFER_EXTRA, 3, {}}));
}

// A message is changed where it stands; the trace has both, and of the token
// only what was made, not the room for it.
TEST(RecorderTest, KeepsMessagesBeforeAndAfter) {
  SecurityFunctionTableW inner = {};
  inner.EncryptMessage = [](PCtxtHandle, ULONG, PSecBufferDesc message,
                            ULONG sequence) {
    if (sequence == 9) {
      return SEC_E_OUT_OF_SEQUENCE;
    }
    std::memcpy(message->pBuffers[0].pvBuffer, "sig", 3);
    message->pBuffers[0].cbBuffer = 3;
    std::memcpy(message->pBuffers[1].pvBuffer, "xxxxx", 5);
    return SEC_E_OK;
  };
  std::string room = "rubbish";
  std::string text = "plain";
  SecBuffer buffers[] = {Buffer(SECBUFFER_TOKEN, &room),
                         Buffer(SECBUFFER_DATA, &text)};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
  {
    Recorder recorder;
    SecurityFunctionTableW* table = recorder.Wrap(Side::kClient, &inner);
    EXPECT_EQ(table->EncryptMessage(nullptr, 0, &message, 4), SEC_E_OK);
    const TraceCall& call = OnlyCall(recorder);
    EXPECT_EQ(call.argument, 4u);
    EXPECT_THAT(call.input,
                ElementsAre(TraceBuffer{SECBUFFER_DATA, 5, Bytes("plain")}));
    EXPECT_THAT(call.output,
                ElementsAre(TraceBuffer{SECBUFFER_TOKEN, 3, Bytes("sig")},
                            TraceBuffer{SECBUFFER_DATA, 5, Bytes("xxxxx")}));
  }
  Recorder recorder;
  SecurityFunctionTableW* table = recorder.Wrap(Side::kClient, &inner);
  EXPECT_EQ(table->EncryptMessage(nullptr, 0, &message, 9),
            SEC_E_OUT_OF_SEQUENCE);
  EXPECT_THAT(OnlyCall(recorder).output, IsEmpty());
}

}  // namespace
}  // namespace sspilab::sim
