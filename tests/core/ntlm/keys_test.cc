#include "core/ntlm/keys.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/crypto/digest.h"
#include "core/ntlm/messages.h"
#include "core/ntlm/negotiate_flags.h"
#include "core/ntlm/ntlmv2_response.h"
#include "core/wire/utf.h"
#include "gtest/gtest.h"
#include "tests/core/ntlm/spec_vectors.h"
#include "tests/core/ntlm/windows_vectors.h"
#include "tests/support/hex.h"

namespace sspilab::ntlm {
namespace {

using sspilab::testing::ArrayFromHex;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;
using wire::Utf16LeBytes;

const Challenge kServerChallenge = ArrayFromHex<8>(spec::kServerChallenge);
const Challenge kClientChallenge = ArrayFromHex<8>(spec::kClientChallenge);
const Key kRandomSessionKey = ArrayFromHex<16>(spec::kRandomSessionKey);

// --- MS-NLMP 4.2.2.

TEST(KeysSpecTest, V1OneWayFunctions) {
  ASSERT_TRUE(LmOwfV1(spec::kPassword).has_value());
  EXPECT_EQ(ToHex(*LmOwfV1(spec::kPassword)), spec::v1::kLmOwf);
  EXPECT_EQ(ToHex(NtOwfV1(spec::kPassword)), spec::v1::kNtOwf);
}

TEST(KeysSpecTest, V1ResponsesAndKeys) {
  const std::optional<Key> lm_owf = LmOwfV1(spec::kPassword);
  const Key nt_owf = NtOwfV1(spec::kPassword);
  const ResponsesV1 responses =
      ComputeResponsesV1(nt_owf, lm_owf, kServerChallenge);
  EXPECT_EQ(ToHex(responses.nt), spec::v1::kNtResponse);
  EXPECT_EQ(ToHex(responses.lm), spec::v1::kLmResponse);
  const Key base = SessionBaseKeyV1(nt_owf);
  EXPECT_EQ(ToHex(base), spec::v1::kSessionBaseKey);

  const auto exchange_key = [&](uint32_t more_flags) {
    return KeyExchangeKeyV1(spec::v1::kFlags | more_flags, base, responses.lm,
                            kServerChallenge, lm_owf);
  };
  EXPECT_EQ(ToHex(exchange_key(0)), spec::v1::kSessionBaseKey);
  EXPECT_EQ(ToHex(EncryptSessionKey(exchange_key(0), kRandomSessionKey)),
            spec::v1::kEncryptedSessionKey);
  EXPECT_EQ(ToHex(EncryptSessionKey(exchange_key(kRequestNonNtSessionKey),
                                    kRandomSessionKey)),
            spec::v1::kEncryptedSessionKeyNonNt);
  EXPECT_EQ(ToHex(exchange_key(kNegotiateLmKey)),
            spec::v1::kKeyExchangeKeyLmKey);
  EXPECT_EQ(ToHex(EncryptSessionKey(exchange_key(kNegotiateLmKey),
                                    kRandomSessionKey)),
            spec::v1::kEncryptedSessionKeyLmKey);
  // 3.4.5.1 looks at LM_KEY first.
  EXPECT_EQ(ToHex(exchange_key(kNegotiateLmKey | kRequestNonNtSessionKey)),
            spec::v1::kKeyExchangeKeyLmKey);
}

TEST(KeysSpecTest, V1SealingKeyIsTheSessionKey) {
  EXPECT_EQ(ToHex(SealKey(spec::v1::kFlags, kRandomSessionKey,
                          Direction::kInitiatorToAcceptor)
                      .bytes()),
            spec::kRandomSessionKey);
}

// --- MS-NLMP 4.2.3.

TEST(KeysSpecTest, V1WithClientChallenge) {
  namespace vectors = spec::v1_client_challenge;
  const Key nt_owf = NtOwfV1(spec::kPassword);
  const ResponsesV1 responses = ComputeResponsesV1WithClientChallenge(
      nt_owf, kServerChallenge, kClientChallenge);
  EXPECT_EQ(ToHex(responses.lm), vectors::kLmResponse);
  EXPECT_EQ(ToHex(responses.nt), vectors::kNtResponse);
  const Key base = SessionBaseKeyV1(nt_owf);
  EXPECT_EQ(ToHex(base), spec::v1::kSessionBaseKey);
  const Key exchange_key = KeyExchangeKeyV1(vectors::kFlags, base, responses.lm,
                                            kServerChallenge, std::nullopt);
  EXPECT_EQ(ToHex(exchange_key), vectors::kKeyExchangeKey);
  EXPECT_EQ(ToHex(SealKey(vectors::kFlags, exchange_key,
                          Direction::kInitiatorToAcceptor)
                      .bytes()),
            vectors::kClientSealKey);
  EXPECT_EQ(ToHex(SignKey(exchange_key, Direction::kInitiatorToAcceptor)),
            vectors::kClientSignKey);
}

// --- MS-NLMP 4.2.4.

TEST(KeysSpecTest, V2) {
  const Key nt_owf =
      NtOwfV2(NtOwfV1(spec::kPassword), Utf16LeBytes(spec::kUser),
              Utf16LeBytes(spec::kDomain));
  EXPECT_EQ(ToHex(nt_owf), spec::v2::kNtOwf);
  const crypto::HmacMd5 keyed(nt_owf);
  const ProofV2 proof =
      ComputeProofV2(keyed, kServerChallenge, FromHex(spec::v2::kTemp));
  EXPECT_EQ(ToHex(proof.nt_proof), spec::v2::kNtProof);
  EXPECT_EQ(ToHex(proof.session_base_key), spec::v2::kSessionBaseKey);
  EXPECT_EQ(
      ToHex(ComputeLmResponseV2(keyed, kServerChallenge, kClientChallenge)),
      spec::v2::kLmResponse);
  const Key encrypted =
      EncryptSessionKey(proof.session_base_key, kRandomSessionKey);
  EXPECT_EQ(ToHex(encrypted), spec::v2::kEncryptedSessionKey);
  EXPECT_EQ(EncryptSessionKey(proof.session_base_key, encrypted),
            kRandomSessionKey);
  EXPECT_EQ(ToHex(SealKey(spec::v2::kFlags, kRandomSessionKey,
                          Direction::kInitiatorToAcceptor)
                      .bytes()),
            spec::v2::kClientSealKey);
  EXPECT_EQ(ToHex(SignKey(kRandomSessionKey, Direction::kInitiatorToAcceptor)),
            spec::v2::kClientSignKey);
}

// --- What Windows sent.

TEST(KeysWindowsTest, V2ResponsesOfARealMachine) {
  const std::vector<uint8_t> token = FromHex(windows::kAuthenticateMessage);
  const absl::StatusOr<AuthenticateMessage> message =
      AuthenticateMessage::Parse(token);
  ASSERT_TRUE(message.ok()) << message.status();
  const absl::StatusOr<NtlmV2Response> response =
      NtlmV2Response::Parse(message->nt_response);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->client_challenge.timestamp, windows::kTime);
  EXPECT_EQ(ToHex(response->client_challenge.client_challenge),
            windows::kClientChallenge);

  // User and domain as the token has them.
  const crypto::HmacMd5 keyed(
      NtOwfV2(NtOwfV1(windows::kPassword), message->user, message->domain));
  const Challenge server_challenge = ArrayFromHex<8>(windows::kServerChallenge);
  const ProofV2 proof = ComputeProofV2(keyed, server_challenge, response->temp);
  EXPECT_EQ(ToHex(proof.nt_proof), ToHex(response->proof));
  EXPECT_EQ(
      ToHex(ComputeLmResponseV2(keyed, server_challenge,
                                response->client_challenge.client_challenge)),
      ToHex(message->lm_response));
}

// --- What the vectors leave out.

TEST(KeysTest, LmHashes) {
  // The best known LM hash: of nothing.
  EXPECT_EQ(ToHex(*LmOwfV1(u"")), "aad3b435b51404eeaad3b435b51404ee");
  // Case does not matter, and half the hash is that of half the password.
  EXPECT_EQ(LmOwfV1(u"password"), LmOwfV1(u"PASSWORD"));
  EXPECT_EQ(ToHex(*LmOwfV1(u"PASSWOR")).substr(0, 16),
            ToHex(*LmOwfV1(u"PASSWORD")).substr(0, 16));
  EXPECT_EQ(ToHex(*LmOwfV1(u"PASSWOR")).substr(16), "aad3b435b51404ee");
  // Upcasing is done before the code page is: 0x82 and 0x90 are e and E acute.
  EXPECT_EQ(LmOwfV1(u"\u00E9"), LmOwfV1(u"\u00C9"));
  EXPECT_TRUE(LmOwfV1(u"\u00E9").has_value());
  EXPECT_TRUE(LmOwfV1(u"12345678901234").has_value());
  EXPECT_FALSE(LmOwfV1(u"123456789012345").has_value());
  EXPECT_FALSE(LmOwfV1(u"\u4E2D").has_value());
}

TEST(KeysTest, WithoutLmHashTheLmResponseIsTheNtOne) {
  const ResponsesV1 responses = ComputeResponsesV1(
      NtOwfV1(spec::kPassword), std::nullopt, kServerChallenge);
  EXPECT_EQ(ToHex(responses.nt), spec::v1::kNtResponse);
  EXPECT_EQ(responses.lm, responses.nt);
}

TEST(KeysTest, WithoutLmHashLmKeysComeFromTheEmptyPassword) {
  for (const uint32_t flags : {kNegotiateLmKey, kRequestNonNtSessionKey}) {
    const ResponseV1 response{};
    EXPECT_EQ(KeyExchangeKeyV1(flags, kRandomSessionKey, response,
                               kServerChallenge, std::nullopt),
              KeyExchangeKeyV1(flags, kRandomSessionKey, response,
                               kServerChallenge, LmOwfV1(u"")));
  }
}

TEST(KeysTest, NtOwfV2UpcasesTheUserOnly) {
  const Key nt = NtOwfV1(spec::kPassword);
  const auto owf = [&](std::u16string_view user, std::u16string_view domain) {
    return NtOwfV2(nt, Utf16LeBytes(user), Utf16LeBytes(domain));
  };
  EXPECT_EQ(owf(u"us\u00E9r", u"Domain"), owf(u"US\u00C9R", u"Domain"));
  EXPECT_NE(owf(u"User", u"Domain"), owf(u"User", u"DOMAIN"));
  // Longer than what is upcased at a time.
  for (const size_t size : {31, 32, 33, 64, 65, 200}) {
    const std::u16string lower(size, u'\u0451');
    const std::u16string upper(size, u'\u0401');
    EXPECT_EQ(owf(lower, u"D"), owf(upper, u"D"));
    crypto::HmacMd5 hmac(nt);
    EXPECT_EQ(owf(lower, u"D"),
              hmac.Of({Utf16LeBytes(upper), Utf16LeBytes(u"D")}));
  }
  // An odd number of bytes, which a hostile token can have.
  const std::vector<uint8_t> odd = FromHex("750073");
  EXPECT_EQ(NtOwfV2(nt, odd, {}), crypto::HmacMd5(nt).Of({FromHex("550073")}));
}

TEST(KeysTest, DirectionsHaveKeysOfTheirOwn) {
  const Direction directions[] = {Direction::kInitiatorToAcceptor,
                                  Direction::kAcceptorToInitiator};
  for (const Direction direction : directions) {
    const std::string way = direction == Direction::kInitiatorToAcceptor
                                ? "client-to-server"
                                : "server-to-client";
    const std::string sign =
        "session key to " + way + " signing key magic constant";
    const std::string seal =
        "session key to " + way + " sealing key magic constant";
    // With the terminating zero.
    const auto magic = [](const std::string& text) {
      return absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.c_str()),
                                 text.size() + 1);
    };
    EXPECT_EQ(SignKey(kRandomSessionKey, direction),
              crypto::Md5({kRandomSessionKey, magic(sign)}));
    EXPECT_EQ(
        ToHex(SealKey(spec::v2::kFlags, kRandomSessionKey, direction).bytes()),
        ToHex(crypto::Md5({kRandomSessionKey, magic(seal)})));
  }
}

struct SealKeyCase {
  uint32_t flags;
  uint8_t revision;
  std::string_view key;
};

// 3.4.5.3 without extended session security.
TEST(KeysTest, SealKeyStrengths) {
  const Key session_key = ArrayFromHex<16>("00112233445566778899aabbccddeeff");
  const SealKeyCase cases[] = {
      {0, 15, "00112233445566778899aabbccddeeff"},
      {kNegotiate56, 15, "00112233445566778899aabbccddeeff"},
      {kNegotiateLmKey, 15, "0011223344e538b0"},
      {kNegotiateLmKey | kNegotiate128, 0, "0011223344e538b0"},
      {kNegotiateLmKey | kNegotiate56, 0, "00112233445566a0"},
      {kNegotiateDatagram, 14, "00112233445566778899aabbccddeeff"},
      {kNegotiateDatagram, 15, "0011223344e538b0"},
      {kNegotiateDatagram | kNegotiate56, 15, "00112233445566a0"},
  };
  for (const SealKeyCase& c : cases) {
    for (const Direction direction :
         {Direction::kInitiatorToAcceptor, Direction::kAcceptorToInitiator}) {
      EXPECT_EQ(
          ToHex(SealKey(c.flags, session_key, direction, c.revision).bytes()),
          c.key)
          << std::hex << c.flags << " " << int{c.revision};
    }
  }
}

// With it, the strength decides how much of the session key goes in.
TEST(KeysTest, SealKeyStrengthsWithExtendedSessionSecurity) {
  const Key full = ArrayFromHex<16>("00112233445566778899aabbccddeeff");
  const auto seal_key = [](uint32_t strength, const Key& key) {
    return ToHex(SealKey(kNegotiateExtendedSessionSecurity | strength, key,
                         Direction::kInitiatorToAcceptor)
                     .bytes());
  };
  const struct {
    uint32_t flags;
    size_t used;
  } cases[] = {
      {0, 5},
      {kNegotiate56, 7},
      {kNegotiate128, 16},
      {kNegotiate56 | kNegotiate128, 16},
      {kNegotiate56 | kNegotiateLmKey, 7},
  };
  for (const auto& c : cases) {
    for (size_t i = 0; i < full.size(); ++i) {
      Key other = full;
      other[i] ^= 1;
      EXPECT_EQ(seal_key(c.flags, other) != seal_key(c.flags, full), i < c.used)
          << i;
    }
  }
}

TEST(KeysTest, MicIsOverTheThreeTokensWithoutItself) {
  const std::vector<uint8_t> negotiate = FromHex("0102030405");
  const std::vector<uint8_t> challenge = FromHex("060708");
  std::vector<uint8_t> authenticate(100);
  for (size_t i = 0; i < authenticate.size(); ++i) {
    authenticate[i] = static_cast<uint8_t>(i + 1);
  }
  std::vector<uint8_t> zeroed = authenticate;
  std::fill(zeroed.begin() + 72, zeroed.begin() + 88, uint8_t{0});
  const Key expected =
      crypto::HmacMd5(kRandomSessionKey).Of({negotiate, challenge, zeroed});
  EXPECT_EQ(ComputeMic(kRandomSessionKey, negotiate, challenge, authenticate),
            expected);
  EXPECT_EQ(ComputeMic(kRandomSessionKey, negotiate, challenge, zeroed),
            expected);
  authenticate[88] ^= 1;
  EXPECT_NE(ComputeMic(kRandomSessionKey, negotiate, challenge, authenticate),
            expected);
}

}  // namespace
}  // namespace sspilab::ntlm
