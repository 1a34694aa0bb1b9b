#include "core/credssp/messages.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/wire/utf.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/vectors.h"
#include "tests/support/hex.h"

namespace sspilab::credssp {
namespace {

using testing::FromHex;
using testing::ToHex;
using Buffer = std::vector<uint8_t>;

template <typename Message>
Buffer Written(const Message& message) {
  Buffer bytes(SerializedSize(message));
  wire::DerWriter writer(absl::MakeSpan(bytes));
  message.WriteTo(writer);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), bytes.size());
  return bytes;
}

std::string Text(Bytes utf16) { return wire::Utf16LeToUtf8Lossy(utf16); }
std::string Text(const std::optional<Bytes>& utf16) {
  return utf16.has_value() ? Text(*utf16) : "(none)";
}

// Parsed, and written again, it is the same.
template <typename Message>
absl::StatusOr<Message> ParseBothWays(const Buffer& bytes) {
  absl::StatusOr<Message> message = Message::Parse(bytes);
  EXPECT_TRUE(message.ok()) << message.status();
  if (message.ok()) {
    EXPECT_EQ(ToHex(Written(*message)), ToHex(bytes));
  }
  return message;
}

TEST(TsRequest, WithTokenAndNonce) {
  const Buffer bytes = FromHex(testing::kFirstRequest);
  const auto request = ParseBothWays<TsRequest>(bytes);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->version, 6U);
  ASSERT_EQ(request->nego_tokens.size(), 1U);
  EXPECT_EQ(request->nego_tokens[0].size(), 40U);
  EXPECT_FALSE(request->auth_info.has_value());
  EXPECT_FALSE(request->pub_key_auth.has_value());
  EXPECT_FALSE(request->error_code.has_value());
  ASSERT_TRUE(request->client_nonce.has_value());
  EXPECT_EQ(request->client_nonce->size(), kNonceSize);
}

TEST(TsRequest, WithKeyOrCredentials) {
  const Buffer bound = FromHex(testing::kBoundRequest);
  const auto request = ParseBothWays<TsRequest>(bound);
  ASSERT_TRUE(request.ok());
  EXPECT_TRUE(request->nego_tokens.empty());
  ASSERT_TRUE(request->pub_key_auth.has_value());
  EXPECT_EQ(request->pub_key_auth->size(), 48U);

  const Buffer credentials = FromHex(testing::kCredentialsRequest);
  const auto last = ParseBothWays<TsRequest>(credentials);
  ASSERT_TRUE(last.ok());
  ASSERT_TRUE(last->auth_info.has_value());
  EXPECT_EQ(last->auth_info->size(), 45U);
}

TEST(TsRequest, ErrorCodeIsAnNtstatusWhicheverSignItHas) {
  for (const std::string_view integer :
       {"02 04 c000006d", "02 05 00c000006d"}) {
    const Buffer number = FromHex(integer);
    Buffer bytes = FromHex("30 00 a0 03 02 01 03 a4 00");
    bytes.back() = static_cast<uint8_t>(number.size());
    bytes.insert(bytes.end(), number.begin(), number.end());
    bytes[1] = static_cast<uint8_t>(bytes.size() - 2);
    const auto request = TsRequest::Parse(bytes);
    ASSERT_TRUE(request.ok()) << request.status();
    EXPECT_EQ(request->error_code, 0xC000006DU);
    // Windows writes it signed.
    EXPECT_EQ(ToHex(Written(*request)), "300da003020103a4060204c000006d");
  }
}

// What is written of every combination of fields is read back.
TEST(TsRequest, FieldsInAllCombinations) {
  const Buffer data(200, 0x5A);
  for (unsigned set = 0; set < 32; ++set) {
    TsRequest request;
    request.version = 2 + set % 5;
    if ((set & 1) != 0) request.nego_tokens = {Bytes(data).first(set * 4)};
    if ((set & 2) != 0) request.auth_info = Bytes(data);
    if ((set & 4) != 0) request.pub_key_auth = Bytes(data).first(16);
    if ((set & 8) != 0) request.error_code = 0xC00000BB;
    if ((set & 16) != 0) request.client_nonce = Bytes(data).first(32);
    const Buffer bytes = Written(request);
    EXPECT_EQ(TsRequestSize(bytes), bytes.size());
    const auto parsed = ParseBothWays<TsRequest>(bytes);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->version, request.version);
    EXPECT_EQ(parsed->nego_tokens, request.nego_tokens);
    EXPECT_EQ(parsed->auth_info, request.auth_info);
    EXPECT_EQ(parsed->pub_key_auth, request.pub_key_auth);
    EXPECT_EQ(parsed->error_code, request.error_code);
    EXPECT_EQ(parsed->client_nonce, request.client_nonce);
  }
}

TEST(TsRequest, SeveralTokens) {
  TsRequest request;
  const Buffer one = {1};
  const Buffer two = {2, 2};
  request.nego_tokens = {one, two};
  const Buffer bytes = Written(request);
  EXPECT_EQ(ToHex(bytes),
            "3018a003020106a111300f3005a0030401013006a00404020202");
  const auto parsed = ParseBothWays<TsRequest>(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->nego_tokens, request.nego_tokens);
}

TEST(TsRequest, FieldsOfLaterVersionsArePassedOver) {
  const Buffer bytes = FromHex("300c a003020107 a6020400 a7018f");
  const auto request = TsRequest::Parse(bytes);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->version, 7U);
  EXPECT_EQ(ToHex(Written(*request)), "3005a003020107");
}

// Lengths longer than they need to be: Windows' decoder takes them.
TEST(TsRequest, LengthsNeedNotBeMinimal) {
  const Buffer bytes = FromHex("3082000f a08103020106 a382000504820001ff");
  const auto request = TsRequest::Parse(bytes);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(ToHex(Written(*request)), "300aa003020106a3030401ff");
}

struct Malformed {
  const char* hex;
  const char* error;
};

constexpr Malformed kMalformedRequests[] = {
    {"", "TSRequest: not a SEQUENCE at byte 0"},
    {"31 05 a003020106", "TSRequest: not a SEQUENCE at byte 0"},
    {"30 80 a003020106 0000", "TSRequest: not a SEQUENCE at byte 0"},
    {"30 05 a003020106 00", "TSRequest: something follows at byte 7"},
    {"30 00", "TSRequest: version is missing at byte 2"},
    {"30 03 020106", "TSRequest: version is missing at byte 2"},
    {"30 05 a003040106",
     "TSRequest: version is not one INTEGER of 64 bits at byte 4"},
    {"30 08 a006020106020106",
     "TSRequest: version is not one INTEGER of 64 bits at byte 7"},
    {"30 05 a0030201ff", "TSRequest: version out of range at byte 7"},
    {"30 09 a00702050080000000", "TSRequest: version out of range at byte 11"},
    {"30 09 a003020106 a102 0400",
     "TSRequest: negoTokens is not one SEQUENCE at byte 9"},
    {"30 09 a003020106 a102 3000", "TSRequest: no NegoData element at byte 11"},
    {"30 0b a003020106 a104 3002 3000",
     "TSRequest: negoToken is not one OCTET STRING at byte 0"},
    {"30 09 a003020106 a202 0500",
     "TSRequest: authInfo is not one OCTET STRING at byte 9"},
    {"30 09 a003020106 a2090400", "TSRequest: wrong length at byte 7"},
    {"30 0e a003020106 a4070205 0100000000",
     "TSRequest: errorCode out of range at byte 16"},
    {"30 0e a003020106 a4070205 ff7fffffff",
     "TSRequest: errorCode out of range at byte 16"},
    {"30 0d a003020106 a3020400 a2020400",
     "TSRequest: a field out of order at byte 15"},
    {"30 07 a003020106 0500", "TSRequest: a field out of order at byte 9"},
};

TEST(TsRequest, MalformedSaysWhatAndWhere) {
  for (const Malformed& malformed : kMalformedRequests) {
    const auto request = TsRequest::Parse(FromHex(malformed.hex));
    EXPECT_EQ(request.status().message(), malformed.error) << malformed.hex;
  }
}

TEST(TsRequest, SizeIsKnownFromItsBeginning) {
  EXPECT_EQ(TsRequestSize(FromHex("30 05")), 7U);
  EXPECT_EQ(TsRequestSize(FromHex("30 81 80")), 0x83U);
  EXPECT_EQ(TsRequestSize(FromHex("30 82 0102 a0")), 0x106U);
  EXPECT_EQ(TsRequestSize(FromHex("30 84 01020304")), 0x0102030AU);
  for (const char* none :
       {"", "30", "31 05", "30 80", "30 81", "30 82 01", "30 85 0000000001"}) {
    EXPECT_EQ(TsRequestSize(FromHex(none)), std::nullopt) << none;
  }
}

TEST(TsCredentials, Password) {
  const Buffer bytes = FromHex(testing::kPasswordCredentials);
  const auto credentials = ParseBothWays<TsCredentials>(bytes);
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ(credentials->type, 1);
  const auto password = TsPasswordCreds::Parse(credentials->credentials);
  ASSERT_TRUE(password.ok()) << password.status();
  EXPECT_EQ(Text(password->domain_name), "Domain");
  EXPECT_EQ(Text(password->user_name), "Username");
  EXPECT_EQ(Text(password->password), "Password");
  EXPECT_EQ(ToHex(Written(WrappedCredentials<TsPasswordCreds>{*password})),
            ToHex(bytes));
}

TEST(TsCredentials, Empty) {
  EXPECT_EQ(ToHex(Written(WrappedCredentials<TsPasswordCreds>{{}})),
            ToHex(FromHex(testing::kEmptyCredentials)));
}

TEST(TsCredentials, SmartCardOfTheSpecification) {
  const Buffer bytes = FromHex(testing::kSpecSmartCard);
  ASSERT_EQ(bytes.size(), 275U);
  const auto credentials = ParseBothWays<TsCredentials>(bytes);
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ(credentials->type, 2);
  const auto card = TsSmartCardCreds::Parse(credentials->credentials);
  ASSERT_TRUE(card.ok()) << card.status();
  EXPECT_EQ(Text(card->pin), "bbbbbbbbbbbb");
  EXPECT_EQ(card->csp_data.key_spec, 1);
  EXPECT_EQ(Text(card->csp_data.card_name), "(none)");
  EXPECT_EQ(Text(card->csp_data.reader_name), "OMNIKEY CardMan 3x21 0");
  EXPECT_EQ(Text(card->csp_data.container_name),
            "le-MSSmartcardUser-8bda019f-1266--53268");
  EXPECT_EQ(Text(card->csp_data.csp_name),
            "Microsoft Base Smart Card Crypto Provider");
  EXPECT_FALSE(card->user_hint.has_value());
  EXPECT_FALSE(card->domain_hint.has_value());
  EXPECT_EQ(ToHex(Written(WrappedCredentials<TsSmartCardCreds>{*card})),
            ToHex(bytes));
}

TEST(TsCredentials, RemoteGuard) {
  const Buffer name = {'N', 0};
  const Buffer ticket(300, 0x11);
  TsRemoteGuardCreds creds;
  creds.logon_cred = {name, ticket};
  for (size_t supplemental = 0; supplemental < 4; ++supplemental) {
    if (supplemental > 0) creds.supplemental_creds.emplace();
    for (size_t i = 1; i < supplemental; ++i) {
      creds.supplemental_creds->push_back({name, Bytes(ticket).first(i)});
    }
    const Buffer bytes = Written(creds);
    const auto parsed = ParseBothWays<TsRemoteGuardCreds>(bytes);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(parsed->logon_cred.cred_buffer, Bytes(ticket));
    ASSERT_EQ(parsed->supplemental_creds.has_value(), supplemental > 0);
    if (supplemental > 0) {
      EXPECT_EQ(parsed->supplemental_creds->size(), supplemental - 1);
    }
  }
}

TEST(TsCredentials, MalformedSaysWhatAndWhere) {
  EXPECT_EQ(
      TsCredentials::Parse(FromHex("30 05 a003020101")).status().message(),
      "TSCredentials: credentials is missing at byte 7");
  EXPECT_EQ(TsPasswordCreds::Parse(FromHex("3008 a0020400 a1020400"))
                .status()
                .message(),
            "TSPasswordCreds: password is missing at byte 10");
  EXPECT_EQ(
      TsSmartCardCreds::Parse(FromHex("3004 a0020400")).status().message(),
      "TSSmartCardCreds: cspData is missing at byte 6");
  EXPECT_EQ(TsSmartCardCreds::Parse(FromHex("3008 a0020400 a1023000"))
                .status()
                .message(),
            "TSSmartCardCreds: cspData: keySpec is missing at byte 10");
  EXPECT_EQ(
      TsRemoteGuardCreds::Parse(FromHex("300c a00a3008 a0020400 a1020400"))
          .status()
          .message(),
      "");
  EXPECT_EQ(
      TsRemoteGuardCreds::Parse(
          FromHex("3010 a00a3008a0020400a1020400 a1023100"))
          .status()
          .message(),
      "TSRemoteGuardCreds: supplementalCreds is not one SEQUENCE at byte 16");
}

// No prefix of a message is one, and none is read past its end.
template <typename Message>
void ExpectNoPrefixParses(std::string_view hex) {
  const Buffer bytes = FromHex(hex);
  ASSERT_TRUE(ParseBothWays<Message>(bytes).ok());
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Buffer prefix = testing::Copy(Bytes(bytes).first(size));
    EXPECT_FALSE(Message::Parse(prefix).ok()) << size;
  }
}

TEST(Messages, NoPrefixIsOne) {
  ExpectNoPrefixParses<TsRequest>(testing::kFirstRequest);
  ExpectNoPrefixParses<TsRequest>(testing::kErrorRequest);
  ExpectNoPrefixParses<TsCredentials>(testing::kSpecSmartCard);
}

// Whatever bit is turned: what can be parsed can be written and parsed again to
// the same.
TEST(Messages, AnyFlippedBitIsRefusedOrStable) {
  const Buffer bytes = FromHex(testing::kErrorRequest);
  size_t parsed = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Buffer flipped = testing::Copy(bytes);
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const auto request = TsRequest::Parse(flipped);
    if (!request.ok()) continue;
    ++parsed;
    EXPECT_TRUE(ParseBothWays<TsRequest>(Written(*request)).ok());
  }
  // The octet strings and integers, and nothing but them.
  EXPECT_GT(parsed, 8U * (48 + 32));
  EXPECT_LT(parsed, 8U * (48 + 32 + 4 + 1) + 16);
}

}  // namespace
}  // namespace sspilab::credssp
