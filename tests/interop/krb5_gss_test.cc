// Our Kerberos and MIT's GSSAPI at the two ends of one context: what both have
// agreed on, bare, with DCE style and under SPNEGO, and messages after.

#include <algorithm>
#include <ostream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/kerberos/crypto/encryption_type.h"
#include "core/kerberos/open_result.h"
#include "core/kerberos/rc4_tokens.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/interop/krb5_pair.h"

namespace sspilab::interop {
namespace {

using kerberos::Etype;

constexpr OM_uint32 kMessages = GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
                                GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;

// What is asked for, beside who begins, how, and with what keys.
struct Style {
  std::string name;
  OM_uint32 flags;

  friend void PrintTo(const Style& style, std::ostream* out) {
    *out << style.name;
  }
};
const Style kStyles[] = {
    {"one_way", kMessages},
    {"mutual", kMessages | GSS_C_MUTUAL_FLAG},
    {"dce", kMessages | GSS_C_MUTUAL_FLAG | GSS_C_DCE_STYLE},
};

class Krb5GssTest
    : public ::testing::TestWithParam<std::tuple<Etype, Role, bool, Style>> {
 protected:
  Krb5GssTest()
      : terms_{.etype = std::get<0>(GetParam()),
               .ours = std::get<1>(GetParam()),
               .negotiate = std::get<2>(GetParam()),
               .flags = std::get<3>(GetParam()).flags},
        pair_(terms_) {}

  bool Has(OM_uint32 flag) const { return (terms_.flags & flag) != 0; }

  const PairTerms terms_;
  Krb5Pair pair_;
};

// What a caller sees of the context is what the other's caller sees.
TEST_P(Krb5GssTest, BothAgreeOnFlagsAndNames) {
  ASSERT_NO_FATAL_FAILURE(pair_.Connect());
  for (const OM_uint32 flag :
       {GSS_C_MUTUAL_FLAG, GSS_C_REPLAY_FLAG, GSS_C_SEQUENCE_FLAG,
        GSS_C_CONF_FLAG, GSS_C_INTEG_FLAG, GSS_C_DCE_STYLE}) {
    EXPECT_EQ((pair_.mit().flags() & flag) != 0, Has(flag)) << flag;
  }
  const bool initiator = terms_.ours == Role::kInitiator;
  EXPECT_EQ((pair_.ours().attributes &
             (initiator ? ISC_RET_MUTUAL_AUTH : ASC_RET_MUTUAL_AUTH)) != 0,
            Has(GSS_C_MUTUAL_FLAG));
  if (initiator) {
    EXPECT_EQ(pair_.mit().PeerName(), "alice@EXAMPLE.TEST");
  } else {
    EXPECT_EQ(pair_.ours().Name(), u"EXAMPLE\\alice");
  }
}

// Each message says its own number (RFC 4121 4.2.6); RC4's does so encrypted
// (RFC 4757 7.2).
uint64_t NumberOf(const Bytes& text, const Bytes& mic, const kerberos::Key& key,
                  bool from_acceptor) {
  if (key.type().etype == Etype::kRc4Hmac) {
    uint32_t number = 0;
    EXPECT_EQ(kerberos::Rc4Tokens(key, from_acceptor, /*dce_style=*/false)
                  .Verify({text}, mic, &number),
              kerberos::OpenResult::kOk);
    return number;
  }
  uint64_t number = 0;
  for (size_t i = 8; i < 16; ++i) number = number << 8 | mic[i];
  return number;
}

TEST_P(Krb5GssTest, BothHaveTheSameKeyAndNumbers) {
  ASSERT_NO_FATAL_FAILURE(pair_.Connect());
  const Bytes text(100, 0x42);
  const Bytes theirs = pair_.mit().GetMic(text);
  ASSERT_EQ(pair_.Verify(text, theirs), SEC_E_OK);
  const Bytes ours = pair_.Sign(text);
  const MitEnd::Outcome verified = pair_.mit().VerifyMic(text, ours);
  ASSERT_EQ(verified.major, GSS_S_COMPLETE) << verified.words();
  const Bytes key = pair_.ours().SessionKey();
  const MitEnd::Lucid lucid = pair_.mit().ExportLucid();
  EXPECT_EQ(lucid.key, key);
  EXPECT_EQ(lucid.etype, static_cast<int32_t>(terms_.etype));
  // MIT says it of RFC 4121's tokens only.
  EXPECT_EQ(lucid.has_acceptor_subkey,
            Has(GSS_C_MUTUAL_FLAG) && terms_.etype != Etype::kRc4Hmac);
  const kerberos::Key whole =
      *kerberos::Key::Of(static_cast<int32_t>(terms_.etype), key);
  const bool we_accept = terms_.ours == Role::kAcceptor;
  EXPECT_EQ(lucid.send_number, NumberOf(text, theirs, whole, !we_accept) + 1);
  EXPECT_EQ(lucid.receive_number, NumberOf(text, ours, whole, we_accept));
}

// As GSS-API's tokens, which DCE does not know: its messages stay where they
// are.
class Krb5TokenTest : public Krb5GssTest {};

TEST_P(Krb5TokenTest, MessagesPassBothWays) {
  ASSERT_NO_FATAL_FAILURE(pair_.Connect());
  for (const size_t size : {0, 1, 16, 100, 5000, 100000}) {
    Bytes text(size);
    for (size_t i = 0; i < size; ++i) text[i] = static_cast<uint8_t>(i * 7);
    for (const bool encrypt : {true, false}) {
      const std::string what = absl::StrCat(size, encrypt ? " sealed" : "");
      const MitEnd::Message at_mit =
          pair_.mit().Unwrap(pair_.Wrap(text, encrypt));
      ASSERT_EQ(at_mit.outcome.major, GSS_S_COMPLETE)
          << what << ": " << at_mit.outcome.words();
      EXPECT_EQ(at_mit.encrypted, encrypt);
      EXPECT_EQ(at_mit.bytes, text);

      const MitEnd::Message from_mit = pair_.mit().Wrap(text, encrypt);
      ASSERT_EQ(from_mit.outcome.major, GSS_S_COMPLETE)
          << what << ": " << from_mit.outcome.words();
      const Krb5Pair::Opened opened = pair_.Unwrap(from_mit.bytes);
      ASSERT_EQ(opened.status, SEC_E_OK)
          << what << ": " << StatusName(opened.status);
      EXPECT_EQ(opened.encrypted, encrypt);
      EXPECT_EQ(opened.text, text);
    }
    const MitEnd::Outcome verified =
        pair_.mit().VerifyMic(text, pair_.Sign(text));
    EXPECT_EQ(verified.major, GSS_S_COMPLETE) << verified.words();
    EXPECT_EQ(pair_.Verify(text, pair_.mit().GetMic(text)), SEC_E_OK);
  }
}

// The message stays where it is, and all the rest stands before it: Windows'
// buffers, and gss_wrap_iov's without a trailer.
TEST_P(Krb5GssTest, MessagesPassInPlace) {
  ASSERT_NO_FATAL_FAILURE(pair_.Connect());
  for (const size_t size : {1, 16, 100, 5000}) {
    for (const bool encrypt : {true, false}) {
      const Bytes text(size, 0x42);
      Sealed message = pair_.WrapInPlace(text, encrypt);
      bool encrypted = !encrypt;
      MitEnd::Outcome outcome = pair_.mit().UnwrapIov(&message, &encrypted);
      ASSERT_EQ(outcome.major, GSS_S_COMPLETE) << size << outcome.words();
      EXPECT_EQ(encrypted, encrypt);
      EXPECT_EQ(message.data, text);

      outcome = pair_.mit().WrapIov(&message, encrypt);
      ASSERT_EQ(outcome.major, GSS_S_COMPLETE) << size << outcome.words();
      // One byte in 256 is its own ciphertext, and MIT's keys are random.
      if (size >= 16) {
        EXPECT_EQ(message.data != text, encrypt);
      }
      const Krb5Pair::Opened opened = pair_.UnwrapInPlace(message);
      ASSERT_EQ(opened.status, SEC_E_OK) << StatusName(opened.status);
      EXPECT_EQ(opened.encrypted, encrypt);
      EXPECT_EQ(opened.text, text);
    }
  }
}

std::string NameOf(
    const ::testing::TestParamInfo<Krb5GssTest::ParamType>& info) {
  const auto& [etype, ours, negotiate, style] = info.param;
  std::string name =
      absl::StrCat(kerberos::Find(etype).name,
                   ours == Role::kInitiator ? "_we_begin" : "_mit_begins",
                   negotiate ? "_spnego_" : "_", style.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

const auto kEtypes = ::testing::Values(
    Etype::kAes256CtsHmacSha1, Etype::kAes128CtsHmacSha1,
    Etype::kAes256CtsHmacSha384, Etype::kAes128CtsHmacSha256, Etype::kRc4Hmac);
const auto kBegins = ::testing::Values(Role::kInitiator, Role::kAcceptor);

INSTANTIATE_TEST_SUITE_P(All, Krb5GssTest,
                         ::testing::Combine(kEtypes, kBegins, ::testing::Bool(),
                                            ::testing::ValuesIn(kStyles)),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(All, Krb5TokenTest,
                         ::testing::Combine(kEtypes, kBegins, ::testing::Bool(),
                                            ::testing::Values(kStyles[0],
                                                              kStyles[1])),
                         NameOf);

}  // namespace
}  // namespace sspilab::interop
