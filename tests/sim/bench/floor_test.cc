// The floor does the true work: what it comes to is what a real exchange came
// to.

#include "sim/bench/floor.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/ntlm/messages.h"
#include "core/sspi.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "sim/bench/handshake.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

class FloorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.accounts().Add(kBenchUser, kBenchDomain, kBenchPassword);
    ASSERT_EQ(exchange_.AcquireCredentials(), absl::OkStatus());
    ASSERT_EQ(exchange_.Authenticate(), absl::OkStatus());
    floor_ = CryptoFloor::Of(table_, exchange_);
    ASSERT_TRUE(floor_.ok()) << floor_.status();
  }

  // What `from` seals: the checksum of its first message's signature.
  std::array<uint8_t, 8> SealFirst(CtxtHandle* from) {
    std::array<uint8_t, 16> signature{};
    std::array<uint8_t, Handshake::kMessageSize> data{};
    SecBuffer buffers[] = {
        {static_cast<ULONG>(signature.size()), SECBUFFER_TOKEN,
         signature.data()},
        {static_cast<ULONG>(data.size()), SECBUFFER_DATA, data.data()}};
    SecBufferDesc message = {SECBUFFER_VERSION, 2, buffers};
    EXPECT_EQ(table_.EncryptMessage(from, 0, &message, 0), SEC_E_OK);
    // MS-NLMP 2.2.2.9.1: version, checksum, sequence number.
    std::array<uint8_t, 8> checksum;
    std::copy_n(signature.begin() + 4, checksum.size(), checksum.begin());
    return checksum;
  }

  SecurityFunctionTableW& table_ = *InitSecurityInterfaceW();
  World world_;
  ScopedWorld bound_{&world_};
  Handshake exchange_{&table_, u"NTLM"};
  absl::StatusOr<CryptoFloor> floor_;
};

TEST_F(FloorTest, ComesToTheExchangesProofKeyAndMic) {
  const auto message =
      ntlm::AuthenticateMessage::Parse(exchange_.authenticate());
  ASSERT_TRUE(message.ok());
  ASSERT_TRUE(message->mic.has_value());
  SecPkgContext_SessionKey key = {};
  ASSERT_EQ(table_.QueryContextAttributesW(exchange_.acceptor(),
                                           SECPKG_ATTR_SESSION_KEY, &key),
            SEC_E_OK);
  const CryptoFloor::Handshake computed = floor_->Compute();

  EXPECT_EQ(Bytes(computed.nt_proof), message->nt_response.first(16));
  EXPECT_EQ(computed.expected_nt_proof, computed.nt_proof);
  EXPECT_EQ(Bytes(computed.encrypted_session_key),
            message->encrypted_session_key);
  EXPECT_EQ(Bytes(computed.session_key),
            Bytes(key.SessionKey, key.SessionKeyLength));
  EXPECT_EQ(computed.initiator_mic, *message->mic);
  EXPECT_EQ(computed.acceptor_mic, *message->mic);
  table_.FreeContextBuffer(key.SessionKey);
}

TEST_F(FloorTest, ComesToTheMessagesChecksums) {
  const CryptoFloor::Messages computed = floor_->ComputeMessages();
  EXPECT_EQ(computed.from_initiator, SealFirst(exchange_.initiator()));
  EXPECT_EQ(computed.verified_by_acceptor, computed.from_initiator);
  EXPECT_EQ(computed.from_acceptor, SealFirst(exchange_.acceptor()));
  EXPECT_EQ(computed.verified_by_initiator, computed.from_acceptor);
}

// Without a timestamp from the acceptor there is no MIC.
TEST_F(FloorTest, RefusesAnExchangeThatIsAnother) {
  world_.options().ntlm.send_timestamp = false;
  Handshake other(&table_, u"NTLM");
  ASSERT_EQ(other.AcquireCredentials(), absl::OkStatus());
  ASSERT_EQ(other.Authenticate(), absl::OkStatus());
  EXPECT_TRUE(absl::IsInvalidArgument(CryptoFloor::Of(table_, other).status()));
}

}  // namespace
}  // namespace sspilab::sim
