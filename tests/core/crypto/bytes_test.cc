#include "core/crypto/bytes.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::FromHex;

TEST(BytesTest, EqualOnlyWhenEveryBitIs) {
  const std::vector<uint8_t> bytes =
      FromHex("00112233445566778899aabbccddeeff");
  EXPECT_TRUE(ConstantTimeEqual(bytes, bytes));
  EXPECT_TRUE(ConstantTimeEqual({}, {}));
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::vector<uint8_t> other = bytes;
    other[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(ConstantTimeEqual(bytes, other)) << bit;
  }
  EXPECT_FALSE(
      ConstantTimeEqual(bytes, absl::MakeConstSpan(bytes).subspan(0, 15)));
}

TEST(BytesTest, WipeLeavesZerosAndNothingElseIsTouched) {
  std::vector<uint8_t> bytes(8, 0xEE);
  Wipe(absl::MakeSpan(bytes).subspan(1, 6));
  Wipe({});
  EXPECT_EQ(bytes, FromHex("ee 000000000000 ee"));
}

}  // namespace
}  // namespace sspilab::crypto
