#include "core/crypto/digest.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

struct DigestCase {
  std::string_view text;
  std::string_view md4;  // RFC 1320, A.5
  std::string_view md5;  // RFC 1321, A.5
};

constexpr DigestCase kDigestCases[] = {
    {"", "31d6cfe0d16ae931b73c59d7e0c089c0",
     "d41d8cd98f00b204e9800998ecf8427e"},
    {"a", "bde52cb31de33e46245e05fbdbd6fb24",
     "0cc175b9c0f1b6a831c399e269772661"},
    {"abc", "a448017aaf21d8525fc10ae87aa6729d",
     "900150983cd24fb0d6963f7d28e17f72"},
    {"message digest", "d9130a8164549fe818874806e1c7014b",
     "f96b697d7cb7938d525a2f31aaf161d0"},
    {"abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9",
     "c3fcd3d76192e4007dfb496cca67e13b"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
     "043f8582f241db351ce627e153e7f0e4", "d174ab98d277d9f5a5611c2c9f419d9f"},
    {"1234567890123456789012345678901234567890123456789012345678901234567890123"
     "4567890",
     "e33b4ddc9c38f2199c3e7b164fcc0536", "57edf4a22be3c955ac49da2e2107b67a"},
};

TEST(DigestTest, RfcVectors) {
  for (const DigestCase& c : kDigestCases) {
    EXPECT_EQ(ToHex(Md4(BytesOf(c.text))), c.md4) << c.text;
    EXPECT_EQ(ToHex(Md5({BytesOf(c.text)})), c.md5) << c.text;
  }
}

TEST(DigestTest, Md5OfPartsIsThatOfTheWhole) {
  for (const DigestCase& c : kDigestCases) {
    const absl::Span<const uint8_t> bytes = BytesOf(c.text);
    const size_t half = bytes.size() / 2;
    EXPECT_EQ(ToHex(Md5({bytes.subspan(0, half), {}, bytes.subspan(half)})),
              c.md5);
  }
}

struct HmacCase {
  std::vector<uint8_t> key;
  std::string data;
  std::string_view digest;
};

// RFC 2202, 2.
std::vector<HmacCase> HmacCases() {
  const std::vector<uint8_t> long_key(80, 0xAA);
  return {
      {std::vector<uint8_t>(16, 0x0B), "Hi There",
       "9294727a3638bb1c13f48ef8158bfc9d"},
      {FromHex("4a656665"), "what do ya want for nothing?",
       "750c783e6ab0b503eaa86e310a5db738"},
      {std::vector<uint8_t>(16, 0xAA), std::string(50, '\xDD'),
       "56be34521d144c88dbb8c733f0e8b3f6"},
      {FromHex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
       std::string(50, '\xCD'), "697eaf0aca3a3aea3a75164746ffaa79"},
      {std::vector<uint8_t>(16, 0x0C), "Test With Truncation",
       "56461ef2342edc00f9bab995690efd4c"},
      {long_key, "Test Using Larger Than Block-Size Key - Hash Key First",
       "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
      {long_key,
       "Test Using Larger Than Block-Size Key and Larger Than One Block-Size "
       "Data",
       "6f630fad67cda0ee1fb1f562db3aa53e"},
  };
}

TEST(HmacMd5Test, RfcVectors) {
  for (const HmacCase& c : HmacCases()) {
    HmacMd5 hmac(c.key);
    hmac.Update(BytesOf(c.data));
    EXPECT_EQ(ToHex(hmac.Finish()), c.digest) << c.data;
  }
}

TEST(HmacMd5Test, KeyedOnceForManyMessages) {
  for (const HmacCase& c : HmacCases()) {
    HmacMd5 hmac(c.key);
    const absl::Span<const uint8_t> data = BytesOf(c.data);
    for (int repeat = 0; repeat < 3; ++repeat) {
      EXPECT_EQ(ToHex(hmac.Of({data})), c.digest);
      EXPECT_EQ(ToHex(hmac.Of({data.subspan(0, 3), data.subspan(3)})),
                c.digest);
      hmac.Update(data.subspan(0, 1));
      hmac.Update(data.subspan(1));
      EXPECT_EQ(ToHex(hmac.Finish()), c.digest);
    }
  }
}

}  // namespace
}  // namespace sspilab::crypto
