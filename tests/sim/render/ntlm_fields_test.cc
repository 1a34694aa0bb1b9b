#include "sim/render/ntlm_fields.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/render/field_tree.h"
#include "tests/core/ntlm/spec_vectors.h"
#include "tests/core/ntlm/windows_vectors.h"
#include "tests/support/hex.h"

namespace sspilab::sim {
namespace {

namespace spec = ntlm::spec;
using ::sspilab::testing::Copy;
using ::sspilab::testing::FromHex;
using ::testing::HasSubstr;

// A field is where its bytes are, and says what they say.
void ExpectField(const FieldTree& tree, std::string_view path, size_t offset,
                 size_t size, std::string_view value) {
  const Field* field = FindField(tree, path);
  ASSERT_NE(field, nullptr) << path;
  EXPECT_EQ(field->offset, offset) << path;
  EXPECT_EQ(field->size, size) << path;
  EXPECT_EQ(field->value, value) << path;
}

// Every field lies in the field around it (its flags have no size).
void ExpectNested(const Field& field, size_t begin, size_t end) {
  if (field.size == 0) {
    return;
  }
  EXPECT_GE(field.offset, begin) << field.name;
  EXPECT_LE(field.offset + field.size, end) << field.name;
  for (const Field& child : field.children) {
    ExpectNested(child, field.offset, field.offset + field.size);
  }
}

// MS-NLMP 4.2.4.3.
TEST(NtlmFieldsTest, ChallengeOfTheSpecification) {
  const FieldTree tree = NtlmFields(FromHex(spec::v2::kChallengeMessage));
  EXPECT_EQ(tree.error, "");
  EXPECT_EQ(tree.root.name, "CHALLENGE");
  ExpectField(tree, "CHALLENGE.ServerChallenge", 24, 8, "0123456789abcdef");
  ExpectField(tree, "CHALLENGE.TargetName", 56, 12, "\"Server\"");
  ExpectField(tree, "CHALLENGE.TargetNameFields", 12, 8,
              "length 12, room 12, offset 56");
  ExpectField(tree, "CHALLENGE.TargetInfo.MsvAvNbDomainName", 68, 16,
              "\"Domain\"");
  ExpectField(tree, "CHALLENGE.TargetInfo.MsvAvNbComputerName", 84, 16,
              "\"Server\"");
  ExpectField(tree, "CHALLENGE.TargetInfo.MsvAvEOL", 100, 4, "");
  ExpectField(tree, "CHALLENGE.NegotiateFlags", 20, 4, "0xe28a8233");
  ExpectField(tree, "CHALLENGE.NegotiateFlags.NTLMSSP_NEGOTIATE_KEY_EXCH", 20,
              0, "");
  EXPECT_EQ(FindField(tree,
                      "CHALLENGE.NegotiateFlags.NTLMSSP_NEGOTIATE_"
                      "DATAGRAM"),
            nullptr);
  ExpectField(tree, "CHALLENGE.Version", 48, 8,
              "6.0 build 6000, NTLM revision 15");
}

// MS-NLMP 4.2.4.3.
TEST(NtlmFieldsTest, AuthenticateOfTheSpecification) {
  const FieldTree tree = NtlmFields(FromHex(spec::v2::kAuthenticateMessage));
  EXPECT_EQ(tree.error, "");
  ExpectField(tree, "AUTHENTICATE.DomainName", 72, 12, "\"Domain\"");
  ExpectField(tree, "AUTHENTICATE.UserName", 84, 8, "\"User\"");
  ExpectField(tree, "AUTHENTICATE.Workstation", 92, 16, "\"COMPUTER\"");
  ExpectField(tree, "AUTHENTICATE.LmChallengeResponse.Response", 108, 16,
              "86c35097ac9cec102554764a57cccc19");
  ExpectField(tree, "AUTHENTICATE.LmChallengeResponse.ChallengeFromClient", 124,
              8, "aaaaaaaaaaaaaaaa");
  ExpectField(tree, "AUTHENTICATE.NtChallengeResponse.NTProofStr", 132, 16,
              spec::v2::kNtProof);
  ExpectField(tree, "AUTHENTICATE.NtChallengeResponse.TimeStamp", 156, 8,
              "1601-01-01 00:00:00.0000000 UTC");
  ExpectField(tree,
              "AUTHENTICATE.NtChallengeResponse.AvPairs.MsvAvNbDomainName", 176,
              16, "\"Domain\"");
  ExpectField(tree, "AUTHENTICATE.EncryptedRandomSessionKey", 216, 16,
              spec::v2::kEncryptedSessionKey);
  // Its payload begins where a MIC would be.
  EXPECT_EQ(FindField(tree, "AUTHENTICATE.MIC"), nullptr);
}

// MS-NLMP 4.2.2.3 and 4.2.3.3.
TEST(NtlmFieldsTest, ResponsesOfNtlmV1) {
  const FieldTree v1 = NtlmFields(FromHex(spec::v1::kAuthenticateMessage));
  ExpectField(v1, "AUTHENTICATE.NtChallengeResponse", 132, 24,
              "NTLMv1 67c43011f30298a2ad35ece64f16331c44bdbed927841f94");
  ExpectField(v1, "AUTHENTICATE.LmChallengeResponse", 108, 24,
              spec::v1::kLmResponse);
  const FieldTree challenge =
      NtlmFields(FromHex(spec::v1_client_challenge::kAuthenticateMessage));
  ExpectField(challenge, "AUTHENTICATE.LmChallengeResponse.ChallengeFromClient",
              108, 8, "aaaaaaaaaaaaaaaa");
}

TEST(NtlmFieldsTest, NamesInTheOemCharacterSet) {
  const FieldTree tree =
      NtlmFields(FromHex("4e544c4d5353500001000000 02300000 0600060020000000 "
                         "0400040026000000 444f4d41494e 484f5354"));
  EXPECT_EQ(tree.error, "");
  ExpectField(tree, "NEGOTIATE.DomainName", 32, 6, "\"DOMAIN\"");
  ExpectField(tree, "NEGOTIATE.Workstation", 38, 4, "\"HOST\"");
  // Without its flag, a name is not there whatever its field says.
  const FieldTree without =
      NtlmFields(FromHex("4e544c4d5353500001000000 02000000 0600060020000000 "
                         "0400040026000000 444f4d41494e 484f5354"));
  EXPECT_EQ(without.error, "");
  EXPECT_EQ(FindField(without, "NEGOTIATE.DomainName"), nullptr);
}

TEST(NtlmFieldsTest, MalformedTokensShowWhatCanBeReadAndTheError) {
  std::vector<uint8_t> token = FromHex(spec::v2::kAuthenticateMessage);
  token.resize(90);
  const FieldTree tree = NtlmFields(token);
  EXPECT_THAT(tree.error, HasSubstr("at byte 12"));
  ExpectField(tree, "AUTHENTICATE.DomainName", 72, 12, "\"Domain\"");
  ExpectField(tree, "AUTHENTICATE.UserName", 84, 6,
              "\"Use\" (cut off, 2 bytes are missing)");
  ExpectField(tree, "AUTHENTICATE.Workstation", 92, 0,
              "(behind the end of the token)");
}

TEST(NtlmFieldsTest, AvPairsThatEndPastTheirFieldAreAnError) {
  std::vector<uint8_t> token = FromHex(spec::v2::kChallengeMessage);
  token[86] = 0xFF;  // MsvAvNbComputerName's length.
  const FieldTree tree = NtlmFields(token);
  EXPECT_EQ(tree.error, "AV pair at byte 84 ends past the field TargetInfo");
  EXPECT_NE(FindField(tree, "CHALLENGE.TargetInfo.MsvAvNbDomainName"), nullptr);
}

TEST(NtlmFieldsTest, WhatIsNoTokenIsSaidToBeNone) {
  EXPECT_THAT(NtlmFields({}).error, HasSubstr("too short"));
  EXPECT_EQ(NtlmFields(FromHex("00112233")).root.value, "00112233");
  EXPECT_THAT(NtlmFields(FromHex("4e544c4d5353500007000000")).error,
              HasSubstr("MessageType"));
}

// Whatever the bytes: every field lies inside the token, and nothing is read
// outside it (AddressSanitizer watches).
TEST(NtlmFieldsTest, EveryTruncationAndEveryBentByteIsTakenApart) {
  for (const std::string_view hex :
       {spec::v2::kChallengeMessage, spec::v2::kAuthenticateMessage,
        spec::v1::kAuthenticateMessage, ntlm::windows::kAuthenticateMessage}) {
    const std::vector<uint8_t> token = FromHex(hex);
    for (size_t size = 0; size <= token.size(); ++size) {
      const std::vector<uint8_t> cut =
          Copy(absl::MakeConstSpan(token).subspan(0, size));
      ExpectNested(NtlmFields(cut).root, 0, size);
    }
    for (size_t i = 0; i < token.size(); ++i) {
      for (const uint8_t value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
        std::vector<uint8_t> bent = token;
        bent[i] = value;
        const FieldTree tree = NtlmFields(bent);
        ExpectNested(tree.root, 0, bent.size());
        EXPECT_FALSE(FieldTreeToText(tree, 100).empty());
      }
    }
  }
}

TEST(FieldTreeTest, LinesAreNoWiderThanAskedFor) {
  const FieldTree tree = NtlmFields(FromHex(spec::v2::kChallengeMessage));
  const std::string text = FieldTreeToText(tree, 60);
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = text.find('\n', begin);
    // Only the ellipsis has more bytes than columns.
    EXPECT_LE(end - begin, 62u);
    begin = end + 1;
  }
  EXPECT_THAT(text, HasSubstr("    24     8    ServerChallenge"));
}

}  // namespace
}  // namespace sspilab::sim
