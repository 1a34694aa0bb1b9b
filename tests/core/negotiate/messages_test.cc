#include "core/negotiate/messages.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/negotiate/windows_vectors.h"
#include "tests/support/hex.h"

namespace sspilab::negotiate {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::Copy;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;
using ::testing::HasSubstr;
using Bytes = std::vector<uint8_t>;

template <typename Message>
Bytes Written(const Message& message) {
  wire::DerWriter counter;
  message.WriteTo(&counter);
  Bytes bytes(counter.size());
  wire::DerWriter writer(absl::MakeSpan(bytes));
  message.WriteTo(&writer);
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), bytes.size());
  return bytes;
}

std::vector<std::string> Oids(const MechTypeList& list) {
  std::vector<std::string> oids;
  wire::DerReader rest = list.Begin();
  for (absl::Span<const uint8_t> oid; MechTypeList::Next(&rest, &oid);) {
    oids.push_back(wire::OidToString(oid));
  }
  return oids;
}

TEST(NegotiateMessages, WindowsNegTokenInit) {
  const Bytes token = FromHex(kWindowsInit);
  const auto init = NegTokenInit::Parse(token);
  ASSERT_TRUE(init.ok()) << init.status();
  EXPECT_EQ(Oids(init->mech_types),
            std::vector<std::string>{"1.3.6.1.4.1.311.2.2.10"});
  EXPECT_FALSE(init->req_flags.has_value());
  EXPECT_EQ(KindOf(*init->mech_token), TokenKind::kRawNtlm);
  EXPECT_EQ(init->mech_token->size(), 40u);
  EXPECT_EQ(KindOf(token), TokenKind::kInit);
  EXPECT_EQ(ToHex(Written(*init)), ToHex(token));
}

TEST(NegotiateMessages, WindowsChallenge) {
  const Bytes token = FromHex(kWindowsChallenge);
  const auto resp = NegTokenResp::Parse(token);
  ASSERT_TRUE(resp.ok()) << resp.status();
  EXPECT_EQ(resp->neg_state, NegState::kAcceptIncomplete);
  EXPECT_EQ(MechanismName(*resp->supported_mech), "NTLM");
  EXPECT_EQ(KindOf(*resp->response_token), TokenKind::kRawNtlm);
  EXPECT_FALSE(resp->mech_list_mic.has_value());
  EXPECT_EQ(KindOf(token), TokenKind::kResp);
  EXPECT_EQ(ToHex(Written(*resp)), ToHex(token));
}

TEST(NegotiateMessages, WindowsLastWord) {
  const Bytes token = FromHex(kWindowsLast);
  const auto resp = NegTokenResp::Parse(token);
  ASSERT_TRUE(resp.ok()) << resp.status();
  EXPECT_EQ(resp->neg_state, NegState::kAcceptCompleted);
  EXPECT_FALSE(resp->supported_mech.has_value());
  EXPECT_FALSE(resp->response_token.has_value());
  // An NTLM signature: version 1, number 0.
  EXPECT_EQ(ToHex(*resp->mech_list_mic), "010000004387e088c136e3a900000000");
  EXPECT_EQ(ToHex(Written(*resp)), ToHex(token));
}

// The layout of MS-SPNG 2.2.1, with the mechanisms that Windows offers.
TEST(NegotiateMessages, NegTokenInit2) {
  const std::string_view hex =
      "6076 06062b0601050502 a06c306a"
      "a03c303a"
      "060a2b06010401823702021e"
      "06092a864882f712010202"
      "06092a864886f712010202"
      "060a2a864886f71201020203"
      "060a2b06010401823702020a"
      "a32a3028a0261b24"
      "6e6f745f646566696e65645f696e5f5246433431373840706c656173655f69676e6f726"
      "5";
  const Bytes token = FromHex(hex);
  const auto init = NegTokenInit::Parse(token);
  ASSERT_TRUE(init.ok()) << init.status();
  EXPECT_EQ(Oids(init->mech_types),
            (std::vector<std::string>{
                "1.3.6.1.4.1.311.2.2.30", "1.2.840.48018.1.2.2",
                "1.2.840.113554.1.2.2", "1.2.840.113554.1.2.2.3",
                "1.3.6.1.4.1.311.2.2.10"}));
  EXPECT_EQ(*init->hint_name, BytesOf(kHintName));
  EXPECT_FALSE(init->mech_token.has_value());
  EXPECT_EQ(ToHex(Written(*init)), ToHex(token));
}

// [3] is a MIC or a hint, by its type; [4] is a MIC beside a hint.
TEST(NegotiateMessages, WhereTheMicOfANegTokenInitIs) {
  const Bytes list = FromHex("300c060a2b06010401823702020a");
  const Bytes mic = FromHex("aabb");
  NegTokenInit init;
  init.mech_types = *MechTypeList::Parse(list);
  init.mech_list_mic = mic;
  Bytes token = Written(init);
  EXPECT_THAT(ToHex(token), HasSubstr("a3040402aabb"));
  EXPECT_EQ(ToHex(*NegTokenInit::Parse(token)->mech_list_mic), "aabb");
  EXPECT_FALSE(NegTokenInit::Parse(token)->hint_name.has_value());
  init.hint_name = BytesOf("x");
  token = Written(init);
  EXPECT_THAT(ToHex(token), HasSubstr("a3073005a0031b0178a4040402aabb"));
  EXPECT_EQ(ToHex(*NegTokenInit::Parse(token)->mech_list_mic), "aabb");
  EXPECT_EQ(*NegTokenInit::Parse(token)->hint_name, BytesOf("x"));
}

TEST(NegotiateMessages, ReqFlagsAreKeptAsTheyCame) {
  // RFC 4178's 32 bits, of which 7 are named; and more bits than there are.
  for (const std::string_view flags : {"03020162", "030500e2000000"}) {
    const std::string size = ToHex(
        {Copy(FromHex(flags)).size() == 4 ? FromHex("04") : FromHex("07")});
    const std::string fields =
        "a00e300c060a2b06010401823702020aa1" + size + std::string(flags);
    const Bytes body = FromHex(fields);
    const auto byte = [](size_t n) {
      const uint8_t value = static_cast<uint8_t>(n);
      return ToHex({&value, 1});
    };
    const std::string sequence = "30" + byte(body.size()) + fields;
    const std::string choice = "a0" + byte(body.size() + 2) + sequence;
    const Bytes token =
        FromHex("60" + byte(8 + body.size() + 4) + "06062b0601050502" + choice);
    const auto init = NegTokenInit::Parse(token);
    ASSERT_TRUE(init.ok()) << init.status();
    EXPECT_EQ(ToHex(*init->req_flags), std::string(flags).substr(4));
    EXPECT_EQ(ToHex(Written(*init)), ToHex(token));
  }
}

// A field that is there but empty is not one that is missing.
TEST(NegotiateMessages, EmptyFields) {
  const auto resp = NegTokenResp::Parse(FromHex("a10a3008a2020400a3020400"));
  ASSERT_TRUE(resp.ok()) << resp.status();
  EXPECT_FALSE(resp->neg_state.has_value());
  EXPECT_EQ(resp->response_token->size(), 0u);
  EXPECT_EQ(resp->mech_list_mic->size(), 0u);
  const auto nothing = NegTokenResp::Parse(FromHex("a1023000"));
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_FALSE(nothing->response_token.has_value());
}

// Windows takes lengths that are longer than they need. The list is kept as it
// came: the MICs are over that.
TEST(NegotiateMessages, LongerLengthsThanNeeded) {
  const Bytes longer = FromHex(
      "6082001f 06062b0601050502 a08114 308111 a00f30810c "
      "060a2b06010401823702020a");
  const auto init = NegTokenInit::Parse(longer);
  ASSERT_TRUE(init.ok()) << init.status();
  EXPECT_EQ(ToHex(init->mech_types.der()), "30810c060a2b06010401823702020a");
  EXPECT_EQ(Oids(init->mech_types).size(), 1u);
}

TEST(NegotiateMessages, MalformedTokensSayWhere) {
  const struct {
    std::string_view hex;
    std::string_view error;
  } resps[] = {
      {"", "NegTokenResp at byte 0 is malformed"},
      {"a100", "NegTokenResp at byte 2 is malformed"},
      {"a1023000ff", "the token ends at byte 4 of 5"},
      {"a10430000500", "NegTokenResp at byte 4 is malformed"},
      {"a1073005a0030a0104", "negState at byte 6 is malformed"},
      {"a1073005a0030a01ff", "negState at byte 6 is malformed"},
      {"a1073005a003020100", "negState at byte 6 is malformed"},
      {"a1083006a0040a010000", "negState at byte 9 is malformed"},
      {"a1073005a1030601aa", "supportedMech at byte 6 is malformed"},
      {"a1063004a2020500", "responseToken at byte 6 is malformed"},
      {"a1063004a3050400", "mechListMIC at byte 4 is malformed"},
      // The order is the specification's.
      {"a10d300ba2020400a0050a010000", "NegTokenResp at byte 0 is malformed"},
      {"a10d300ba2020400a0030a01000500", "the token ends at byte 15 of 15"},
      // Twice.
      {"a10c300aa0030a0100a0030a0100",
       "a field before byte 14 is out of place"},
      {"a10b3009a2020400a0030a0100", "a field before byte 13 is out of place"},
      {"a104300205 00", "a field before byte 6 is out of place"},
      {"a10430020501", "an extension at byte 4 is malformed"},
  };
  for (const auto& c : resps) {
    SCOPED_TRACE(c.hex);
    const Bytes token = FromHex(c.hex);
    const auto resp = NegTokenResp::Parse(token);
    ASSERT_FALSE(resp.ok());
    if (c.error.substr(0, 9) != "the token" || token.size() == 5) {
      EXPECT_EQ(resp.status().message(), c.error);
    }
  }
  const struct {
    std::string_view hex;
    std::string_view error;
  } inits[] = {
      {"", "InitialContextToken at byte 0 is malformed"},
      {"6000", "thisMech at byte 2 is malformed"},
      // Kerberos' framing.
      {"600d06092a864886f7120102020100", "thisMech at byte 13 is malformed"},
      {"600806062b0601050502", "NegTokenInit at byte 10 is malformed"},
      {"600c06062b0601050502a0023000", "mechTypes is missing"},
      {"601006062b0601050502a0063004a0023000", "mechTypes at byte 16"},
      {"601206062b0601050502a0083006a00430020500", "mechTypes at byte 16"},
  };
  for (const auto& c : inits) {
    SCOPED_TRACE(c.hex);
    const auto init = NegTokenInit::Parse(FromHex(c.hex));
    ASSERT_FALSE(init.ok());
    EXPECT_THAT(std::string(init.status().message()), HasSubstr(c.error));
  }
}

// RFC 4178 has both messages end in "...": later versions may add fields.
TEST(NegotiateMessages, UnknownFieldsAtTheEnd) {
  const auto resp = NegTokenResp::Parse(FromHex("a10b3009a0030a0101a5020500"));
  ASSERT_TRUE(resp.ok()) << resp.status();
  EXPECT_EQ(resp->neg_state, NegState::kAcceptIncomplete);
}

// On memory of exactly the size of the part, no part of a token is one.
TEST(NegotiateMessages, NoPartOfATokenIsOne) {
  for (const std::string_view hex :
       {kWindowsInit, kWindowsChallenge, kWindowsLast}) {
    const Bytes whole = FromHex(hex);
    for (size_t size = 0; size < whole.size(); ++size) {
      const Bytes part = Copy(absl::MakeConstSpan(whole).first(size));
      EXPECT_FALSE(NegTokenInit::Parse(part).ok());
      EXPECT_FALSE(NegTokenResp::Parse(part).ok());
    }
  }
}

TEST(NegotiateMessages, OverheadIsEnoughAndNotMuchMore) {
  const Bytes list = FromHex("300c060a2b06010401823702020a");
  for (const size_t size : {1, 100, 200, 300, 70000}) {
    const Bytes token(size);
    NegTokenInit init;
    init.mech_types = *MechTypeList::Parse(list);
    init.mech_token = token;
    const size_t init_overhead = Written(init).size() - size;
    EXPECT_LE(init_overhead, InitOverhead(list));
    EXPECT_LT(InitOverhead(list) - init_overhead, 30u);
    NegTokenResp resp;
    resp.neg_state = NegState::kAcceptIncomplete;
    resp.supported_mech = oid::kNtlm;
    resp.response_token = token;
    const size_t resp_overhead = Written(resp).size() - size;
    EXPECT_LE(resp_overhead, RespOverhead(oid::kNtlm));
    EXPECT_LT(RespOverhead(oid::kNtlm) - resp_overhead, 20u);
    resp.mech_list_mic = BytesOf("0123456789abcdef");
    EXPECT_LE(Written(resp).size() - size - resp_overhead, MicOverhead(16) + 2);
  }
}

TEST(NegotiateMessages, KindsAndNames) {
  EXPECT_EQ(KindOf({}), TokenKind::kUnknown);
  EXPECT_EQ(KindOf(BytesOf("NTLMSSP")), TokenKind::kUnknown);
  EXPECT_EQ(KindOf(FromHex("4e544c4d5353500001000000")), TokenKind::kRawNtlm);
  EXPECT_EQ(MechanismName(oid::kWindowsKerberos), "Kerberos (Windows)");
  EXPECT_EQ(MechanismName(FromHex("2a03")), "");
}

}  // namespace
}  // namespace sspilab::negotiate
