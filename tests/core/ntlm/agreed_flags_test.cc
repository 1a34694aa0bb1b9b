// What the initiator writes into its AUTHENTICATE as agreed: the last word on
// the flags (MS-NLMP 3.1.5.1.2).
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/handshake.h"

namespace sspilab::ntlm {
namespace {

using sspilab::testing::Bytes;
using sspilab::testing::End;

class AgreedFlagsTest : public ::testing::Test {
 protected:
  AgreedFlagsTest() {
    world_.accounts().Add(u"alice", u"EXAMPLE", u"Sesame1!");
  }

  // Runs the exchange and returns the AUTHENTICATE's flags.
  uint32_t Agree() {
    EXPECT_EQ(
        client_.AcquireOutbound(world_, u"alice", u"EXAMPLE", u"Sesame1!"),
        SEC_E_OK);
    EXPECT_EQ(server_.AcquireInbound(world_), SEC_E_OK);
    client_.requirements = ISC_REQ_CONFIDENTIALITY;
    Bytes token;
    EXPECT_EQ(client_.Initialize(&token), SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(server_.Accept(&token), SEC_I_CONTINUE_NEEDED);
    EXPECT_EQ(client_.Initialize(&token), SEC_E_OK);
    const absl::StatusOr<AuthenticateMessage> message =
        AuthenticateMessage::Parse(token);
    const uint32_t flags = message.ok() ? message->flags : 0;
    EXPECT_EQ(server_.Accept(&token), SEC_E_OK);
    EXPECT_EQ(client_.SessionKey(), server_.SessionKey());
    return flags;
  }

  World world_;
  End client_, server_;
};

TEST_F(AgreedFlagsTest, AreThoseThatWindowsSends) {
  EXPECT_EQ(Agree(), 0xE2888235);
}

TEST_F(AgreedFlagsTest, NoLmKeyWithoutAnLmResponse) {
  world_.options().ntlm.unsupported_flags = kNegotiateExtendedSessionSecurity;
  world_.options().ntlm.lm_compatibility_level = 2;
  EXPECT_EQ(Agree() & kNegotiateLmKey, 0U);
}

TEST_F(AgreedFlagsTest, LmKeyWithAnLmResponse) {
  world_.options().ntlm.unsupported_flags = kNegotiateExtendedSessionSecurity;
  world_.options().ntlm.lm_compatibility_level = 1;
  EXPECT_NE(Agree() & kNegotiateLmKey, 0U);
}

}  // namespace
}  // namespace sspilab::ntlm
