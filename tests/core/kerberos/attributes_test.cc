// The attributes of core/kerberos/attributes.cc and of credentials, through the
// interface; channel bindings at both ends.

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/attribute_text.h"
#include "tests/core/bindings.h"
#include "tests/core/handshake.h"
#include "tests/core/kerberos/lab.h"
#include "tests/core/returns.h"
#include "tests/support/hex.h"

namespace sspilab {
namespace {

using testing::Ansi;
using testing::Bindings;
using testing::Bytes;
using testing::End;
using testing::KerberosLab;
using testing::QueryText;
using testing::Returns;
using testing::RunLegs;
using testing::TakePackage;
using testing::ToHex;
using testing::Wide;

constexpr ULONG kWants = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY |
                         ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;

std::string Package() {
  SecPkgInfoW* info = nullptr;
  EXPECT_EQ(
      QuerySecurityPackageInfoW(const_cast<char16_t*>(u"Kerberos"), &info),
      SEC_E_OK);
  return TakePackage(info);
}

// What both ends say when the exchange is done, and whether they already say
// it before. The keys are compared with each other.
struct Expectation {
  ULONG attribute;
  SECURITY_STATUS unfinished;
  std::string client;
  std::string server;
};

const std::vector<Expectation>& Expectations() {
  // A ticket of ten hours, of the World's first second.
  static constexpr char kTicket[] = "133485408000000000..133485768000000000";
  static constexpr char kAlgorithms[] =
      "aes256-cts-hmac-sha1-96 0x10, aes256-cts-hmac-sha1-96 0x12, 256 bits";
  static constexpr char kNever[] = "9223372036854775807";
  static const auto& table = *new std::vector<Expectation>{
      // RFC 4121 4.2.6.1: 16 and a checksum of 12; 4.2.4: 16, a confounder of
      // 16, a copy of the header, a checksum.
      {SECPKG_ATTR_SIZES, SEC_E_OK,
       "token 48000 signature 28 block 1 trailer 60",
       "token 48000 signature 28 block 1 trailer 60"},
      {SECPKG_ATTR_NAMES, SEC_E_INVALID_HANDLE, "EXAMPLE\\alice",
       "EXAMPLE\\alice"},
      {SECPKG_ATTR_LIFESPAN, SEC_E_INVALID_HANDLE, kTicket, kTicket},
      {SECPKG_ATTR_DCE_INFO, SEC_E_INVALID_HANDLE, "service 1 EXAMPLE\\alice",
       "service 1 EXAMPLE\\alice"},
      {SECPKG_ATTR_KEY_INFO, SEC_E_INVALID_HANDLE, kAlgorithms, kAlgorithms},
      {SECPKG_ATTR_AUTHORITY, SEC_E_INVALID_HANDLE, "EXAMPLE.TEST",
       "EXAMPLE.TEST"},
      {SECPKG_ATTR_PASSWORD_EXPIRY, SEC_E_INVALID_HANDLE, kNever, kNever},
      {SECPKG_ATTR_PACKAGE_INFO, SEC_E_OK, Package(), Package()},
      {SECPKG_ATTR_USER_FLAGS, SEC_E_INVALID_HANDLE, "0x0", "0x0"},
      {SECPKG_ATTR_NEGOTIATION_INFO, SEC_E_OK,
       absl::StrCat("state 0 ", Package()),
       absl::StrCat("state 0 ", Package())},
      {SECPKG_ATTR_NATIVE_NAMES, SEC_E_INVALID_HANDLE,
       "EXAMPLE\\alice -> cifs/lab.example.test",
       "EXAMPLE\\alice -> cifs/lab.example.test"},
      // MUTUAL_AUTH | REPLAY_DETECT | SEQUENCE_DETECT | CONFIDENTIALITY |
      // INTEGRITY, which has another value at the acceptor.
      {SECPKG_ATTR_FLAGS, SEC_E_INVALID_HANDLE, "0x1001e", "0x2001e"},
      {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, SEC_E_INVALID_HANDLE,
       "cifs/lab.example.test", "cifs/lab.example.test"},
      {SECPKG_ATTR_SESSION_KEY, SEC_E_INVALID_HANDLE, "", ""},
  };
  return table;
}

bool IsExpected(ULONG attribute) {
  for (const Expectation& row : Expectations()) {
    if (row.attribute == attribute) return true;
  }
  return false;
}

struct Established : KerberosLab {
  Established() {
    EXPECT_EQ(Acquire(), SEC_E_OK);
    client.requirements = kWants;
    EXPECT_EQ(RunLegs(client, server), SEC_E_OK);
  }
};

template <typename C>
class KerberosAttributes : public ::testing::Test {};
using CharacterSets = ::testing::Types<Wide, Ansi>;
TYPED_TEST_SUITE(KerberosAttributes, CharacterSets);

TYPED_TEST(KerberosAttributes, BothEndsTellWhatWasAgreed) {
  Established lab;
  const uint64_t before = lab.client_world.memory().live_allocations();
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
  EXPECT_EQ(lab.client_world.memory().live_allocations(), before);
}

TYPED_TEST(KerberosAttributes, UnfinishedContextsKnowOnlyWhatNeedsNoPeer) {
  KerberosLab lab;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  lab.client.requirements = kWants | ISC_REQ_USE_DCE_STYLE;
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
        EXPECT_EQ(text, absl::StrCat("state 2 ", Package()));
      } else if (row.attribute == SECPKG_ATTR_SIZES) {
        // There is no key yet.
        EXPECT_EQ(text, "token 48000 signature 0 block 1 trailer 0");
      } else if (row.unfinished == SEC_E_OK) {
        EXPECT_EQ(text, row.client);
      }
    }
  }
}

// STREAM_SIZES among them: Kerberos knows of no streams.
TYPED_TEST(KerberosAttributes, OthersAreUnsupported) {
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

TEST(KerberosCredentialAttributes, OnlyNamesAndOnlyWhereThereIsOne) {
  KerberosLab lab;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  SecPkgCredentials_NamesA names = {};
  ASSERT_TRUE(
      Returns(Call::kQueryCredentialsAttributes,
              QueryCredentialsAttributesA(&lab.client.credential,
                                          SECPKG_CRED_ATTR_NAMES, &names),
              SEC_E_OK));
  EXPECT_EQ(std::string(names.sUserName), "EXAMPLE\\alice");
  FreeContextBuffer(names.sUserName);
  EXPECT_TRUE(
      Returns(Call::kQueryCredentialsAttributes,
              QueryCredentialsAttributesA(&lab.server.credential,
                                          SECPKG_CRED_ATTR_NAMES, &names),
              SEC_E_NO_CREDENTIALS));
  // KDC_PROXY_SETTINGS among them: there is no way to a KDC but the one.
  for (ULONG attribute = 0; attribute < 10; ++attribute) {
    if (attribute == SECPKG_CRED_ATTR_NAMES) continue;
    Bytes answer(64, 0xCC);
    EXPECT_TRUE(Returns(Call::kQueryCredentialsAttributes,
                        QueryCredentialsAttributesW(&lab.client.credential,
                                                    attribute, answer.data()),
                        SEC_E_UNSUPPORTED_FUNCTION));
    EXPECT_TRUE(Returns(Call::kSetCredentialsAttributes,
                        SetCredentialsAttributesW(
                            &lab.client.credential, attribute, answer.data(),
                            static_cast<ULONG>(answer.size())),
                        SEC_E_UNSUPPORTED_FUNCTION));
    EXPECT_EQ(answer, Bytes(64, 0xCC));
  }
}

// The forms that a name may have, and whom each means.
TEST(KerberosCredentialAttributes, ANameHasManyForms) {
  const struct {
    const char16_t* user;
    const char16_t* domain;
  } kForms[] = {
      {u"alice", u"EXAMPLE"},       {u"alice", u"example.test"},
      {u"alice@example.test", u""}, {u"alice", u""},
      {u"ALICE", u"Example.Test"},
  };
  for (const auto& form : kForms) {
    KerberosLab lab;
    ASSERT_EQ(lab.client.AcquireOutbound(lab.client_world, form.user,
                                         form.domain, u"secret"),
              SEC_E_OK);
    ASSERT_EQ(lab.server.AcquireInbound(lab.server_world), SEC_E_OK);
    ASSERT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
    EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
  }
  {
    // The one who is logged on.
    KerberosLab lab;
    lab.client_world.options().logon = {u"alice", u"EXAMPLE", u"secret"};
    ASSERT_EQ(
        lab.client.AcquireOutbound(lab.client_world, nullptr, nullptr, nullptr),
        SEC_E_OK);
    ASSERT_EQ(lab.server.AcquireInbound(lab.server_world), SEC_E_OK);
    ASSERT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
    EXPECT_EQ(lab.server.Name(), u"EXAMPLE\\alice");
  }
  {
    // Nobody is.
    KerberosLab lab;
    ASSERT_EQ(
        lab.client.AcquireOutbound(lab.client_world, nullptr, nullptr, nullptr),
        SEC_E_OK);
    Bytes token;
    EXPECT_EQ(lab.client.Initialize(&token), SEC_E_NO_CREDENTIALS);
  }
}

// "Supporting Extended Protection for Authentication in a service".
TEST(KerberosChannelBindings, TheTwoEndsMustMeanTheSameChannel) {
  Bindings one("tls-server-end-point:one");
  Bindings two("tls-server-end-point:two");
  const auto run = [](Bindings* client, Bindings* server, ULONG requirements) {
    KerberosLab lab;
    EXPECT_EQ(lab.Acquire(), SEC_E_OK);
    if (client != nullptr) lab.client.extra_input = {client->buffer()};
    if (server != nullptr) lab.server.extra_input = {server->buffer()};
    lab.server.requirements = requirements;
    return RunLegs(lab.client, lab.server);
  };
  EXPECT_EQ(run(&one, &one, 0), SEC_E_OK);
  EXPECT_EQ(run(&one, &two, 0), SEC_E_BAD_BINDINGS);
  EXPECT_EQ(run(nullptr, &one, 0), SEC_E_BAD_BINDINGS);
  EXPECT_EQ(run(nullptr, &one, ASC_REQ_ALLOW_MISSING_BINDINGS), SEC_E_OK);
  EXPECT_EQ(run(&two, &one, ASC_REQ_ALLOW_MISSING_BINDINGS),
            SEC_E_BAD_BINDINGS);
  // A server that does not look is content with any.
  EXPECT_EQ(run(&one, nullptr, 0), SEC_E_OK);
  EXPECT_EQ(run(nullptr, nullptr, 0), SEC_E_OK);
}

TEST(KerberosChannelBindings, MalformedOnesAreBadAtEitherEnd) {
  Bytes cut(4, 0);
  const SecBuffer buffer = {4, SECBUFFER_CHANNEL_BINDINGS, cut.data()};
  KerberosLab lab;
  ASSERT_EQ(lab.Acquire(), SEC_E_OK);
  Bytes token;
  lab.client.extra_input = {buffer};
  EXPECT_EQ(lab.client.Initialize(&token), SEC_E_BAD_BINDINGS);
  KerberosLab other;
  ASSERT_EQ(other.Acquire(), SEC_E_OK);
  other.server.extra_input = {buffer};
  EXPECT_EQ(RunLegs(other.client, other.server), SEC_E_BAD_BINDINGS);
}

TEST(KerberosChannelBindings, AreToldBackToTheirCallers) {
  for (const std::string_view channel :
       {"tls-unique:abc", "tls-server-end-point:xyz"}) {
    Bindings bindings(channel);
    KerberosLab lab;
    ASSERT_EQ(lab.Acquire(), SEC_E_OK);
    lab.client.extra_input = lab.server.extra_input = {bindings.buffer()};
    ASSERT_EQ(RunLegs(lab.client, lab.server), SEC_E_OK);
    const bool unique = absl::StartsWith(channel, "tls-unique");
    const ULONG given =
        unique ? SECPKG_ATTR_UNIQUE_BINDINGS : SECPKG_ATTR_ENDPOINT_BINDINGS;
    const ULONG other =
        unique ? SECPKG_ATTR_ENDPOINT_BINDINGS : SECPKG_ATTR_UNIQUE_BINDINGS;
    for (CtxtHandle* context : {&lab.client.context, &lab.server.context}) {
      std::string text;
      EXPECT_EQ(QueryText<Wide>(context, given, &text), SEC_E_OK);
      EXPECT_EQ(text, ToHex(bindings.bytes()));
      EXPECT_TRUE(Returns(Call::kQueryContextAttributes,
                          QueryText<Wide>(context, other, &text),
                          SEC_E_UNSUPPORTED_FUNCTION));
    }
  }
}

}  // namespace
}  // namespace sspilab
