// Tokens that are cut, bent and bitten: Parse gives an error that names the
// place, or a message that survives being written and read again, and never
// reads outside. Every token is a heap copy of exactly its size, for
// AddressSanitizer to watch.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/ntlm/messages.h"
#include "gtest/gtest.h"
#include "tests/core/ntlm/spec_vectors.h"
#include "tests/core/ntlm/windows_vectors.h"
#include "tests/support/hex.h"

namespace sspilab::ntlm {
namespace {

using sspilab::testing::Copy;
using sspilab::testing::FromHex;

// Parses; when that succeeds, writes and parses again. Says whether it did.
template <typename Message>
bool ParsesAndSurvives(const std::vector<uint8_t>& token) {
  const absl::StatusOr<Message> message = Message::Parse(token);
  if (!message.ok()) {
    EXPECT_EQ(message.status().code(), absl::StatusCode::kInvalidArgument);
    return false;
  }
  std::vector<uint8_t> written(message->SerializedSize());
  const absl::StatusOr<size_t> size =
      message->Serialize(absl::MakeSpan(written));
  EXPECT_TRUE(size.ok()) << size.status();
  EXPECT_EQ(size.value_or(0), written.size());
  const absl::StatusOr<Message> again = Message::Parse(written);
  EXPECT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again.ok() && *again == *message);
  return true;
}

constexpr std::string_view kNegotiateToken =
    "4e544c4d53535000 01000000 973208e2 0300030028000000 070007002b000000"
    "0501280a0000000f 444f4d 53544154494f4e";

const std::vector<std::string_view>& ChallengeTokens() {
  static const auto* tokens = new std::vector<std::string_view>{
      spec::v1::kChallengeMessage,
      spec::v1_client_challenge::kChallengeMessage,
      spec::v2::kChallengeMessage,
      windows::kChallengeMessage,
  };
  return *tokens;
}

const std::vector<std::string_view>& AuthenticateTokens() {
  static const auto* tokens = new std::vector<std::string_view>{
      spec::v1::kAuthenticateMessage,
      spec::v1_client_challenge::kAuthenticateMessage,
      spec::v2::kAuthenticateMessage,
      windows::kAuthenticateMessage,
  };
  return *tokens;
}

// Runs `check` on each prefix of the token that is shorter than it.
template <typename Check>
void ForEachTruncation(std::string_view hex, Check check) {
  const std::vector<uint8_t> token = FromHex(hex);
  for (size_t size = 0; size < token.size(); ++size) {
    SCOPED_TRACE(size);
    check(Copy(absl::MakeConstSpan(token).subspan(0, size)));
  }
}

TEST(TruncationTest, Negotiate) {
  ForEachTruncation(kNegotiateToken, [](const std::vector<uint8_t>& token) {
    EXPECT_FALSE(ParsesAndSurvives<NegotiateMessage>(token));
  });
}

TEST(TruncationTest, NegotiateWithoutNamesHasOldForms) {
  // Legal: flags only, and each length that has whole fields.
  ForEachTruncation(
      "4e544c4d53535000 01000000 978208e2 0000000000000000 0000000000000000"
      "0a0063450000000f",
      [](const std::vector<uint8_t>& token) {
        EXPECT_EQ(ParsesAndSurvives<NegotiateMessage>(token),
                  token.size() == 16 || token.size() >= 32);
      });
}

TEST(TruncationTest, Challenge) {
  for (const std::string_view hex : ChallengeTokens()) {
    ForEachTruncation(hex, [](const std::vector<uint8_t>& token) {
      EXPECT_FALSE(ParsesAndSurvives<ChallengeMessage>(token));
    });
  }
}

TEST(TruncationTest, Authenticate) {
  for (const std::string_view hex : AuthenticateTokens()) {
    ForEachTruncation(hex, [](const std::vector<uint8_t>& token) {
      EXPECT_FALSE(ParsesAndSurvives<AuthenticateMessage>(token));
    });
  }
}

TEST(TruncationTest, PeekNeedsTwelveBytes) {
  ForEachTruncation(kNegotiateToken, [](const std::vector<uint8_t>& token) {
    EXPECT_EQ(PeekMessageType(token).ok(), token.size() >= 12);
  });
}

// Every byte of the header, to every value: that is each length and offset
// bent, each flag changed.
template <typename Message>
void BendEachByte(std::string_view hex, size_t header_size) {
  std::vector<uint8_t> token = FromHex(hex);
  size_t accepted = 0;
  for (size_t at = 0; at < std::min(header_size, token.size()); ++at) {
    const uint8_t before = token[at];
    for (int value = 0; value < 256; ++value) {
      token[at] = static_cast<uint8_t>(value);
      accepted += ParsesAndSurvives<Message>(token) ? 1 : 0;
    }
    token[at] = before;
  }
  EXPECT_GT(accepted, header_size);
}

TEST(BentTest, Negotiate) {
  BendEachByte<NegotiateMessage>(kNegotiateToken, 40);
}

TEST(BentTest, Challenge) {
  for (const std::string_view hex : ChallengeTokens()) {
    BendEachByte<ChallengeMessage>(hex, 56);
  }
}

TEST(BentTest, Authenticate) {
  for (const std::string_view hex : AuthenticateTokens()) {
    BendEachByte<AuthenticateMessage>(hex, 88);
  }
}

// Length and offset of a field, at the edges where sums wrap.
TEST(BentTest, EdgesOfEachField) {
  const uint16_t lengths[] = {0, 1, 2, 0x7FFF, 0x8000, 0xFFFF};
  const uint32_t offsets[] = {0,          1,          51,         52,
                              63,         64,         71,         72,
                              87,         88,         0xFFFF,     0x7FFFFFFF,
                              0x80000000, 0xFFFF0000, 0xFFFFFFF0, 0xFFFFFFFF};
  const std::vector<uint8_t> token = FromHex(spec::v2::kAuthenticateMessage);
  for (size_t field = 12; field <= 52; field += 8) {
    for (const uint16_t length : lengths) {
      for (const uint32_t offset : offsets) {
        std::vector<uint8_t> bent = token;
        bent[field] = static_cast<uint8_t>(length);
        bent[field + 1] = static_cast<uint8_t>(length >> 8);
        for (size_t i = 0; i < 4; ++i) {
          bent[field + 4 + i] = static_cast<uint8_t>(offset >> (8 * i));
        }
        const bool outside = uint64_t{offset} + length > token.size();
        // The shortest header has 52 bytes; that with the session key's field
        // has 64.
        const bool in_header = offset < (field == 52 ? 64U : 52U);
        SCOPED_TRACE(::testing::Message() << "field " << field << ": " << length
                                          << " bytes at " << offset);
        EXPECT_EQ(ParsesAndSurvives<AuthenticateMessage>(bent),
                  length == 0 || (!outside && !in_header));
      }
    }
  }
}

struct ErrorCase {
  // Of the token that is bent: where, and to what.
  size_t at;
  std::string_view bytes;
  std::string_view error;
};

template <typename Message>
void ExpectError(std::string_view hex, const ErrorCase& c) {
  std::vector<uint8_t> token = FromHex(hex);
  const std::vector<uint8_t> bytes = FromHex(c.bytes);
  std::copy(bytes.begin(), bytes.end(), token.begin() + c.at);
  EXPECT_EQ(Message::Parse(token).status(),
            absl::InvalidArgumentError(c.error));
}

TEST(ErrorTest, ErrorsNameMessageFieldAndByte) {
  ExpectError<ChallengeMessage>(
      spec::v2::kChallengeMessage,
      {0, "4f", "token does not begin with NTLMSSP and a zero byte"});
  ExpectError<ChallengeMessage>(
      spec::v2::kChallengeMessage,
      {8, "04000000", "MessageType at byte 8 is 4, not 1 to 3"});
  ExpectError<ChallengeMessage>(
      spec::v2::kChallengeMessage,
      {8, "00000000", "MessageType at byte 8 is 0, not 1 to 3"});
  ExpectError<ChallengeMessage>(
      spec::v2::kChallengeMessage,
      {8, "01000000", "CHALLENGE: MessageType at byte 8 is that of NEGOTIATE"});
  ExpectError<ChallengeMessage>(
      spec::v2::kChallengeMessage,
      {40, "2500",
       "CHALLENGE: TargetInfo at byte 40 (37 bytes at 68) ends past the "
       "token's 104 bytes"});
  ExpectError<ChallengeMessage>(
      spec::v2::kChallengeMessage,
      {44, "2f000000",
       "CHALLENGE: TargetInfo at byte 40 points at byte 47, inside the "
       "header"});
  ExpectError<AuthenticateMessage>(
      spec::v2::kAuthenticateMessage,
      {40, "ffffffff",
       "AUTHENTICATE: UserName at byte 36 (8 bytes at 4294967295) ends past "
       "the token's 232 bytes"});
  ExpectError<AuthenticateMessage>(
      spec::v2::kAuthenticateMessage,
      {16, "33000000",
       "AUTHENTICATE: LmChallengeResponse at byte 12 points at byte 51, inside "
       "the header"});
  ExpectError<NegotiateMessage>(
      kNegotiateToken,
      {20, "1f000000",
       "NEGOTIATE: DomainName at byte 16 points at byte 31, inside the "
       "header"});
  EXPECT_EQ(PeekMessageType(FromHex("4e544c4d535350000100 00")).status(),
            absl::InvalidArgumentError(
                "token of 11 bytes is too short for an NTLM message"));
  const std::vector<uint8_t> cut =
      Copy(absl::MakeConstSpan(FromHex(spec::v2::kAuthenticateMessage))
               .subspan(0, 51));
  EXPECT_EQ(AuthenticateMessage::Parse(cut).status(),
            absl::InvalidArgumentError("AUTHENTICATE: header at byte 51 is cut "
                                       "off before its 52 bytes"));
}

}  // namespace
}  // namespace sspilab::ntlm
