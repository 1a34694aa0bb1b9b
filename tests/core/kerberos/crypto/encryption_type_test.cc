#include "core/kerberos/crypto/encryption_type.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::kerberos {
namespace {

using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

Key KeyOf(Etype etype, std::string_view hex) {
  const std::optional<Key> key =
      Key::Of(static_cast<int32_t>(etype), FromHex(hex));
  EXPECT_TRUE(key.has_value()) << hex;
  return key.value_or(Key());
}

struct StringToKeyCase {
  Etype etype;
  uint32_t iterations;
  std::string_view password;
  std::string salt;
  std::string_view key;
};

// RFC 3962, appendix B; RFC 8009 A; RFC 4757 2.
const StringToKeyCase kStringToKey[] = {
    {Etype::kAes128CtsHmacSha1, 1, "password", "ATHENA.MIT.EDUraeburn",
     "42263c6e89f4fc28b8df68ee09799f15"},
    {Etype::kAes256CtsHmacSha1, 1, "password", "ATHENA.MIT.EDUraeburn",
     "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161"},
    {Etype::kAes128CtsHmacSha1, 2, "password", "ATHENA.MIT.EDUraeburn",
     "c651bf29e2300ac27fa469d693bdda13"},
    {Etype::kAes256CtsHmacSha1, 2, "password", "ATHENA.MIT.EDUraeburn",
     "a2e16d16b36069c135d5e9d2e25f896102685618b95914b467c67622225824ff"},
    {Etype::kAes128CtsHmacSha1, 1200, "password", "ATHENA.MIT.EDUraeburn",
     "4c01cd46d632d01e6dbe230a01ed642a"},
    {Etype::kAes256CtsHmacSha1, 1200, "password", "ATHENA.MIT.EDUraeburn",
     "55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a"},
    {Etype::kAes128CtsHmacSha1, 5, "password",
     "\x12\x34\x56\x78\x78\x56\x34\x12", "e9b23d52273747dd5c35cb55be619d8e"},
    {Etype::kAes256CtsHmacSha1, 5, "password",
     "\x12\x34\x56\x78\x78\x56\x34\x12",
     "97a4e786be20d81a382d5ebc96d5909cabcdadc87ca48f574504159f16c36e31"},
    {Etype::kAes128CtsHmacSha1, 50, "\xf0\x9d\x84\x9e", "EXAMPLE.COMpianist",
     "f149c1f2e154a73452d43e7fe62a56e5"},
    {Etype::kAes256CtsHmacSha1, 50, "\xf0\x9d\x84\x9e", "EXAMPLE.COMpianist",
     "4b6d9839f84406df1f09cc166db4b83c571848b784a3d6bdc346589a3e393f9e"},
    {Etype::kAes128CtsHmacSha256, 32768, "password",
     "\x10\xdf\x9d\xd7\x83\xe5\xbc\x8a\xce\xa1\x73\x0e\x74\x35\x5f\x61"
     "ATHENA.MIT.EDUraeburn",
     "089bca48b105ea6ea77ca5d2f39dc5e7"},
    {Etype::kAes256CtsHmacSha384, 32768, "password",
     "\x10\xdf\x9d\xd7\x83\xe5\xbc\x8a\xce\xa1\x73\x0e\x74\x35\x5f\x61"
     "ATHENA.MIT.EDUraeburn",
     "45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467"},
    {Etype::kRc4Hmac, 0, "foo", "", "ac8e657f83df82beea5d43bdaf7800cc"},
};

TEST(EncryptionTypeTest, StringToKey) {
  for (const StringToKeyCase& c : kStringToKey) {
    EXPECT_EQ(
        ToHex(Key::FromPassword(Find(c.etype), c.password, c.salt, c.iterations)
                  .bytes()),
        c.key)
        << Find(c.etype).name << ", " << c.iterations;
  }
}

struct EncryptCase {
  Etype etype;
  std::string_view plaintext;
  std::string_view confounder;
  std::string_view message;
};

constexpr std::string_view kKey128 = "3705d96080c17728a0e800eab6e0d23c";
constexpr std::string_view kKey256 =
    "6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52";

// RFC 8009 A, all with key usage 2.
constexpr EncryptCase kEncrypt[] = {
    {Etype::kAes128CtsHmacSha256, "", "7e5895eaf2672435bad817f545a37148",
     "ef85fb890bb8472f4dab20394dca781dad877eda39d50c870c0d5a0a8e48c718"},
    {Etype::kAes128CtsHmacSha256, "000102030405",
     "7bca285e2fd4130fb55b1a5c83bc5b24",
     "84d7f30754ed987bab0bf3506beb09cfb55402cef7e6877ce99e247e52d16ed4"
     "421dfdf8976c"},
    {Etype::kAes128CtsHmacSha256, "000102030405060708090a0b0c0d0e0f",
     "56ab21713ff62c0a1457200f6fa9948f",
     "3517d640f50ddc8ad3628722b3569d2ae07493fa8263254080ea65c1008e8fc2"
     "95fb4852e7d83e1e7c48c37eebe6b0d3"},
    {Etype::kAes128CtsHmacSha256, "000102030405060708090a0b0c0d0e0f1011121314",
     "a7a4e29a4728ce10664fb64e49ad3fac",
     "720f73b18d9859cd6ccb4346115cd336c70f58edc0c4437c5573544c31c813bc"
     "e1e6d072c186b39a413c2f92ca9b8334a287ffcbfc"},
    {Etype::kAes256CtsHmacSha384, "", "f764e9fa15c276478b2c7d0c4e5f58e4",
     "41f53fa5bfe7026d91faf9be959195a058707273a96a40f0a01960621ac61274"
     "8b9bbfbe7eb4ce3c"},
    {Etype::kAes256CtsHmacSha384, "000102030405",
     "b80d3251c1f6471494256ffe712d0b9a",
     "4ed7b37c2bcac8f74f23c1cf07e62bc7b75fb3f637b9f559c7f664f69eab7b60"
     "92237526ea0d1f61cb20d69d10f2"},
    {Etype::kAes256CtsHmacSha384, "000102030405060708090a0b0c0d0e0f",
     "53bf8a0d105265d4e276428624ce5e63",
     "bc47ffec7998eb91e8115cf8d19dac4bbbe2e163e87dd37f49beca92027764f6"
     "8cf51f14d798c2273f35df574d1f932e40c4ff255b36a266"},
    {Etype::kAes256CtsHmacSha384, "000102030405060708090a0b0c0d0e0f1011121314",
     "763e65367e864f02f55153c7e3b58af1",
     "40013e2df58e8751957d2878bcd2d6fe101ccfd556cb1eae79db3c3ee86429f2"
     "b2a602ac86fef6ecb647d6295fae077a1feb517508d2c16b4192e01f62"},
};

TEST(EncryptionTypeTest, EncryptsAsRfc8009) {
  for (const EncryptCase& c : kEncrypt) {
    const EncryptionType& type = Find(c.etype);
    const Cipher cipher(KeyOf(c.etype, type.key_size == 16 ? kKey128 : kKey256),
                        KeyUsage{2});
    const std::vector<uint8_t> plain = FromHex(c.plaintext);
    std::vector<uint8_t> message(cipher.SizeOf(plain.size()));
    std::copy(plain.begin(), plain.end(), message.begin() + 16);
    cipher.Encrypt(FromHex(c.confounder), absl::MakeSpan(message));
    EXPECT_EQ(ToHex(message), c.message);
    const std::optional<absl::Span<uint8_t>> opened =
        cipher.Decrypt(absl::MakeSpan(message));
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(ToHex(*opened), c.plaintext);
  }
}

TEST(EncryptionTypeTest, ChecksumsOfRfc8009) {
  const std::vector<uint8_t> plain =
      FromHex("000102030405060708090a0b0c0d0e0f1011121314");
  EXPECT_EQ(ToHex(MakeChecksum(KeyOf(Etype::kAes128CtsHmacSha256, kKey128),
                               KeyUsage{2}, {plain})
                      .bytes()),
            "d78367186643d67b411cba9139fc1dee");
  EXPECT_EQ(ToHex(MakeChecksum(KeyOf(Etype::kAes256CtsHmacSha384, kKey256),
                               KeyUsage{2}, {plain})
                      .bytes()),
            "45ee791567eefca37f4ac1e0222de80d43c3bfa06699672a");
}

TEST(EncryptionTypeTest, PrfOfRfc8009) {
  const std::vector<uint8_t> input = FromHex("74657374");
  std::vector<uint8_t> out(32);
  Prf(KeyOf(Etype::kAes128CtsHmacSha256, kKey128), input, absl::MakeSpan(out));
  EXPECT_EQ(ToHex(out),
            "9d188616f63852fe86915bb840b4a886ff3e6bb0f819b49b893393d393854295");
  out.resize(48);
  Prf(KeyOf(Etype::kAes256CtsHmacSha384, kKey256), input, absl::MakeSpan(out));
  EXPECT_EQ(ToHex(out),
            "9801f69a368c2bf675e59521e177d9a07f67efe1cfde8d3c8d6f6a0256e3b17d"
            "b3c1b62ad1b8553360d17367eb1514d2");
}

class EachType : public ::testing::TestWithParam<EncryptionType> {
 protected:
  const EncryptionType& type_ = Find(GetParam().etype);
  const Key key_ = Key::FromPassword(type_, "secret", "EXAMPLE.TESTalice", 1);
};

TEST_P(EachType, EveryLengthComesBack) {
  const Cipher cipher(key_, KeyUsage::kTicket);
  const std::vector<uint8_t> confounder(type_.confounder_size, 0x5A);
  for (size_t size = 0; size < 70; ++size) {
    std::vector<uint8_t> message(cipher.SizeOf(size), 0xC3);
    cipher.Encrypt(confounder, absl::MakeSpan(message));
    const std::optional<absl::Span<uint8_t>> opened =
        cipher.Decrypt(absl::MakeSpan(message));
    ASSERT_TRUE(opened.has_value()) << size;
    EXPECT_EQ(std::vector<uint8_t>(opened->begin(), opened->end()),
              std::vector<uint8_t>(size, 0xC3));
  }
}

TEST_P(EachType, NoFlippedBitNoOtherUsageAndNoOtherKeyIsBelieved) {
  const Cipher cipher(key_, KeyUsage::kTicket);
  const std::vector<uint8_t> confounder(type_.confounder_size, 0x5A);
  std::vector<uint8_t> message(cipher.SizeOf(5), 0xC3);
  cipher.Encrypt(confounder, absl::MakeSpan(message));
  for (size_t bit = 0; bit < 8 * message.size(); ++bit) {
    std::vector<uint8_t> flipped = message;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(cipher.Decrypt(absl::MakeSpan(flipped)).has_value()) << bit;
    flipped = message;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_TRUE(cipher.Decrypt(absl::MakeSpan(flipped), false).has_value());
  }
  std::vector<uint8_t> copy = message;
  EXPECT_FALSE(Cipher(key_, KeyUsage::kApReqAuthenticator)
                   .Decrypt(absl::MakeSpan(copy))
                   .has_value());
  copy = message;
  const Key other = Key::FromPassword(type_, "other", "EXAMPLE.TESTalice", 1);
  EXPECT_FALSE(Cipher(other, KeyUsage::kTicket).Decrypt(absl::MakeSpan(copy)));
}

// And it goes on doing so: what is set up stays as it is.
TEST_P(EachType, AReadyCipherDoesTheSame) {
  const Cipher cipher(key_, KeyUsage::kTicket);
  Cipher ready(key_, KeyUsage::kTicket);
  ready.MakeReady();
  const std::vector<uint8_t> confounder(type_.confounder_size, 0x5A);
  for (size_t size = 0; size < 40; ++size) {
    std::vector<uint8_t> message(cipher.SizeOf(size), 0xC3);
    std::vector<uint8_t> same = message;
    cipher.Encrypt(confounder, absl::MakeSpan(message));
    ready.Encrypt(confounder, absl::MakeSpan(same));
    EXPECT_EQ(ToHex(same), ToHex(message));

    std::vector<uint8_t> altered = message;
    altered.back() ^= 1;
    EXPECT_FALSE(ready.Decrypt(absl::MakeSpan(altered)).has_value());
    altered = message;
    altered.back() ^= 1;
    EXPECT_TRUE(ready.Decrypt(absl::MakeSpan(altered), false).has_value());
    const std::optional<absl::Span<uint8_t>> opened =
        ready.Decrypt(absl::MakeSpan(same));
    ASSERT_TRUE(opened.has_value()) << size;
    EXPECT_EQ(std::vector<uint8_t>(opened->begin(), opened->end()),
              std::vector<uint8_t>(size, 0xC3));
  }
}

TEST_P(EachType, WhatIsTooShortIsRefused) {
  const Cipher cipher(key_, KeyUsage::kTicket);
  for (size_t size = 0; size < cipher.SizeOf(0); ++size) {
    std::vector<uint8_t> message(size);
    EXPECT_FALSE(cipher.Decrypt(absl::MakeSpan(message), false).has_value());
  }
}

TEST_P(EachType, ChecksumsGoByKeyUsageAndText) {
  const std::vector<uint8_t> text = FromHex("0102030405");
  const absl::Span<const uint8_t> whole = text;
  const Checksum sum = MakeChecksum(key_, KeyUsage::kTgsReqChecksum, {whole});
  EXPECT_EQ(sum.size, type_.checksum_size);
  EXPECT_TRUE(VerifyChecksum(key_, KeyUsage::kTgsReqChecksum,
                             {whole.first(2), whole.subspan(2)}, sum.type,
                             sum.bytes()));
  EXPECT_FALSE(VerifyChecksum(key_, KeyUsage::kTgsReqChecksum, {whole.first(4)},
                              sum.type, sum.bytes()));
  EXPECT_FALSE(VerifyChecksum(key_, KeyUsage::kApReqChecksum, {whole}, sum.type,
                              sum.bytes()));
  EXPECT_FALSE(
      VerifyChecksum(key_, KeyUsage::kTgsReqChecksum, {whole}, 7, sum.bytes()));
  EXPECT_FALSE(VerifyChecksum(key_, KeyUsage::kTgsReqChecksum, {whole},
                              sum.type, sum.bytes().first(sum.size - 1)));
}

INSTANTIATE_TEST_SUITE_P(All, EachType,
                         ::testing::ValuesIn(EncryptionTypes().begin(),
                                             EncryptionTypes().end()),
                         [](const auto& row) {
                           std::string name(row.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(EncryptionTypeTest, KeysHaveTheirTypesSize) {
  EXPECT_FALSE(Key::Of(18, FromHex("00")).has_value());
  EXPECT_FALSE(Key::Of(3, FromHex("0011223344556677")).has_value());
  EXPECT_FALSE(Key().present());
  EXPECT_TRUE(Key().bytes().empty());
}

}  // namespace
}  // namespace sspilab::kerberos
