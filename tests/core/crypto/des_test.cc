#include "core/crypto/des.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

// Takes the parity bits out of a key as DES documents write it.
std::vector<uint8_t> WithoutParity(std::string_view key) {
  uint64_t bits = 0;
  for (const uint8_t byte : FromHex(key)) {
    bits = bits << 7 | byte >> 1;
  }
  std::vector<uint8_t> result(7);
  for (size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<uint8_t>(bits >> (48 - 8 * i));
  }
  return result;
}

struct DesCase {
  std::string_view key;  // eight bytes, with parity
  std::string_view plain;
  std::string_view cipher;
};

TEST(DesTest, PublishedBlocks) {
  // From NBS Special Publication 500-20, and the one that textbooks go through.
  const DesCase cases[] = {
      {"133457799BBCDFF1", "0123456789ABCDEF", "85e813540f0ab405"},
      {"0101010101010101", "8000000000000000", "95f8a5e5dd31d900"},
      {"8001010101010101", "0000000000000000", "95a8d72813daa94d"},
      {"7CA110454A1A6E57", "01A1D6D039776742", "690f5b0d9a26939b"},
  };
  for (const DesCase& c : cases) {
    EXPECT_EQ(ToHex(DesEncrypt(WithoutParity(c.key), FromHex(c.plain))),
              c.cipher);
  }
}

TEST(DesTest, EachBitOfTheKeyCounts) {
  const std::vector<uint8_t> block(8);
  const std::vector<uint8_t> key = FromHex("00112233445566");
  const DesBlock expected = DesEncrypt(key, block);
  for (size_t bit = 0; bit < 56; ++bit) {
    std::vector<uint8_t> other = key;
    other[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_NE(DesEncrypt(other, block), expected) << bit;
  }
}

}  // namespace
}  // namespace sspilab::crypto
