#include "core/ntlm/sealing.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/digest.h"
#include "core/crypto/rc4.h"
#include "core/ntlm/keys.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/ntlmv2_response.h"
#include "gtest/gtest.h"
#include "tests/core/ntlm/spec_vectors.h"
#include "tests/core/ntlm/windows_vectors.h"
#include "tests/support/hex.h"

namespace sspilab::ntlm {
namespace {

using sspilab::testing::ArrayFromHex;
using sspilab::testing::BytesOf;
using sspilab::testing::Copy;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

static_assert(std::is_trivially_copyable_v<MessageProtection>);

const Key kSessionKey = ArrayFromHex<16>(spec::kRandomSessionKey);

// One message in one piece.
using Message = std::vector<uint8_t>;
std::array<Segment, 1> Whole(Message* message) {
  return {Segment{absl::MakeSpan(*message), /*encrypt=*/true}};
}

// --- MS-NLMP 4.2.2.4, 4.2.3.4, 4.2.4.4.

struct WrapCase {
  std::string_view section;
  uint32_t flags;
  std::string_view session_key;
  std::string_view sealed;
  std::string_view signature;
};

constexpr WrapCase kWrapCases[] = {
    {"4.2.2.4", spec::v1::kFlags, spec::kRandomSessionKey,
     spec::v1::kSealedMessage, spec::v1::kSignature},
    // Without key exchange, the key exchange key is the session key.
    {"4.2.3.4", spec::v1_client_challenge::kFlags,
     spec::v1_client_challenge::kKeyExchangeKey,
     spec::v1_client_challenge::kSealedMessage,
     spec::v1_client_challenge::kSignature},
    {"4.2.4.4", spec::v2::kFlags, spec::kRandomSessionKey,
     spec::v2::kSealedMessage, spec::v2::kSignature},
};

TEST(SealingSpecTest, WrapAndUnwrap) {
  for (const WrapCase& c : kWrapCases) {
    SCOPED_TRACE(c.section);
    const Key key = ArrayFromHex<16>(c.session_key);
    MessageProtection client(key, c.flags, Role::kInitiator);
    MessageProtection server(key, c.flags, Role::kAcceptor);
    Message message = FromHex(spec::kPlaintext);
    const auto signature = client.Seal(Whole(&message), 0);
    EXPECT_EQ(ToHex(message), c.sealed);
    EXPECT_EQ(ToHex(signature), c.signature);
    EXPECT_EQ(server.Unseal(Whole(&message), signature, 0), VerifyResult::kOk);
    EXPECT_EQ(ToHex(message), spec::kPlaintext);
  }
}

// --- What Windows sent.

TEST(SealingWindowsTest, ConnectionlessWithExtendedSessionSecurity) {
  const std::vector<uint8_t> token = FromHex(windows::kAuthenticateMessage);
  const auto message = AuthenticateMessage::Parse(token);
  ASSERT_TRUE(message.ok()) << message.status();
  const auto response = NtlmV2Response::Parse(message->nt_response);
  ASSERT_TRUE(response.ok()) << response.status();
  const crypto::HmacMd5 keyed(
      NtOwfV2(NtOwfV1(windows::kPassword), message->user, message->domain));
  const ProofV2 proof = ComputeProofV2(
      keyed, ArrayFromHex<8>(windows::kServerChallenge), response->temp);
  ASSERT_EQ(message->encrypted_session_key.size(), 16U);
  const Key session_key = EncryptSessionKey(
      proof.session_base_key,
      ArrayFromHex<16>(ToHex(message->encrypted_session_key)));

  MessageProtection client(session_key, message->flags, Role::kInitiator);
  MessageProtection server(session_key, message->flags, Role::kAcceptor);
  Message request = Copy(BytesOf(windows::kClientText));
  Message reply = Copy(BytesOf(windows::kServerText));
  EXPECT_EQ(client.Sign(Whole(&request), windows::kNumber),
            ArrayFromHex<16>(windows::kClientSignature));
  EXPECT_EQ(server.Sign(Whole(&reply), windows::kNumber),
            ArrayFromHex<16>(windows::kServerSignature));
  EXPECT_EQ(client.Verify(Whole(&reply), FromHex(windows::kServerSignature),
                          windows::kNumber),
            VerifyResult::kOk);
}

TEST(SealingWindowsTest, ConnectionlessWithoutExtendedSessionSecurity) {
  MessageProtection client(ArrayFromHex<16>(windows::kOldSessionKey),
                           kNegotiateSign | kNegotiateDatagram,
                           Role::kInitiator, /*peer_revision=*/0);
  Message reply = Copy(BytesOf(windows::kOldServerText));
  // Twice: each message starts the keystream anew.
  for (int repeat = 0; repeat < 2; ++repeat) {
    EXPECT_EQ(client.Verify(Whole(&reply),
                            FromHex(windows::kOldServerSignature), 100),
              VerifyResult::kOk);
  }
}

// 3.4.4.2, computed here from the keys: key exchange, and nothing else,
// encrypts the checksum.
TEST(SealingSpecTest, KeyExchangeEncryptsTheChecksum) {
  for (const uint32_t strength : {uint32_t{0}, kNegotiate56, kNegotiate128}) {
    for (const uint32_t exchange : {uint32_t{0}, kNegotiateKeyExchange}) {
      const uint32_t flags = kNegotiateSign |
                             kNegotiateExtendedSessionSecurity | strength |
                             exchange;
      Message message = FromHex("001122");
      const Direction direction = Direction::kInitiatorToAcceptor;
      const Key mac = crypto::HmacMd5(SignKey(kSessionKey, direction))
                          .Of({FromHex("00000000"), message});
      std::vector<uint8_t> checksum(mac.begin(), mac.begin() + 8);
      if (exchange != 0) {
        crypto::Rc4(SealKey(flags, kSessionKey, direction).bytes())
            .Crypt(absl::MakeSpan(checksum));
      }
      MessageProtection client(kSessionKey, flags, Role::kInitiator);
      EXPECT_EQ(ToHex(client.Sign(Whole(&message), 0)),
                "01000000" + ToHex(checksum) + "00000000")
          << std::hex << flags;
    }
  }
}

// --- Every combination of what matters.

constexpr uint32_t kModes[] = {
    0,
    kNegotiateKeyExchange,
    kNegotiateLmKey,
    kNegotiateLmKey | kNegotiate56,
    kNegotiateExtendedSessionSecurity,
    kNegotiateExtendedSessionSecurity | kNegotiateKeyExchange,
    kNegotiateExtendedSessionSecurity | kNegotiate56,
    kNegotiateExtendedSessionSecurity | kNegotiateKeyExchange | kNegotiate128,
};

class SealingTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  uint32_t flags() const {
    return GetParam() | kNegotiateSign | kNegotiateSeal;
  }
  bool extended() const {
    return (flags() & kNegotiateExtendedSessionSecurity) != 0;
  }

  MessageProtection client_{kSessionKey, flags(), Role::kInitiator};
  MessageProtection server_{kSessionKey, flags(), Role::kAcceptor};
};

std::vector<uint32_t> AllModes() {
  std::vector<uint32_t> modes;
  for (const uint32_t mode : kModes) {
    modes.push_back(mode);
    modes.push_back(mode | kNegotiateDatagram);
  }
  return modes;
}

INSTANTIATE_TEST_SUITE_P(Modes, SealingTest, ::testing::ValuesIn(AllModes()));

TEST_P(SealingTest, ConversationOfSignedAndSealedMessages) {
  for (uint32_t number = 0; number < 20; ++number) {
    SCOPED_TRACE(number);
    MessageProtection& sender = number % 3 == 0 ? server_ : client_;
    MessageProtection& receiver = number % 3 == 0 ? client_ : server_;
    const Message plain(number * 7, static_cast<uint8_t>(number));
    Message message = plain;
    if (number % 2 == 0) {
      const auto signature = sender.Sign(Whole(&message), number);
      EXPECT_EQ(message, plain);
      EXPECT_EQ(receiver.Verify(Whole(&message), signature, number),
                VerifyResult::kOk);
    } else {
      const auto signature = sender.Seal(Whole(&message), number);
      EXPECT_NE(message, plain);
      EXPECT_EQ(receiver.Unseal(Whole(&message), signature, number),
                VerifyResult::kOk);
    }
    EXPECT_EQ(message, plain);
  }
}

TEST_P(SealingTest, PiecesAreOneMessage) {
  Message whole = FromHex("00112233445566778899aabbccddeeff");
  Message pieces = whole;
  MessageProtection other = client_;
  const auto expected = client_.Seal(Whole(&whole), 0);
  const auto span = absl::MakeSpan(pieces);
  const Segment segments[] = {{span.subspan(0, 1), true},
                              {span.subspan(1, 0), true},
                              {span.subspan(1, 9), true},
                              {span.subspan(10), true}};
  EXPECT_EQ(other.Seal(segments, 0), expected);
  EXPECT_EQ(pieces, whole);
}

TEST_P(SealingTest, WhatIsNotEncryptedIsSignedAllTheSame) {
  Message message = FromHex("0011223344556677");
  const Message plain = message;
  const auto span = absl::MakeSpan(message);
  const Segment segments[] = {{span.subspan(0, 4), false},
                              {span.subspan(4), true}};
  const auto signature = client_.Seal(segments, 0);
  EXPECT_EQ(ToHex(span.subspan(0, 4)), "00112233");
  EXPECT_NE(ToHex(span.subspan(4)), "44556677");
  MessageProtection unaltered = server_;
  Message copy = message;
  const auto copy_span = absl::MakeSpan(copy);
  const Segment copy_segments[] = {{copy_span.subspan(0, 4), false},
                                   {copy_span.subspan(4), true}};
  EXPECT_EQ(unaltered.Unseal(copy_segments, signature, 0), VerifyResult::kOk);
  EXPECT_EQ(copy, plain);
  message[0] ^= 1;
  EXPECT_EQ(server_.Unseal(segments, signature, 0), VerifyResult::kAltered);
}

TEST_P(SealingTest, EachAlteredBitIsSeen) {
  Message sealed = FromHex("00112233445566");
  const auto signature = client_.Seal(Whole(&sealed), 0);
  for (size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    MessageProtection server = server_;
    Message message = sealed;
    message[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_EQ(server.Unseal(Whole(&message), signature, 0),
              VerifyResult::kAltered)
        << bit;
  }
  for (size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    SCOPED_TRACE(bit);
    MessageProtection server = server_;
    Message message = sealed;
    auto other = signature;
    other[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const bool number = bit / 8 >= 12;
    // Without extended session security this part of a signature is nothing.
    const bool random_pad = !extended() && bit / 8 >= 4 && bit / 8 < 8;
    EXPECT_EQ(server.Unseal(Whole(&message), other, 0),
              random_pad ? VerifyResult::kOk
              : number   ? VerifyResult::kOutOfSequence
                         : VerifyResult::kAltered);
  }
}

TEST_P(SealingTest, SignatureOfAnotherSize) {
  Message message = FromHex("001122");
  const auto signature = client_.Sign(Whole(&message), 0);
  const auto before = server_.Snapshot();
  for (size_t size = 0; size < signature.size(); ++size) {
    const std::vector<uint8_t> cut =
        Copy(absl::MakeConstSpan(signature).subspan(0, size));
    EXPECT_EQ(server_.Verify(Whole(&message), cut, 0), VerifyResult::kAltered);
  }
  std::vector<uint8_t> longer = Copy(signature);
  longer.push_back(0);
  EXPECT_EQ(server_.Verify(Whole(&message), longer, 0), VerifyResult::kAltered);
  EXPECT_EQ(server_.Snapshot(), before);
  EXPECT_EQ(server_.Verify(Whole(&message), signature, 0), VerifyResult::kOk);
}

TEST_P(SealingTest, AfterAnAlteredMessageTheNextIsRight) {
  Message first = FromHex("001122");
  const auto first_signature = client_.Seal(Whole(&first), 0);
  Message second = FromHex("334455");
  const auto second_signature = client_.Seal(Whole(&second), 1);
  first[0] ^= 1;
  EXPECT_EQ(server_.Unseal(Whole(&first), first_signature, 0),
            VerifyResult::kAltered);
  EXPECT_EQ(server_.Unseal(Whole(&second), second_signature, 1),
            VerifyResult::kOk);
  EXPECT_EQ(ToHex(second), "334455");
}

TEST_P(SealingTest, LostAndRepeatedMessagesAreSeenAndLeaveTheStateAlone) {
  Message sealed[3];
  MessageProtection::Signature signatures[3];
  for (uint32_t i = 0; i < 3; ++i) {
    sealed[i] = Message(5, static_cast<uint8_t>(i));
    signatures[i] = client_.Seal(Whole(&sealed[i]), i);
  }
  const auto receive = [&](uint32_t which, uint32_t number) {
    Message message = sealed[which];
    return server_.Unseal(Whole(&message), signatures[which], number);
  };
  EXPECT_EQ(receive(0, 0), VerifyResult::kOk);
  // The second is late, then the first comes again.
  EXPECT_EQ(receive(2, 1), VerifyResult::kOutOfSequence);
  EXPECT_EQ(receive(0, 1), VerifyResult::kOutOfSequence);
  EXPECT_EQ(receive(1, 1), VerifyResult::kOk);
  EXPECT_EQ(receive(2, 2), VerifyResult::kOk);
}

TEST(SealingNumberTest, ConnectionlessMessagesComeInAnyOrder) {
  for (const uint32_t mode : kModes) {
    SCOPED_TRACE(mode);
    const uint32_t flags =
        mode | kNegotiateDatagram | kNegotiateSign | kNegotiateSeal;
    MessageProtection client(kSessionKey, flags, Role::kInitiator);
    MessageProtection server(kSessionKey, flags, Role::kAcceptor);
    Message late = FromHex("001122");
    const auto late_signature = client.Seal(Whole(&late), 7);
    Message early = FromHex("334455");
    const auto early_signature = client.Seal(Whole(&early), 0xFFFFFFFF);
    EXPECT_EQ(server.Unseal(Whole(&early), early_signature, 0xFFFFFFFF),
              VerifyResult::kOk);
    EXPECT_EQ(server.Unseal(Whole(&late), late_signature, 7),
              VerifyResult::kOk);
    EXPECT_EQ(ToHex(early), "334455");
    EXPECT_EQ(ToHex(late), "001122");
  }
}

TEST(SealingNumberTest, TheCallersNumberDoesNotMatterToConnections) {
  for (const uint32_t mode : kModes) {
    SCOPED_TRACE(mode);
    MessageProtection one(kSessionKey, mode | kNegotiateSign, Role::kInitiator);
    MessageProtection other = one;
    Message message = FromHex("001122");
    EXPECT_EQ(one.Sign(Whole(&message), 0), other.Sign(Whole(&message), 99));
  }
}

TEST_P(SealingTest, OneOwnMessageIsNotThePeers) {
  Message message = FromHex("001122");
  const auto signature = client_.Sign(Whole(&message), 0);
  MessageProtection fresh(kSessionKey, flags(), Role::kInitiator);
  // With keys of its own for each direction a reflected message is seen.
  EXPECT_EQ(fresh.Verify(Whole(&message), signature, 0),
            extended() ? VerifyResult::kAltered : VerifyResult::kOk);
}

TEST_P(SealingTest, SnapshotGoesOnInAnotherPlace) {
  Message message = FromHex("001122");
  auto signature = client_.Seal(Whole(&message), 0);
  ASSERT_EQ(server_.Unseal(Whole(&message), signature, 0), VerifyResult::kOk);

  for (MessageProtection* side : {&client_, &server_}) {
    const auto snapshot = side->Snapshot();
    const auto restored = MessageProtection::Restore(Copy(snapshot));
    ASSERT_TRUE(restored.ok()) << restored.status();
    EXPECT_EQ(restored->Snapshot(), snapshot);
    *side = *restored;
  }
  signature = client_.Seal(Whole(&message), 1);
  EXPECT_EQ(server_.Unseal(Whole(&message), signature, 1), VerifyResult::kOk);
  signature = server_.Seal(Whole(&message), 2);
  EXPECT_EQ(client_.Unseal(Whole(&message), signature, 2), VerifyResult::kOk);
  EXPECT_EQ(ToHex(message), "001122");
}

TEST_P(SealingTest, NothingIsDerivedBeforeTheFirstMessage) {
  const auto fresh = client_.Snapshot();
  // Behind the header all is zero: no channel is in use.
  for (size_t i = 23; i < fresh.size(); ++i) {
    EXPECT_EQ(fresh[i], 0) << i;
  }
  Message message = FromHex("001122");
  client_.Sign(Whole(&message), 0);
  EXPECT_NE(client_.Snapshot(), fresh);
}

TEST(SealingRestoreTest, RefusesWhatCannotHaveBeenWritten) {
  const uint32_t flags = kNegotiateSign | kNegotiateExtendedSessionSecurity;
  MessageProtection protection(kSessionKey, flags, Role::kInitiator);
  Message message = FromHex("001122");
  protection.Sign(Whole(&message), 0);
  const std::vector<uint8_t> good = Copy(protection.Snapshot());
  ASSERT_TRUE(MessageProtection::Restore(good).ok());

  for (size_t size = 0; size < good.size(); ++size) {
    const std::vector<uint8_t> cut(good.begin(), good.begin() + size);
    EXPECT_FALSE(MessageProtection::Restore(cut).ok()) << size;
  }
  std::vector<uint8_t> longer = good;
  longer.push_back(0);
  EXPECT_FALSE(MessageProtection::Restore(longer).ok());

  constexpr size_t kFirstChannel = 23;
  constexpr size_t kSecondChannel = kFirstChannel + 263;
  const struct {
    size_t at;
    uint8_t value;
    std::string_view why;
  } changes[] = {
      {0, 2, "of another version"},
      {1, 2, "bad role"},
      {kFirstChannel, 2, "bad channel"},
      {kFirstChannel, 0, "a channel not in use has a state"},
      {kFirstChannel + 5, good[kFirstChannel + 6],
       "the keystream's state is not a permutation"},
      {kSecondChannel, 1, "the keystream's state is not a permutation"},
      {kSecondChannel + 262, 1, "a channel not in use has a state"},
      // The flags, lowest byte first: no signing.
      {3, 0, "a channel is in use that the flags do not have"},
  };
  for (const auto& change : changes) {
    std::vector<uint8_t> bad = good;
    bad[change.at] = change.value;
    const auto restored = MessageProtection::Restore(bad);
    ASSERT_FALSE(restored.ok()) << change.at;
    EXPECT_EQ(restored.status().message(),
              "message protection snapshot: " + std::string(change.why));
  }
}

// MS-SPNG 3.3.5.1: the first message after a mechListMIC has the next number
// and the same keystream.
TEST(SealingTest, RestartedKeystreamsGoOnCounting) {
  const uint32_t flags = kNegotiateSeal | kNegotiateSign |
                         kNegotiateKeyExchange |
                         kNegotiateExtendedSessionSecurity;
  MessageProtection sender(kSessionKey, flags, Role::kInitiator);
  Message first = FromHex("001122");
  Message other = first;
  sender.Seal(Whole(&first), 0);
  sender.RestartKeystreams();
  const auto restored = MessageProtection::Restore(sender.Snapshot());
  ASSERT_TRUE(restored.ok()) << restored.status();
  sender = *restored;
  const auto signature = sender.Seal(Whole(&other), 0);
  EXPECT_EQ(other, first);
  EXPECT_EQ(signature[12], 1);
}

TEST(SealingRestoreTest, OneChannelWithoutExtendedSessionSecurity) {
  MessageProtection protection(kSessionKey, kNegotiateSign, Role::kAcceptor);
  Message message = FromHex("001122");
  protection.Sign(Whole(&message), 0);
  std::vector<uint8_t> snapshot = Copy(protection.Snapshot());
  ASSERT_TRUE(MessageProtection::Restore(snapshot).ok());
  std::copy(snapshot.begin() + 23, snapshot.begin() + 23 + 263,
            snapshot.begin() + 23 + 263);
  EXPECT_FALSE(MessageProtection::Restore(snapshot).ok());
}

// --- kNegotiateAlwaysSign alone.

TEST(SealingDummyTest, DummySignatures) {
  for (const uint32_t flags :
       {kNegotiateAlwaysSign,
        kNegotiateAlwaysSign | kNegotiateExtendedSessionSecurity}) {
    MessageProtection client(kSessionKey, flags, Role::kInitiator);
    MessageProtection server(kSessionKey, flags, Role::kAcceptor);
    Message message = FromHex("001122");
    for (uint32_t number = 0; number < 3; ++number) {
      auto signature = client.Sign(Whole(&message), number);
      EXPECT_EQ(ToHex(signature), "01000000000000000000000000000000");
      EXPECT_EQ(server.Verify(Whole(&message), signature, number),
                VerifyResult::kOk);
      signature[15] = 1;
      EXPECT_EQ(server.Verify(Whole(&message), signature, number),
                VerifyResult::kAltered);
    }
  }
}

}  // namespace
}  // namespace sspilab::ntlm
