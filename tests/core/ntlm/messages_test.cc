#include "core/ntlm/messages.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/wire/utf.h"
#include "gtest/gtest.h"
#include "tests/core/ntlm/spec_vectors.h"
#include "tests/core/ntlm/windows_vectors.h"
#include "tests/support/hex.h"

namespace sspilab::ntlm {
namespace {

using sspilab::testing::ArrayFromHex;
using sspilab::testing::BytesOf;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;
using wire::Utf16LeBytes;

template <typename Message>
std::string SerializeToHex(const Message& message) {
  std::vector<uint8_t> out(message.SerializedSize());
  const absl::StatusOr<size_t> size = message.Serialize(absl::MakeSpan(out));
  if (!size.ok()) {
    return size.status().ToString();
  }
  EXPECT_EQ(*size, out.size());
  return ToHex(out);
}

// 6.0.6000 and 5.1.2600, as MS-NLMP 4.2 has them.
constexpr Version kServerVersion = {
    .major = 6, .minor = 0, .build = 6000, .reserved = {}, .revision = 15};
constexpr Version kClientVersion = {
    .major = 5, .minor = 1, .build = 2600, .reserved = {}, .revision = 15};

// --- MS-NLMP 4.2.2.3, 4.2.3.3, 4.2.4.3, byte for byte.

TEST(MessagesSpecTest, ChallengeMessages) {
  const struct {
    uint32_t flags;
    std::string_view target_info;
    std::string_view token;
  } cases[] = {
      {spec::v1::kFlags, "", spec::v1::kChallengeMessage},
      {spec::v1_client_challenge::kFlags, "",
       spec::v1_client_challenge::kChallengeMessage},
      {spec::v2::kFlags, spec::v2::kTargetInfo, spec::v2::kChallengeMessage},
  };
  for (const auto& c : cases) {
    const std::vector<uint8_t> info = FromHex(c.target_info);
    ChallengeMessage message;
    message.flags = c.flags;
    message.server_challenge = ArrayFromHex<8>(spec::kServerChallenge);
    message.target_name = Utf16LeBytes(spec::kServer);
    message.target_info = info;
    message.version = kServerVersion;
    EXPECT_EQ(SerializeToHex(message), c.token);

    const std::vector<uint8_t> token = FromHex(c.token);
    const auto parsed = ChallengeMessage::Parse(token);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, message);
  }
}

TEST(MessagesSpecTest, AuthenticateMessages) {
  const std::string v2_response =
      std::string(spec::v2::kNtProof) + std::string(spec::v2::kTemp);
  const struct {
    uint32_t flags;
    std::string_view lm_response;
    std::string_view nt_response;
    std::string_view session_key;
    std::string_view token;
  } cases[] = {
      {0xE2808235, spec::v1::kLmResponse, spec::v1::kNtResponse,
       spec::v1::kEncryptedSessionKey, spec::v1::kAuthenticateMessage},
      {0x82088235, spec::v1_client_challenge::kLmResponse,
       spec::v1_client_challenge::kNtResponse, "",
       spec::v1_client_challenge::kAuthenticateMessage},
      {0xE2888235, spec::v2::kLmResponse, v2_response,
       spec::v2::kEncryptedSessionKey, spec::v2::kAuthenticateMessage},
  };
  for (const auto& c : cases) {
    const std::vector<uint8_t> lm = FromHex(c.lm_response);
    const std::vector<uint8_t> nt = FromHex(c.nt_response);
    const std::vector<uint8_t> key = FromHex(c.session_key);
    AuthenticateMessage message;
    message.flags = c.flags;
    message.lm_response = lm;
    message.nt_response = nt;
    message.domain = Utf16LeBytes(spec::kDomain);
    message.user = Utf16LeBytes(spec::kUser);
    message.workstation = Utf16LeBytes(spec::kWorkstation);
    message.encrypted_session_key = key;
    message.version = kClientVersion;
    EXPECT_EQ(SerializeToHex(message), c.token);

    const std::vector<uint8_t> token = FromHex(c.token);
    const auto parsed = AuthenticateMessage::Parse(token);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, message);
    EXPECT_EQ(parsed->mic, std::nullopt);
  }
}

// --- What Windows sent goes through, byte for byte.

TEST(MessagesWindowsTest, TokensOfARealExchange) {
  const std::vector<uint8_t> challenge = FromHex(windows::kChallengeMessage);
  const auto parsed_challenge = ChallengeMessage::Parse(challenge);
  ASSERT_TRUE(parsed_challenge.ok()) << parsed_challenge.status();
  EXPECT_EQ(SerializeToHex(*parsed_challenge), ToHex(challenge));
  EXPECT_EQ(ToHex(parsed_challenge->server_challenge),
            windows::kServerChallenge);

  const std::vector<uint8_t> authenticate =
      FromHex(windows::kAuthenticateMessage);
  const auto parsed = AuthenticateMessage::Parse(authenticate);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(SerializeToHex(*parsed), ToHex(authenticate));
  EXPECT_EQ(wire::Utf16LeToUtf16(parsed->user), windows::kUser);
  EXPECT_EQ(wire::Utf16LeToUtf16(parsed->domain), windows::kDomain);
  EXPECT_EQ(wire::Utf16LeToUtf8Lossy(parsed->workstation), "COSMO-OCS-R2");
}

// --- Each form of each message.

// "NTLMSSP", a zero, and a MessageType.
constexpr std::string_view kPrefix1 = "4e544c4d53535000 01000000 ";
constexpr std::string_view kPrefix2 = "4e544c4d53535000 02000000 ";
constexpr std::string_view kPrefix3 = "4e544c4d53535000 03000000 ";

std::string Concat(std::string_view a, std::string_view b) {
  return std::string(a) + std::string(b);
}

TEST(NegotiateMessageTest, WithNamesAndVersion) {
  NegotiateMessage message;
  message.flags = 0xE2083297;
  message.domain = BytesOf("DOM");
  message.workstation = BytesOf("STATION");
  message.version = kClientVersion;
  const std::string hex = SerializeToHex(message);
  EXPECT_EQ(hex, ToHex(FromHex(Concat(kPrefix1,
                                      "973208e2"
                                      "0300 0300 28000000"
                                      "0700 0700 2b000000"
                                      "0501280a0000000f"
                                      "444f4d 53544154494f4e"))));
  const std::vector<uint8_t> token = FromHex(hex);
  const auto parsed = NegotiateMessage::Parse(token);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, message);
}

TEST(NegotiateMessageTest, WhatWindowsSendsWithoutNames) {
  const std::vector<uint8_t> token = FromHex(Concat(
      kPrefix1, "978208e2 0000000000000000 0000000000000000 0a0063450000000f"));
  const auto parsed = NegotiateMessage::Parse(token);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->flags, 0xE2088297U);
  EXPECT_TRUE(parsed->domain.empty());
  ASSERT_TRUE(parsed->version.has_value());
  EXPECT_EQ(parsed->version->major, 10);
  EXPECT_EQ(parsed->version->build, 17763);
  EXPECT_EQ(SerializeToHex(*parsed), ToHex(token));
}

TEST(NegotiateMessageTest, NamesWithoutTheirFlagsAreNotLookedAt) {
  // Both fields point far outside.
  const std::vector<uint8_t> token = FromHex(Concat(
      kPrefix1, "07820000 ffffffffffffffff ffffffffffffffff 0000000000000000"));
  const auto parsed = NegotiateMessage::Parse(token);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_TRUE(parsed->domain.empty());
  EXPECT_TRUE(parsed->workstation.empty());
}

TEST(NegotiateMessageTest, OldForms) {
  // Windows 95: nothing behind the flags.
  const std::vector<uint8_t> shortest = FromHex(Concat(kPrefix1, "07020000"));
  auto parsed = NegotiateMessage::Parse(shortest);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->flags, 0x0207U);
  EXPECT_EQ(parsed->version, std::nullopt);
  // Windows NT 4: no Version; the payload begins at 32.
  const std::vector<uint8_t> nt4 =
      FromHex(Concat(kPrefix1,
                     "07320000 0300030020000000 0700070023000000 444f4d "
                     "53544154494f4e"));
  parsed = NegotiateMessage::Parse(nt4);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(ToHex(parsed->domain), ToHex(BytesOf("DOM")));
  EXPECT_EQ(ToHex(parsed->workstation), ToHex(BytesOf("STATION")));
  EXPECT_EQ(parsed->version, std::nullopt);
  EXPECT_EQ(SerializeToHex(*parsed), ToHex(nt4));
  // Its header is cut off, though nothing in it is needed.
  const std::vector<uint8_t> cut = FromHex(Concat(kPrefix1, "07020000 00"));
  EXPECT_EQ(NegotiateMessage::Parse(cut).status(),
            absl::InvalidArgumentError("NEGOTIATE: header at byte 17 is cut "
                                       "off before its 32 bytes"));
}

TEST(ChallengeMessageTest, OldForms) {
  // Without Reserved and TargetInfo.
  const std::vector<uint8_t> shortest = FromHex(
      Concat(kPrefix2, "0400040020000000 06020000 0123456789abcdef 53525652"));
  auto parsed = ChallengeMessage::Parse(shortest);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(ToHex(parsed->target_name), ToHex(BytesOf("SRVR")));
  EXPECT_TRUE(parsed->target_info.empty());
  EXPECT_EQ(parsed->version, std::nullopt);
  // Without Version.
  const std::vector<uint8_t> w2k = FromHex(
      Concat(kPrefix2,
             "0400040030000000 06028000 0123456789abcdef 1122334455667788 "
             "0400040034000000 53525652 00000000"));
  parsed = ChallengeMessage::Parse(w2k);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(ToHex(parsed->reserved), "1122334455667788");
  EXPECT_EQ(ToHex(parsed->target_info), "00000000");
  EXPECT_EQ(parsed->version, std::nullopt);
  EXPECT_EQ(SerializeToHex(*parsed), ToHex(w2k));
}

TEST(ChallengeMessageTest, TargetInfoIsPromisedButItsFieldIsNotThere) {
  const std::vector<uint8_t> token =
      FromHex(Concat(kPrefix2, "0000000000000000 06028000 0123456789abcdef"));
  EXPECT_EQ(ChallengeMessage::Parse(token).status(),
            absl::InvalidArgumentError("CHALLENGE: header at byte 32 is cut "
                                       "off before its 48 bytes"));
}

// Lm, Nt, Domain, User, Workstation; the payload begins at `begin` with "U".
std::string OldAuthenticateHeader(std::string_view begin) {
  const std::string empty = "0000 0000 " + std::string(begin) + "000000 ";
  return Concat(kPrefix3, empty + empty + empty + "0100 0100 " +
                              std::string(begin) + "000000 " + empty);
}

TEST(AuthenticateMessageTest, OldForms) {
  // Windows 95: no session key, no flags.
  const std::vector<uint8_t> w95 = FromHex(OldAuthenticateHeader("34") + "55");
  auto parsed = AuthenticateMessage::Parse(w95);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(ToHex(parsed->user), "55");
  EXPECT_EQ(parsed->flags, 0U);
  EXPECT_EQ(parsed->version, std::nullopt);
  EXPECT_EQ(parsed->mic, std::nullopt);
  // Windows NT 4 SP3: no Version.
  const std::vector<uint8_t> nt4 =
      FromHex(OldAuthenticateHeader("40") + "0000000000000000 06020000" + "55");
  parsed = AuthenticateMessage::Parse(nt4);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->flags, 0x0206U);
  EXPECT_EQ(parsed->version, std::nullopt);
  // Windows XP SP2: no MIC.
  const std::vector<uint8_t> xp =
      FromHex(OldAuthenticateHeader("48") +
              "0000000000000000 06020002 0501280a0000000f" + "55");
  parsed = AuthenticateMessage::Parse(xp);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->version, kClientVersion);
  EXPECT_EQ(parsed->mic, std::nullopt);
}

TEST(AuthenticateMessageTest, TheMicIsThereWhenThePayloadLeavesRoom) {
  AuthenticateMessage message;
  message.user = BytesOf("U");
  message.version = kClientVersion;
  EXPECT_EQ(message.SerializedSize(), 73U);
  message.mic = ArrayFromHex<16>("000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(message.SerializedSize(), 89U);
  const std::vector<uint8_t> token = FromHex(SerializeToHex(message));
  EXPECT_EQ(
      ToHex(absl::MakeConstSpan(token).subspan(AuthenticateMessage::kMicOffset,
                                               AuthenticateMessage::kMicSize)),
      "000102030405060708090a0b0c0d0e0f");
  const auto parsed = AuthenticateMessage::Parse(token);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, message);
}

TEST(AuthenticateMessageTest, TheSessionKeyCanBeWhereTheVersionWouldBe) {
  // Its field is in the header, its 16 bytes at 64, then the user.
  const std::vector<uint8_t> token =
      FromHex(OldAuthenticateHeader("50") + "1000100040000000 06020040" +
              "000102030405060708090a0b0c0d0e0f" + "55");
  const auto parsed = AuthenticateMessage::Parse(token);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(ToHex(parsed->encrypted_session_key),
            "000102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(parsed->version, std::nullopt);
}

TEST(AuthenticateMessageTest, AnyOrderWithGapsAndTrailingBytes) {
  // The user at 75, then the domain before it at 72, then two bytes of nobody.
  const std::vector<uint8_t> token = FromHex(
      Concat(kPrefix3,
             "0000 0000 00000000  0000 ffff ffffffff  0200 0000 48000000"
             "0100 0900 4b000000  0000 0000 01000000  0000 0000 00000000"
             "01020002 0501280a0000000f  4400 ee 55 eeee"));
  const auto parsed = AuthenticateMessage::Parse(token);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(ToHex(parsed->domain), "4400");
  EXPECT_EQ(ToHex(parsed->user), "55");
  EXPECT_TRUE(parsed->lm_response.empty());
  EXPECT_EQ(parsed->domain.data(), token.data() + 72);
}

// --- Serialize refuses what it cannot say.

TEST(SerializeTest, EachTooSmallPlaceIsRefusedAndLeftAlone) {
  const std::vector<uint8_t> token = FromHex(spec::v2::kAuthenticateMessage);
  const AuthenticateMessage message = AuthenticateMessage::Parse(token).value();
  for (size_t size = 0; size < token.size(); ++size) {
    std::vector<uint8_t> out(size, 0xEE);
    EXPECT_EQ(message.Serialize(absl::MakeSpan(out)).status().code(),
              absl::StatusCode::kOutOfRange);
    EXPECT_EQ(out, std::vector<uint8_t>(size, 0xEE));
  }
  std::vector<uint8_t> out(token.size() + 1, 0xEE);
  EXPECT_EQ(message.Serialize(absl::MakeSpan(out)).value_or(0), token.size());
  EXPECT_EQ(out.back(), 0xEE);
}

TEST(SerializeTest, FieldsHaveAtMost65535Bytes) {
  const std::vector<uint8_t> big(65536);
  std::vector<uint8_t> out(200000);
  ChallengeMessage challenge;
  challenge.target_info = absl::MakeConstSpan(big).subspan(1);
  EXPECT_TRUE(challenge.Serialize(absl::MakeSpan(out)).ok());
  challenge.target_info = big;
  EXPECT_EQ(challenge.Serialize(absl::MakeSpan(out)).status().code(),
            absl::StatusCode::kInvalidArgument);
  AuthenticateMessage authenticate;
  authenticate.nt_response = big;
  EXPECT_EQ(authenticate.Serialize(absl::MakeSpan(out)).status().code(),
            absl::StatusCode::kInvalidArgument);
  NegotiateMessage negotiate;
  negotiate.flags = kOemDomainSupplied;
  negotiate.domain = big;
  EXPECT_EQ(negotiate.Serialize(absl::MakeSpan(out)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(SerializeTest, WhatWouldNotBeReadBackIsRefused) {
  std::vector<uint8_t> out(200);
  AuthenticateMessage authenticate;
  authenticate.mic.emplace();
  EXPECT_EQ(authenticate.Serialize(absl::MakeSpan(out)).status().code(),
            absl::StatusCode::kInvalidArgument);
  NegotiateMessage domain;
  domain.flags = kOemWorkstationSupplied;
  domain.domain = BytesOf("D");
  EXPECT_EQ(domain.Serialize(absl::MakeSpan(out)).status().code(),
            absl::StatusCode::kInvalidArgument);
  NegotiateMessage workstation;
  workstation.flags = kOemDomainSupplied;
  workstation.workstation = BytesOf("W");
  EXPECT_EQ(workstation.Serialize(absl::MakeSpan(out)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(EqualityTest, ContentsCountNotPlaces) {
  const std::vector<uint8_t> one = FromHex(spec::v2::kAuthenticateMessage);
  const std::vector<uint8_t> other = one;
  const AuthenticateMessage a = AuthenticateMessage::Parse(one).value();
  AuthenticateMessage b = AuthenticateMessage::Parse(other).value();
  EXPECT_EQ(a, b);
  b.user = b.user.subspan(1);
  EXPECT_FALSE(a == b);
}

}  // namespace
}  // namespace sspilab::ntlm
