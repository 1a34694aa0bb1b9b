// The attributes of core/ntlm/attributes.cc, through the interface.

#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/core/attribute_text.h"
#include "tests/core/established.h"
#include "tests/core/returns.h"

namespace sspilab {
namespace {

using testing::Ansi;
using testing::Bytes;
using testing::Established;
using testing::FromHex;
using testing::Lab;
using testing::QueryText;
using testing::Returns;
using testing::TakeAnswer;
using testing::ToHex;
using testing::Wide;
using testing::WithAnswer;

constexpr char kPackage[] = "NTLM|NTLM Security Package|1|10|2888|0x82b37";
constexpr char kNever[] = "9223372036854775807";

// What both ends say when the exchange is done, and whether they already say
// it before. The key and the target information are compared apart.
struct Expectation {
  ULONG attribute;
  SECURITY_STATUS unfinished;
  std::string client;
  std::string server;
};

const std::vector<Expectation>& Expectations() {
  static const auto& table = *new std::vector<Expectation>{
      // Seen on Windows (Wine's tests): no block size, STREAM_SIZES missing,
      // algorithms' names and numbers.
      {SECPKG_ATTR_SIZES, SEC_E_OK,
       "token 2888 signature 16 block 0 trailer 16",
       "token 2888 signature 16 block 0 trailer 16"},
      {SECPKG_ATTR_NAMES, SEC_E_INVALID_HANDLE, "EXAMPLE\\alice",
       "EXAMPLE\\alice"},
      {SECPKG_ATTR_LIFESPAN, SEC_E_INVALID_HANDLE,
       std::string("133485408000000000..") + kNever,
       std::string("133485408000000000..") + kNever},
      {SECPKG_ATTR_DCE_INFO, SEC_E_INVALID_HANDLE, "service 1 EXAMPLE\\alice",
       "service 1 EXAMPLE\\alice"},
      {SECPKG_ATTR_KEY_INFO, SEC_E_INVALID_HANDLE,
       "HMAC-MD5 0xffffff76, RSADSI RC4 0x6801, 128 bits",
       "HMAC-MD5 0xffffff76, RSADSI RC4 0x6801, 128 bits"},
      {SECPKG_ATTR_AUTHORITY, SEC_E_INVALID_HANDLE, "EXAMPLE", "EXAMPLE"},
      {SECPKG_ATTR_PASSWORD_EXPIRY, SEC_E_INVALID_HANDLE, kNever, kNever},
      {SECPKG_ATTR_PACKAGE_INFO, SEC_E_OK, kPackage, kPackage},
      {SECPKG_ATTR_USER_FLAGS, SEC_E_INVALID_HANDLE, "0x0", "0x0"},
      {SECPKG_ATTR_NEGOTIATION_INFO, SEC_E_OK,
       std::string("state 0 ") + kPackage, std::string("state 0 ") + kPackage},
      {SECPKG_ATTR_NATIVE_NAMES, SEC_E_INVALID_HANDLE,
       "EXAMPLE\\alice -> cifs/lab.example.test",
       "EXAMPLE\\alice -> cifs/lab.example.test"},
      // REPLAY_DETECT | SEQUENCE_DETECT | CONFIDENTIALITY | INTEGRITY: two bits
      // of it have other values at the acceptor.
      {SECPKG_ATTR_FLAGS, SEC_E_INVALID_HANDLE, "0x1001c", "0x2001c"},
      {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SEC_E_INVALID_HANDLE,
       "cifs/lab.example.test", "cifs/lab.example.test"},
      {SECPKG_ATTR_SESSION_KEY, SEC_E_INVALID_HANDLE, "", ""},
      {SECPKG_ATTR_TARGET_INFORMATION, SEC_E_INVALID_HANDLE, "", ""},
  };
  return table;
}

bool IsExpected(ULONG attribute) {
  for (const Expectation& row : Expectations()) {
    if (row.attribute == attribute) return true;
  }
  return false;
}

template <typename C>
class NtlmAttributes : public ::testing::Test {};
using CharacterSets = ::testing::Types<Wide, Ansi>;
TYPED_TEST_SUITE(NtlmAttributes, CharacterSets);

TYPED_TEST(NtlmAttributes, BothEndsTellWhatWasAgreed) {
  Established lab;
  const uint64_t before = lab.world.memory().live_allocations();
  for (const Expectation& row : Expectations()) {
    SCOPED_TRACE(row.attribute);
    std::string client;
    std::string server;
    ASSERT_TRUE(Returns(
        Call::kQueryContextAttributes,
        QueryText<TypeParam>(&lab.client.context, row.attribute, &client),
        SEC_E_OK));
    ASSERT_TRUE(Returns(
        Call::kQueryContextAttributes,
        QueryText<TypeParam>(&lab.server.context, row.attribute, &server),
        SEC_E_OK));
    if (row.client.empty()) {
      EXPECT_EQ(client, server);
      EXPECT_FALSE(client.empty());
    } else {
      EXPECT_EQ(client, row.client);
      EXPECT_EQ(server, row.server);
    }
  }
  EXPECT_EQ(lab.world.memory().live_allocations(), before);
}

TYPED_TEST(NtlmAttributes, UnfinishedContextsKnowOnlyWhatNeedsNoPeer) {
  Lab lab;
  lab.Acquire();
  Bytes token;
  ASSERT_EQ(lab.client.Initialize(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(lab.server.Accept(&token), SEC_I_CONTINUE_NEEDED);
  for (const Expectation& row : Expectations()) {
    SCOPED_TRACE(row.attribute);
    for (CtxtHandle* context : {&lab.client.context, &lab.server.context}) {
      std::string text;
      EXPECT_TRUE(Returns(Call::kQueryContextAttributes,
                          QueryText<TypeParam>(context, row.attribute, &text),
                          row.unfinished));
      if (row.attribute == SECPKG_ATTR_NEGOTIATION_INFO) {
        EXPECT_EQ(text, std::string("state 2 ") + kPackage);
      } else if (row.unfinished == SEC_E_OK) {
        EXPECT_EQ(text, row.client);
      }
    }
  }
}

TYPED_TEST(NtlmAttributes, OthersAreUnsupported) {
  Established lab;
  std::vector<ULONG> attributes = {SECPKG_ATTR_SUBJECT_SECURITY_ATTRIBUTES,
                                   0x80000000, 0xFFFFFFFF};
  for (ULONG attribute = 0; attribute < 60; ++attribute) {
    if (!IsExpected(attribute)) attributes.push_back(attribute);
  }
  for (const ULONG attribute : attributes) {
    SCOPED_TRACE(attribute);
    Bytes answer(256, 0xCC);
    EXPECT_TRUE(
        Returns(Call::kQueryContextAttributes,
                TypeParam::Query(&lab.client.context, attribute, answer.data()),
                SEC_E_UNSUPPORTED_FUNCTION));
    EXPECT_EQ(answer, Bytes(256, 0xCC));
    EXPECT_TRUE(Returns(
        Call::kSetContextAttributes,
        SetContextAttributesW(&lab.client.context, attribute, answer.data(), 8),
        SEC_E_UNSUPPORTED_FUNCTION));
  }
}

// The Ex forms say how much room there is. Less than the structure is too
// little, and then nothing is written or kept.
TYPED_TEST(NtlmAttributes, TheExFormsDoNotWriteBeyondTheirRoom) {
  Established lab;
  const uint64_t before = lab.world.memory().live_allocations();
  for (const Expectation& row : Expectations()) {
    SCOPED_TRACE(row.attribute);
    WithAnswer<TypeParam>(row.attribute, [&](auto& answer) {
      for (ULONG size = 0; size < sizeof(answer); ++size) {
        std::memset(&answer, 0xCC, sizeof(answer));
        EXPECT_TRUE(Returns(Call::kQueryContextAttributes,
                            TypeParam::QueryEx(&lab.client.context,
                                               row.attribute, &answer, size),
                            SEC_E_BUFFER_TOO_SMALL))
            << size;
        Bytes bytes(sizeof(answer));
        std::memcpy(bytes.data(), &answer, sizeof(answer));
        EXPECT_EQ(bytes, Bytes(sizeof(answer), 0xCC)) << size;
      }
      EXPECT_EQ(lab.world.memory().live_allocations(), before);
      ASSERT_TRUE(Returns(Call::kQueryContextAttributes,
                          TypeParam::QueryEx(&lab.client.context, row.attribute,
                                             &answer, sizeof(answer)),
                          SEC_E_OK));
      if (!row.client.empty()) {
        EXPECT_EQ(TakeAnswer<TypeParam>(answer), row.client);
      } else {
        TakeAnswer<TypeParam>(answer);
      }
    });
  }
}

// What only some contexts say otherwise.
TYPED_TEST(NtlmAttributes, KeyInfoFollowsTheFlagsInForce) {
  const struct {
    uint32_t unsupported;
    std::string text;
  } kCases[] = {
      {0x00080000, "RSADSI RC4-CRC32 0xffffff7c, RSADSI RC4 0x6801, 128 bits"},
      {0x20000000, "HMAC-MD5 0xffffff76, RSADSI RC4 0x6801, 56 bits"},
      {0xA0000000, "HMAC-MD5 0xffffff76, RSADSI RC4 0x6801, 40 bits"},
  };
  for (const auto& c : kCases) {
    WorldOptions options;
    options.ntlm.unsupported_flags = c.unsupported;
    options.ntlm.minimum_client_security = 0;
    options.ntlm.minimum_server_security = 0;
    Established lab(ISC_REQ_CONFIDENTIALITY, options);
    for (CtxtHandle* context : {&lab.client.context, &lab.server.context}) {
      std::string text;
      EXPECT_EQ(QueryText<TypeParam>(context, SECPKG_ATTR_KEY_INFO, &text),
                SEC_E_OK);
      EXPECT_EQ(text, c.text);
    }
  }
}

TYPED_TEST(NtlmAttributes, BindingsAreTheCallersOwnOfTheirKind) {
  for (const char* channel : {"tls-unique:abc", "tls-server-end-point:xyz"}) {
    SCOPED_TRACE(channel);
    SEC_CHANNEL_BINDINGS header = {};
    header.cbApplicationDataLength = static_cast<ULONG>(std::strlen(channel));
    header.dwApplicationDataOffset = sizeof(header);
    Bytes bindings(sizeof(header));
    std::memcpy(bindings.data(), &header, sizeof(header));
    bindings.insert(bindings.end(), channel, channel + std::strlen(channel));
    const SecBuffer buffer = {static_cast<ULONG>(bindings.size()),
                              SECBUFFER_CHANNEL_BINDINGS, bindings.data()};
    Lab lab;
    lab.Acquire();
    lab.client.extra_input = {buffer};
    lab.server.extra_input = {buffer};
    ASSERT_EQ(testing::RunNtlm(lab.client, lab.server).accept, SEC_E_OK);
    const bool unique = absl::StartsWith(channel, "tls-unique");
    const ULONG given =
        unique ? SECPKG_ATTR_UNIQUE_BINDINGS : SECPKG_ATTR_ENDPOINT_BINDINGS;
    const ULONG other =
        unique ? SECPKG_ATTR_ENDPOINT_BINDINGS : SECPKG_ATTR_UNIQUE_BINDINGS;
    for (CtxtHandle* context : {&lab.client.context, &lab.server.context}) {
      std::string text;
      EXPECT_EQ(QueryText<TypeParam>(context, given, &text), SEC_E_OK);
      EXPECT_EQ(text, ToHex(bindings));
      EXPECT_TRUE(Returns(Call::kQueryContextAttributes,
                          QueryText<TypeParam>(context, other, &text),
                          SEC_E_UNSUPPORTED_FUNCTION));
    }
  }
}

// The client's view is a copy of what the server put into its CHALLENGE.
TEST(NtlmTargetInformation, HasTheServersNames) {
  Established lab;
  std::string text;
  ASSERT_EQ(QueryText<Wide>(&lab.client.context, SECPKG_ATTR_TARGET_INFORMATION,
                            &text),
            SEC_E_OK);
  // MsvAvNbComputerName (1), "LAB".
  EXPECT_TRUE(absl::StrContains(text, "010006004c0041004200")) << text;
  // MsvAvTimestamp (7), the World's time.
  EXPECT_TRUE(absl::StrContains(text,
                                "07000800"
                                "00c08976453cda01"))
      << text;
}

TEST(NtlmSessionKey, IsAsLongAsTheKeyExchangesAreAndDiffersByContext) {
  Lab lab;
  lab.Acquire();
  std::string keys[2];
  for (std::string& key : keys) {
    testing::End client;
    testing::End server;
    ASSERT_EQ(
        client.AcquireOutbound(lab.world, u"alice", u"EXAMPLE", u"Sesame1!"),
        SEC_E_OK);
    ASSERT_EQ(server.AcquireInbound(lab.world), SEC_E_OK);
    ASSERT_EQ(testing::RunNtlm(client, server).accept, SEC_E_OK);
    ASSERT_EQ(QueryText<Ansi>(&client.context, SECPKG_ATTR_SESSION_KEY, &key),
              SEC_E_OK);
    EXPECT_EQ(FromHex(key).size(), 16U);
  }
  EXPECT_NE(keys[0], keys[1]);
}

TEST(NtlmAttributeArguments, NullIsNoRoom) {
  Established lab;
  EXPECT_TRUE(Returns(
      Call::kQueryContextAttributes,
      QueryContextAttributesW(&lab.client.context, SECPKG_ATTR_SIZES, nullptr),
      SEC_E_INVALID_PARAMETER));
  EXPECT_TRUE(Returns(
      Call::kSetContextAttributes,
      SetContextAttributesA(&lab.client.context, SECPKG_ATTR_FLAGS, nullptr, 4),
      SEC_E_INVALID_PARAMETER));
}

}  // namespace
}  // namespace sspilab
