#include "core/crypto/hmac_sha.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::ToHex;

std::string Mac(Hmac* hmac, size_t size, std::string_view key,
                std::initializer_list<absl::Span<const uint8_t>> parts) {
  std::vector<uint8_t> out(size);
  hmac(BytesOf(key), parts, absl::MakeSpan(out));
  return ToHex(out);
}

constexpr std::string_view kQuestion = "what do ya want for nothing?";

// RFC 2202 3 and RFC 4231 4.3, test case 2.
TEST(HmacShaTest, VectorsOfTheRfcs) {
  EXPECT_EQ(Mac(HmacSha1, kSha1Size, "Jefe", {BytesOf(kQuestion)}),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(Mac(HmacSha256, kSha256Size, "Jefe", {BytesOf(kQuestion)}),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Mac(HmacSha384, kSha384Size, "Jefe", {BytesOf(kQuestion)}),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
            "8e2240ca5e69e2c78b3239ecfab21649");
}

TEST(HmacShaTest, PartsAreOneMessage) {
  for (Hmac* const hmac : {HmacSha1, HmacSha256, HmacSha384}) {
    EXPECT_EQ(Mac(hmac, 20, "Jefe",
                  {BytesOf(kQuestion.substr(0, 5)),
                   {},
                   BytesOf(kQuestion.substr(5))}),
              Mac(hmac, 20, "Jefe", {BytesOf(kQuestion)}));
  }
}

TEST(HmacShaTest, AShortOutputIsTheBeginning) {
  EXPECT_EQ(Mac(HmacSha1, 12, "Jefe", {BytesOf(kQuestion)}),
            "effcdf6ae5eb2fa2d27416d5");
}

std::string Derive(Pbkdf2* pbkdf2, uint32_t iterations, size_t size) {
  std::vector<uint8_t> out(size);
  pbkdf2(BytesOf("password"), BytesOf("salt"), iterations, absl::MakeSpan(out));
  return ToHex(out);
}

// RFC 6070 2 for SHA-1; for SHA-256 and SHA-384 what Python's hashlib gives,
// which is OpenSSL's.
TEST(HmacShaTest, Pbkdf2) {
  EXPECT_EQ(Derive(Pbkdf2HmacSha1, 1, 20),
            "0c60c80f961f0e71f3a9b524af6012062fe037a6");
  EXPECT_EQ(Derive(Pbkdf2HmacSha1, 4096, 20),
            "4b007901b765489abead49d926f721d065a429c1");
  EXPECT_EQ(Derive(Pbkdf2HmacSha256, 2, 32),
            "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43");
  EXPECT_EQ(Derive(Pbkdf2HmacSha384, 2, 64),
            "54f775c6d790f21930459162fc535dbf04a939185127016a04176a0730c6f1f4"
            "fb48832ad1261baadd2cedd50814b1c806ad1bbf43ebdc9d047904bf7ceafe1e");
}

}  // namespace
}  // namespace sspilab::crypto
