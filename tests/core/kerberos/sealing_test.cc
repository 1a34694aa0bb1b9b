// What per-message tokens look like on the wire, and whose they are.

#include "core/kerberos/sealing.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/entropy.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/open_result.h"
#include "gtest/gtest.h"

namespace sspilab::kerberos {
namespace {

using Token = std::vector<uint8_t>;

Key KeyOfType(Etype etype) {
  const EncryptionType& type = Find(etype);
  Token bytes(type.key_size);
  Entropy entropy(3, 0);
  entropy.Fill(absl::MakeSpan(bytes));
  return *Key::Of(static_cast<int32_t>(etype), bytes);
}

MessageProtection::Terms TermsOf(Etype etype, bool dce_style = false) {
  return {.role = Role::kInitiator,
          .key = KeyOfType(etype),
          .acceptor_subkey = true,
          .dce_style = dce_style,
          .detect_replay = true,
          .detect_sequence = true,
          .send_number = 0x01020304,
          .receive_number = 0x05060708};
}

MessageProtection::Terms OtherSideOf(MessageProtection::Terms terms) {
  terms.role = Role::kAcceptor;
  std::swap(terms.send_number, terms.receive_number);
  return terms;
}

// The whole token: room, message, padding.
Token Wrap(MessageProtection& from, bool encrypt, const Token& text) {
  Entropy entropy(4, 0);
  const size_t room = from.wrap_size(encrypt, text.size());
  Token whole(room + text.size() + from.padding_size());
  std::copy(text.begin(), text.end(),
            whole.begin() + static_cast<std::ptrdiff_t>(room));
  from.Wrap(encrypt, entropy, text.size(), absl::MakeSpan(whole));
  return whole;
}

Token At(const Token& token, size_t from, size_t size) {
  const auto begin = token.begin() + static_cast<std::ptrdiff_t>(from);
  return Token(begin, begin + static_cast<std::ptrdiff_t>(size));
}

const Token kText = {'t', 'e', 'x', 't'};

// RFC 4121 4.2.6.1.
TEST(KerberosSealingTest, MicTokensAreAsRfc4121HasThem) {
  MessageProtection from(TermsOf(Etype::kAes256CtsHmacSha1));
  Token mic(from.mic_size());
  from.Sign({kText}, absl::MakeSpan(mic));
  EXPECT_EQ(At(mic, 0, 16), Token({4, 4, 4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,  //
                                   0, 0, 0, 0, 1, 2, 3, 4}));
  EXPECT_EQ(mic.size(), 16U + 12);
  // 4.2.4: over the message, then the header.
  const Token header = At(mic, 0, 16);
  EXPECT_TRUE(VerifyChecksum(from.key(), KeyUsage::kInitiatorSign,
                             {kText, header}, 16, At(mic, 16, 12)));
}

// 4.2.6.2, without confidentiality: EC is the checksum's length.
TEST(KerberosSealingTest, PlainWrapTokensAreAsRfc4121HasThem) {
  MessageProtection from(TermsOf(Etype::kAes256CtsHmacSha1));
  Token whole = Wrap(from, false, kText);
  EXPECT_EQ(At(whole, 0, 16), Token({5, 4, 4, 0xFF, 0, 12, 0, 12,  //
                                     0, 0, 0, 0, 1, 2, 3, 4}));
  // As it would be without the rotation (4.2.5): the message, its checksum.
  Token body = At(whole, 16, whole.size() - 16);
  std::rotate(body.begin(), body.begin() + 12, body.end());
  EXPECT_EQ(At(body, 0, 4), kText);
  Token header = At(whole, 0, 16);
  std::fill(header.begin() + 4, header.begin() + 8, uint8_t{0});
  EXPECT_TRUE(VerifyChecksum(from.key(), KeyUsage::kInitiatorSeal,
                             {kText, header}, 16, At(body, 4, 12)));
}

// With it: the header is encrypted behind the message, without RRC.
TEST(KerberosSealingTest, SealedWrapTokensAreAsRfc4121HasThem) {
  for (const bool dce : {false, true}) {
    MessageProtection from(TermsOf(Etype::kAes256CtsHmacSha1, dce));
    Token whole = Wrap(from, true, kText);
    const uint8_t filler = dce ? 16 : 0;
    EXPECT_EQ(At(whole, 0, 16), Token({5, 4, 6, 0xFF, 0, filler, 0, 28,  //
                                       0, 0, 0, 0, 1, 2, 3, 4}));
    EXPECT_EQ(whole.size(), 16U + 16 + 4 + filler + 16 + 12);
    Token body = At(whole, 16, whole.size() - 16);
    std::rotate(body.begin(), body.begin() + 28 + filler, body.end());
    const auto plain = Cipher(from.key(), KeyUsage::kInitiatorSeal)
                           .Decrypt(absl::MakeSpan(body));
    ASSERT_TRUE(plain.has_value());
    const Token inside(plain->begin(), plain->end());
    EXPECT_EQ(At(inside, 0, 4), kText);
    Token header = At(whole, 0, 16);
    header[6] = header[7] = 0;
    EXPECT_EQ(At(inside, inside.size() - 16, 16), header);
  }
}

// RFC 4757 7.2, 7.3; the framing of RFC 1964 1.2.
TEST(KerberosSealingTest, Rc4TokensAreAsRfc4757HasThem) {
  MessageProtection from(TermsOf(Etype::kRc4Hmac));
  const Token framing = {0x60, 0,    0x06, 0x09, 0x2A, 0x86, 0x48,
                         0x86, 0xF7, 0x12, 0x01, 0x02, 0x02};
  const auto framed = [&framing](size_t size) {
    Token expected = framing;
    expected[1] = static_cast<uint8_t>(size - 2);
    return expected;
  };
  Token mic(from.mic_size());
  from.Sign({kText}, absl::MakeSpan(mic));
  EXPECT_EQ(mic.size(), 37U);
  EXPECT_EQ(At(mic, 0, 13), framed(37));
  EXPECT_EQ(At(mic, 13, 8), Token({1, 1, 0x11, 0, 0xFF, 0xFF, 0xFF, 0xFF}));

  const Token sealed = Wrap(from, true, kText);
  EXPECT_EQ(sealed.size(), 45U + 4 + 1);
  EXPECT_EQ(At(sealed, 0, 13), framed(50));
  EXPECT_EQ(At(sealed, 13, 8), Token({2, 1, 0x11, 0, 0x10, 0, 0xFF, 0xFF}));
  EXPECT_NE(At(sealed, 45, 4), kText);

  const Token plain = Wrap(from, false, kText);
  EXPECT_EQ(At(plain, 13, 8), Token({2, 1, 0x11, 0, 0xFF, 0xFF, 0xFF, 0xFF}));
  EXPECT_EQ(At(plain, 45, 5), Token({'t', 'e', 'x', 't', 1}));

  // DCE style: the framing ends before the message, which is not padded.
  MessageProtection dce(TermsOf(Etype::kRc4Hmac, true));
  const Token of_rpc = Wrap(dce, true, kText);
  EXPECT_EQ(of_rpc.size(), 45U + 4);
  EXPECT_EQ(At(of_rpc, 0, 13), framed(45));
}

class EachEtype : public ::testing::TestWithParam<Etype> {};
INSTANTIATE_TEST_SUITE_P(All, EachEtype,
                         ::testing::Values(Etype::kAes256CtsHmacSha1,
                                           Etype::kAes128CtsHmacSha256,
                                           Etype::kRc4Hmac));

TEST_P(EachEtype, NoFlippedBitIsBelieved) {
  for (const bool dce : {false, true}) {
    for (const bool encrypt : {false, true}) {
      const MessageProtection::Terms terms = TermsOf(GetParam(), dce);
      MessageProtection from(terms);
      const Token whole = Wrap(from, encrypt, kText);
      for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        MessageProtection to(OtherSideOf(terms));
        Token altered = whole;
        altered[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        const OpenedToken opened = to.Unwrap(absl::MakeSpan(altered));
        if (opened.result != OpenResult::kOk) continue;
        // Nothing protects RRC, which may come to the same rotation.
        EXPECT_EQ(from.type().tokens, TokenFormat::kRfc4121);
        EXPECT_EQ(bit / 16, 3U) << bit;
        EXPECT_EQ(Token(opened.message.begin(), opened.message.end()), kText);
      }
      for (size_t size = 0; size < whole.size(); ++size) {
        MessageProtection to(OtherSideOf(terms));
        Token shorter = At(whole, 0, size);
        EXPECT_NE(to.Unwrap(absl::MakeSpan(shorter)).result, OpenResult::kOk)
            << size;
      }
      MessageProtection to(OtherSideOf(terms));
      Token good = whole;
      EXPECT_EQ(to.Unwrap(absl::MakeSpan(good)).result, OpenResult::kOk);
    }
  }
}

TEST_P(EachEtype, NoFlippedBitOfASignatureIsBelieved) {
  const MessageProtection::Terms terms = TermsOf(GetParam());
  MessageProtection from(terms);
  Token mic(from.mic_size());
  from.Sign({kText}, absl::MakeSpan(mic));
  for (size_t bit = 0; bit < 8 * mic.size(); ++bit) {
    MessageProtection to(OtherSideOf(terms));
    Token altered = mic;
    altered[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_NE(to.Verify({kText}, altered), OpenResult::kOk) << bit;
  }
  MessageProtection to(OtherSideOf(terms));
  EXPECT_EQ(to.Verify({kText}, mic), OpenResult::kOk);
  EXPECT_EQ(to.Verify({kText}, mic), OpenResult::kOutOfSequence);
}

// Nobody can send a message back to who made it.
TEST_P(EachEtype, OnesOwnTokensAreRefused) {
  const MessageProtection::Terms terms = TermsOf(GetParam());
  MessageProtection from(terms);
  Token whole = Wrap(from, true, kText);
  EXPECT_NE(from.Unwrap(absl::MakeSpan(whole)).result, OpenResult::kOk);
  Token mic(from.mic_size());
  from.Sign({kText}, absl::MakeSpan(mic));
  EXPECT_NE(from.Verify({kText}, mic), OpenResult::kOk);
}

TEST(SequenceWindowTest, TakesNumbersInOrderOrOnceOrAny) {
  SequenceWindow in_order(true, true, 7);
  EXPECT_TRUE(in_order.Take(7));
  EXPECT_FALSE(in_order.Take(7));
  EXPECT_FALSE(in_order.Take(9));
  EXPECT_TRUE(in_order.Take(8));

  SequenceWindow once(false, true, 7);
  EXPECT_TRUE(once.Take(9));
  EXPECT_TRUE(once.Take(7));
  EXPECT_FALSE(once.Take(9));
  EXPECT_FALSE(once.Take(7));
  EXPECT_TRUE(once.Take(8));
  EXPECT_TRUE(once.Take(200));
  // What is older than the window is taken for a replay.
  EXPECT_TRUE(once.Take(137));
  EXPECT_FALSE(once.Take(136));

  SequenceWindow any(false, false, 7);
  EXPECT_TRUE(any.Take(9));
  EXPECT_TRUE(any.Take(9));
}

}  // namespace
}  // namespace sspilab::kerberos
