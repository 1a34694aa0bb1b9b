#include "core/crypto/aes_cts.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::ArrayFromHex;
using sspilab::testing::BytesOf;
using sspilab::testing::Copy;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

TEST(AesCtsTest, BlocksOfFips197) {
  const auto block = ArrayFromHex<16>("00112233445566778899aabbccddeeff");
  EXPECT_EQ(ToHex(AesEncryptor(FromHex("000102030405060708090a0b0c0d0e0f"))
                      .Encrypt(block)),
            "69c4e0d86a7b0430d8cdb78070b4c55a");
  EXPECT_EQ(ToHex(AesEncryptor(FromHex("000102030405060708090a0b0c0d0e0f"
                                       "101112131415161718191a1b1c1d1e1f"))
                      .Encrypt(block)),
            "8ea2b7ca516745bfeafc49904b496089");
}

// RFC 3962, appendix B: beginnings of one text under one key.
constexpr std::string_view kText =
    "I would like the General Gau's Chicken, please, and wonton soup.";
struct CtsCase {
  size_t size;
  std::string_view ciphertext;
};
constexpr CtsCase kCases[] = {
    {17, "c6353568f2bf8cb4d8a580362da7ff7f97"},
    {31, "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5"},
    {32, "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584"},
    {47,
     "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e"
     "39312523a78662d5be7fcbcc98ebf5"},
    {48,
     "97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd8"
     "39312523a78662d5be7fcbcc98ebf5a8"},
    {64,
     "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a8"
     "4807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8"},
};

TEST(AesCtsTest, TextsOfRfc3962) {
  const absl::Span<const uint8_t> key = BytesOf("chicken teriyaki");
  for (const CtsCase& c : kCases) {
    std::vector<uint8_t> bytes = Copy(BytesOf(kText.substr(0, c.size)));
    AesCtsEncrypt(key, absl::MakeSpan(bytes));
    EXPECT_EQ(ToHex(bytes), c.ciphertext) << c.size;
    AesCtsDecrypt(key, absl::MakeSpan(bytes));
    EXPECT_EQ(ToHex(bytes), ToHex(BytesOf(kText.substr(0, c.size)))) << c.size;
  }
}

TEST(AesCtsTest, OneBlockIsPlain) {
  const std::vector<uint8_t> key = FromHex("000102030405060708090a0b0c0d0e0f");
  std::vector<uint8_t> bytes = FromHex("00112233445566778899aabbccddeeff");
  AesCtsEncrypt(key, absl::MakeSpan(bytes));
  EXPECT_EQ(ToHex(bytes), "69c4e0d86a7b0430d8cdb78070b4c55a");
  AesCtsDecrypt(key, absl::MakeSpan(bytes));
  EXPECT_EQ(ToHex(bytes), "00112233445566778899aabbccddeeff");
}

TEST(AesCtsTest, EveryLengthComesBackUnderBothKeySizes) {
  for (const size_t key_size : {16, 32}) {
    std::vector<uint8_t> key(key_size);
    for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i);
    for (size_t size = 16; size <= 100; ++size) {
      std::vector<uint8_t> bytes(size);
      for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(3 * i);
      const std::vector<uint8_t> before = bytes;
      AesCtsEncrypt(key, absl::MakeSpan(bytes));
      EXPECT_NE(bytes, before);
      AesCtsDecrypt(key, absl::MakeSpan(bytes));
      EXPECT_EQ(bytes, before) << key_size << ", " << size;
    }
  }
}

}  // namespace
}  // namespace sspilab::crypto
