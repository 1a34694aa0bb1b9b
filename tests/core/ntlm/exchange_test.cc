#include <string>
#include <tuple>

#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::End;
using testing::Outcome;
using testing::RunNtlm;

// What is protected by one end, and opened by the other, as EncryptMessage and
// DecryptMessage have it.
void ExpectSealedMessageArrives(End& from, End& to, const std::string& text) {
  Bytes token(16);
  Bytes data(text.begin(), text.end());
  SecBuffer buffers[] = {
      {16, SECBUFFER_TOKEN, token.data()},
      {static_cast<ULONG>(data.size()), SECBUFFER_DATA, data.data()}};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
  ASSERT_EQ(EncryptMessage(&from.context, 0, &message, 0), SEC_E_OK);
  EXPECT_NE(std::string(data.begin(), data.end()), text);
  ASSERT_EQ(DecryptMessage(&to.context, &message, 0, nullptr), SEC_E_OK);
  EXPECT_EQ(std::string(data.begin(), data.end()), text);
}

class NtlmExchange : public ::testing::Test {
 protected:
  NtlmExchange() { world_.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!"); }

  void Acquire(const char16_t* user = u"alice",
               const char16_t* domain = u"EXAMPLE",
               const char16_t* password = u"Sesame1!") {
    ASSERT_EQ(client_.AcquireOutbound(world_, user, domain, password),
              SEC_E_OK);
    ASSERT_EQ(server_.AcquireInbound(world_), SEC_E_OK);
  }

  World world_;
  End client_, server_;
};

TEST_F(NtlmExchange, BothSidesComeToTheSameKeyAndName) {
  client_.requirements = ISC_REQ_CONFIDENTIALITY;
  Acquire();
  const Outcome outcome = RunNtlm(client_, server_);
  EXPECT_EQ(outcome.negotiate, SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(outcome.challenge, SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(outcome.authenticate, SEC_E_OK);
  EXPECT_EQ(outcome.accept, SEC_E_OK);
  EXPECT_EQ(client_.SessionKey().size(), 16u);
  EXPECT_EQ(client_.SessionKey(), server_.SessionKey());
  EXPECT_EQ(server_.Name(), u"EXAMPLE\\alice");
  EXPECT_EQ(client_.Name(), u"EXAMPLE\\alice");
  for (int i = 0; i < 3; ++i) {
    ExpectSealedMessageArrives(client_, server_, "from the client");
    ExpectSealedMessageArrives(server_, client_, "from the server");
  }
}

TEST_F(NtlmExchange, WrongPasswordIsDenied) {
  Acquire(u"alice", u"EXAMPLE", u"wrong");
  EXPECT_EQ(RunNtlm(client_, server_).accept, SEC_E_LOGON_DENIED);
}

}  // namespace
}  // namespace sspilab
