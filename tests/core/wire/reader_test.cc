#include "core/wire/reader.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::wire {
namespace {

using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

TEST(ReaderTest, ReadsLittleEndianFromAnyAddress) {
  // One byte first, so that nothing after it is aligned.
  const std::vector<uint8_t> bytes =
      FromHex("01 0302 07060504 0f0e0d0c0b0a0908");
  Reader reader(bytes);
  uint8_t u8 = 0;
  uint16_t u16 = 0;
  uint32_t u32 = 0;
  uint64_t u64 = 0;
  ASSERT_TRUE(reader.ReadU8(&u8));
  ASSERT_TRUE(reader.ReadU16(&u16));
  ASSERT_TRUE(reader.ReadU32(&u32));
  ASSERT_TRUE(reader.ReadU64(&u64));
  EXPECT_EQ(u8, 0x01);
  EXPECT_EQ(u16, 0x0203);
  EXPECT_EQ(u32, 0x04050607U);
  EXPECT_EQ(u64, 0x08090a0b0c0d0e0fU);
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_EQ(reader.position(), bytes.size());
}

TEST(ReaderTest, NoReadGoesPastTheEnd) {
  for (size_t size = 0; size < 8; ++size) {
    const std::vector<uint8_t> bytes(size, 0xAA);
    uint8_t u8 = 0;
    uint16_t u16 = 0;
    uint32_t u32 = 0;
    uint64_t u64 = 0;
    std::array<uint8_t, 4> copy{};
    absl::Span<const uint8_t> view;
    EXPECT_EQ(Reader(bytes).ReadU8(&u8), size >= 1);
    EXPECT_EQ(Reader(bytes).ReadU16(&u16), size >= 2);
    EXPECT_EQ(Reader(bytes).ReadU32(&u32), size >= 4);
    EXPECT_FALSE(Reader(bytes).ReadU64(&u64));
    EXPECT_EQ(Reader(bytes).CopyBytes(absl::MakeSpan(copy)), size >= 4);
    EXPECT_TRUE(Reader(bytes).ReadBytes(size, &view));
    EXPECT_FALSE(Reader(bytes).ReadBytes(size + 1, &view));
    EXPECT_TRUE(Reader(bytes).Skip(size));
    EXPECT_FALSE(Reader(bytes).Skip(size + 1));
    EXPECT_FALSE(Reader(bytes).Skip(SIZE_MAX));
    EXPECT_FALSE(Reader(bytes).ReadBytes(SIZE_MAX, &view));
  }
}

TEST(ReaderTest, SeekReachesTheEndAndNoFurther) {
  const std::vector<uint8_t> bytes = FromHex("00 11 22 33");
  Reader reader(bytes);
  uint8_t value = 0;
  EXPECT_TRUE(reader.Seek(3));
  EXPECT_TRUE(reader.ReadU8(&value));
  EXPECT_EQ(value, 0x33);
  EXPECT_TRUE(reader.Seek(1));
  EXPECT_TRUE(reader.ReadU8(&value));
  EXPECT_EQ(value, 0x11);
  EXPECT_TRUE(reader.Seek(4));
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_FALSE(reader.Seek(5));
}

TEST(ReaderTest, ReadBytesGivesAViewNotACopy) {
  const std::vector<uint8_t> bytes = FromHex("00 11 22 33");
  Reader reader(bytes);
  absl::Span<const uint8_t> view;
  ASSERT_TRUE(reader.Skip(1));
  ASSERT_TRUE(reader.ReadBytes(2, &view));
  EXPECT_EQ(ToHex(view), "1122");
  EXPECT_EQ(view.data(), bytes.data() + 1);
}

}  // namespace
}  // namespace sspilab::wire
