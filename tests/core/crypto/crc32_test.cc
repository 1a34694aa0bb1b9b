#include "core/crypto/crc32.h"

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::FromHex;

uint32_t Crc32(absl::Span<const uint8_t> bytes) {
  return Crc32Finish(Crc32Update(kCrc32Initial, bytes));
}

TEST(Crc32Test, KnownValues) {
  // The check value by which catalogues of CRCs name this one.
  EXPECT_EQ(Crc32(BytesOf("123456789")), 0xCBF43926U);
  EXPECT_EQ(Crc32({}), 0U);
  // MS-NLMP 4.2.2.4.
  EXPECT_EQ(Crc32(FromHex("50006c00610069006e007400650078007400")),
            0x93AA847DU);
}

TEST(Crc32Test, PiecesAreTheWhole) {
  const absl::Span<const uint8_t> bytes = BytesOf("123456789");
  for (size_t cut = 0; cut <= bytes.size(); ++cut) {
    uint32_t state = Crc32Update(kCrc32Initial, bytes.subspan(0, cut));
    state = Crc32Update(state, bytes.subspan(cut));
    EXPECT_EQ(Crc32Finish(state), 0xCBF43926U);
  }
}

}  // namespace
}  // namespace sspilab::crypto
