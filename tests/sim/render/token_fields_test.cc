// SPNEGO, TLS and CredSSP taken apart. The bytes are those of specifications
// and of Windows.

#include "sim/render/token_fields.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "sim/render/credssp_fields.h"
#include "sim/render/field_tree.h"
#include "sim/render/tls_fields.h"
#include "sim/render/token_summary.h"
#include "tests/core/credssp/vectors.h"
#include "tests/support/hex.h"

namespace sspilab::sim {
namespace {

using ::testing::ElementsAre;
using testing::FromHex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What Windows' SMB server says first (MS-SPNG 2.2.1's hint).
constexpr std::string_view kHintedInit =
    "6076 06062b0601050502 a06c 306a a03c303a 060a2b06010401823702021e "
    "06092a864882f712010202 06092a864886f712010202 060a2a864886f71201020203 "
    "060a2b06010401823702020a a32a 3028 a026 1b24 6e6f745f646566696e65645f69"
    "6e5f5246433431373840706c656173655f69676e6f7265";

// An initiator's first token, with an NTLM NEGOTIATE message.
constexpr std::string_view kOptimisticInit =
    "6042 06062b0601050502 a038 3036 a00e300c060a2b06010401823702020a "
    "a224 0422 4e544c4d535350000100000097820862 0000000000000000 "
    "0000000000000000 0a00";

constexpr std::string_view kResp =
    "a11c 301a a0030a0101 a10c060a2b06010401823702020a a3050403aabbcc";

// RFC 8448 3.
constexpr std::string_view kClientHello =
    "010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024d"
    "ece7000006130113031302010000910000000b0009000006736572766572ff0100010000"
    "0a00140012001d00170018001901000101010201030104002300000033002600240 01d00"
    "2099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b00"
    "03020304000d0020001e0403050306030203080408050806040105010601020104020502"
    "06020202002d00020101001c00024001";
constexpr std::string_view kServerHello =
    "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2"
    "692800130100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc25"
    "3b833df1dd69b1b04e751f0f002b00020304";

std::vector<uint8_t> Record(uint8_t type, const std::vector<uint8_t>& body) {
  std::vector<uint8_t> record = {type, 3, 3,
                                 static_cast<uint8_t>(body.size() >> 8),
                                 static_cast<uint8_t>(body.size())};
  record.insert(record.end(), body.begin(), body.end());
  return record;
}

std::string ValueOf(const FieldTree& tree, std::string_view path) {
  const Field* field = FindField(tree, path);
  EXPECT_NE(field, nullptr) << path;
  return field == nullptr ? "" : field->value;
}

void ExpectNested(const Field& field, size_t begin, size_t end) {
  EXPECT_GE(field.offset, begin) << field.name;
  if (field.size > 0) {
    EXPECT_LE(field.offset + field.size, end) << field.name;
  }
  for (const Field& child : field.children) {
    if (field.size > 0) {
      ExpectNested(child, field.offset, field.offset + field.size);
    }
  }
}

TEST(SpnegoFieldsTest, HintsOfWindows) {
  const FieldTree tree = TokenFields(FromHex(kHintedInit));
  EXPECT_EQ(tree.error, "");
  EXPECT_EQ(tree.root.name, "NegTokenInit");
  EXPECT_EQ(ValueOf(tree, "NegTokenInit.mechTypes"),
            "NEGOEX, MS-Kerberos, Kerberos, Kerberos user-to-user, NTLM");
  EXPECT_EQ(ValueOf(tree, "NegTokenInit.negHints.hintName"),
            "\"not_defined_in_RFC4178@please_ignore\"");
  const Field* hint = FindField(tree, "NegTokenInit.negHints");
  EXPECT_EQ(hint->offset, 76u);
  EXPECT_EQ(hint->size, 44u);
}

TEST(SpnegoFieldsTest, TheMechanismsTokenStandsInside) {
  const FieldTree tree = TokenFields(FromHex(kOptimisticInit));
  EXPECT_EQ(ValueOf(tree, "NegTokenInit.mechTypes"), "NTLM");
  const Field* flags =
      FindField(tree, "NegTokenInit.mechToken.NEGOTIATE.NegotiateFlags");
  ASSERT_NE(flags, nullptr);
  EXPECT_EQ(flags->value, "0x62088297");
  // Counted from the SPNEGO token's first byte.
  EXPECT_EQ(flags->offset, 34u + 12u);
  EXPECT_EQ(tree.error, "");
  std::vector<uint8_t> bent = FromHex(kOptimisticInit);
  bent[34 + 8] = 9;  // MessageType.
  EXPECT_THAT(TokenFields(bent).error, StartsWith("at byte 34: in the "));
}

TEST(SpnegoFieldsTest, ResponsesHaveAState) {
  const FieldTree tree = TokenFields(FromHex(kResp));
  EXPECT_EQ(tree.error, "");
  EXPECT_EQ(ValueOf(tree, "NegTokenResp.negState"), "accept-incomplete");
  EXPECT_EQ(ValueOf(tree, "NegTokenResp.supportedMech"), "NTLM");
  EXPECT_EQ(ValueOf(tree, "NegTokenResp.mechListMIC"), "aabbcc");
}

TEST(TlsFieldsTest, HellosOfTheSpecification) {
  const FieldTree hello = TokenFields(Record(22, FromHex(kClientHello)));
  EXPECT_EQ(hello.error, "");
  EXPECT_EQ(ValueOf(hello, "TLS.Handshake"), "TLS 1.2, 196 bytes");
  EXPECT_EQ(ValueOf(hello, "TLS.Handshake.ClientHello.Extensions.server_name"),
            "\"server\"");
  EXPECT_EQ(
      ValueOf(hello, "TLS.Handshake.ClientHello.Extensions.supported_versions"),
      "TLS 1.3");
  EXPECT_THAT(
      ValueOf(hello, "TLS.Handshake.ClientHello.Extensions.supported_groups"),
      StartsWith("x25519, secp256r1, secp384r1, secp521r1, ffdhe2048"));
  EXPECT_THAT(ValueOf(hello, "TLS.Handshake.ClientHello.Extensions.key_share"),
              StartsWith("x25519 99381de560e4bd43"));
  const Field* suites =
      FindField(hello, "TLS.Handshake.ClientHello.CipherSuites");
  ASSERT_NE(suites, nullptr);
  ASSERT_EQ(suites->children.size(), 3u);
  EXPECT_EQ(suites->children[1].name, "TLS_CHACHA20_POLY1305_SHA256");
  EXPECT_EQ(suites->offset, 44u);

  const FieldTree answer = TokenFields(Record(22, FromHex(kServerHello)));
  EXPECT_EQ(answer.error, "");
  EXPECT_EQ(ValueOf(answer, "TLS.Handshake.ServerHello.CipherSuite"),
            "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(ValueOf(answer,
                    "TLS.Handshake.ServerHello.Extensions.supported_versions"),
            "TLS 1.3");
}

TEST(TlsFieldsTest, SeveralRecordsAndWhatIsEncrypted) {
  std::vector<uint8_t> flight = Record(22, FromHex(kServerHello));
  for (const auto& record :
       {Record(20, {1}), Record(23, FromHex("00112233445566778899")),
        Record(23, FromHex("0011"))}) {
    flight.insert(flight.end(), record.begin(), record.end());
  }
  const FieldTree tree = TokenFields(flight);
  EXPECT_EQ(tree.error, "");
  EXPECT_EQ(ValueOf(tree, "TLS.ApplicationData"),
            "TLS 1.2, 10 bytes, encrypted");
  const TokenSummary summary = SummarizeToken(flight);
  EXPECT_EQ(summary.name, "ServerHello, ChangeCipherSpec, ApplicationData");
  EXPECT_EQ(summary.lines.back(),
            (SummaryLine{0, "ApplicationData", "2 records, encrypted"}));

  // One message needs no heading of its own.
  const TokenSummary hello = SummarizeToken(Record(22, FromHex(kClientHello)));
  EXPECT_EQ(hello.name, "ClientHello");
  EXPECT_EQ(hello.lines[0], (SummaryLine{0, "server name", "\"server\""}));
  EXPECT_EQ(hello.lines[2], (SummaryLine{0, "cipher suites",
                                         "3, TLS_AES_128_GCM_SHA256 first"}));

  // TLS 1.2's Finished; TLS 1.3's second ClientHello.
  std::vector<uint8_t> finished = Record(20, {1});
  const auto encrypted = Record(22, FromHex("000000000000000a0b0c0d"));
  finished.insert(finished.end(), encrypted.begin(), encrypted.end());
  EXPECT_EQ(ValueOf(TokenFields(finished), "TLS.Handshake"),
            "TLS 1.2, 11 bytes, encrypted");
  std::vector<uint8_t> retry = Record(20, {1});
  const auto second = Record(22, FromHex(kClientHello));
  retry.insert(retry.end(), second.begin(), second.end());
  EXPECT_NE(FindField(TokenFields(retry), "TLS.Handshake.ClientHello"),
            nullptr);
}

TEST(TlsFieldsTest, AlertsHaveNames) {
  const FieldTree tree = TokenFields(FromHex("1503030002 0230"));
  EXPECT_EQ(ValueOf(tree, "TLS.Alert.Level"), "fatal");
  EXPECT_EQ(ValueOf(tree, "TLS.Alert.Description"), "unknown_ca");
}

TEST(TlsFieldsTest, ErrorsNameTheByte) {
  std::vector<uint8_t> token = Record(22, FromHex(kClientHello));
  EXPECT_EQ(TokenFields(absl::MakeConstSpan(token).first(100)).error,
            "at byte 100: the record lacks 101 bytes");
  token[47] = 0x70;  // A suite's length: what follows it is no vector.
  token[44] = 0xFF;
  EXPECT_EQ(TokenFields(token).error,
            "at byte 44: CipherSuites ends past ClientHello");
  token = Record(22, FromHex(kServerHello));
  token.push_back(0x50);
  EXPECT_EQ(TokenFields(token).error,
            "at byte 95: a record needs five bytes, there is 1");
}

TEST(CredSspFieldsTest, RequestsWithTheirTokens) {
  const FieldTree first = TokenFields(FromHex(testing::kFirstRequest));
  EXPECT_EQ(first.root.name, "TSRequest");
  EXPECT_EQ(first.error, "");
  EXPECT_NE(FindField(first, "TSRequest.negoTokens.negoToken"), nullptr);
  const FieldTree error = TokenFields(FromHex(testing::kErrorRequest));
  EXPECT_THAT(ValueOf(error, "TSRequest.errorCode"), StartsWith("0xc0"));
}

TEST(CredSspFieldsTest, PasswordCredentials) {
  const FieldTree tree = TokenFields(FromHex(testing::kPasswordCredentials));
  EXPECT_EQ(tree.error, "");
  EXPECT_EQ(tree.root.name, "TSCredentials");
  EXPECT_NE(
      FindField(tree, "TSCredentials.credentials.TSPasswordCreds.userName"),
      nullptr);
}

// MS-CSSP 4.2.
TEST(CredSspFieldsTest, SmartCardCredentials) {
  const FieldTree tree = TsCredentialsFields(FromHex(testing::kSpecSmartCard));
  EXPECT_EQ(tree.error, "");
  EXPECT_NE(FindField(tree,
                      "TSCredentials.credentials.TSSmartCardCreds.cspData."
                      "containerName"),
            nullptr);
}

TEST(TokenSummaryTest, InnerMessagesAreIndented) {
  const TokenSummary summary = SummarizeToken(FromHex(kOptimisticInit));
  EXPECT_EQ(summary.name, "NegTokenInit");
  ASSERT_GE(summary.lines.size(), 3u);
  EXPECT_EQ(summary.lines[0], (SummaryLine{0, "mechanisms", "NTLM"}));
  EXPECT_EQ(summary.lines[1], (SummaryLine{0, "NEGOTIATE", ""}));
  EXPECT_EQ(summary.lines[2].depth, 1u);
  EXPECT_EQ(summary.lines[2].label, "flags");

  const TokenSummary inner =
      SummarizeInner(InnerMessage::kTsRequest, FromHex(testing::kFirstRequest));
  EXPECT_EQ(inner.lines[0].label, "TSRequest");
  EXPECT_EQ(inner.lines[1].label, "version");
  EXPECT_EQ(inner.lines[1].depth, 1u);
}

// Whatever the bytes: every field lies inside the token, and nothing is read
// outside it (AddressSanitizer watches).
TEST(TokenFieldsTest, EveryTruncationAndEveryBentByteIsTakenApart) {
  std::vector<std::vector<uint8_t>> tokens = {
      FromHex(kHintedInit),
      FromHex(kOptimisticInit),
      FromHex(kResp),
      Record(22, FromHex(kClientHello)),
      Record(22, FromHex(kServerHello)),
      FromHex(testing::kFirstRequest),
      FromHex(testing::kBoundRequest),
      FromHex(testing::kPasswordCredentials),
      FromHex(testing::kSpecSmartCard),
  };
  for (const std::vector<uint8_t>& token : tokens) {
    for (size_t size = 0; size <= token.size(); ++size) {
      const std::vector<uint8_t> cut(
          token.begin(), token.begin() + static_cast<ptrdiff_t>(size));
      const FieldTree tree = TokenFields(cut);
      ExpectNested(tree.root, 0, size);
      EXPECT_TRUE(size == token.size() || !tree.error.empty()) << size;
    }
    for (size_t i = 0; i < token.size(); ++i) {
      for (const uint8_t value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
        std::vector<uint8_t> bent = token;
        bent[i] = value;
        const FieldTree tree = TokenFields(bent);
        ExpectNested(tree.root, 0, bent.size());
        EXPECT_FALSE(FieldTreeToText(tree, 100).empty());
        (void)SummarizeToken(bent);
      }
    }
  }
}

}  // namespace
}  // namespace sspilab::sim
