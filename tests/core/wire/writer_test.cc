#include "core/wire/writer.h"

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

TEST(WriterTest, WritesLittleEndian) {
  std::vector<uint8_t> out(19, 0xEE);
  Writer writer(absl::MakeSpan(out));
  writer.WriteU8(0x01);
  writer.WriteU16(0x0203);
  writer.WriteU32(0x04050607);
  writer.WriteU64(0x08090a0b0c0d0e0f);
  writer.WriteZeros(1);
  writer.WriteBytes(FromHex("a1a2"));
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(writer.size(), 18U);
  EXPECT_EQ(out, FromHex("01 0302 07060504 0f0e0d0c0b0a0908 00 a1a2 ee"));
}

TEST(WriterTest, WhatDoesNotFitIsNotWrittenAndRemembered) {
  for (size_t size = 0; size < 4; ++size) {
    std::vector<uint8_t> out(8, 0xEE);
    Writer writer(absl::MakeSpan(out).subspan(0, size));
    writer.WriteU32(0);
    EXPECT_FALSE(writer.ok());
    EXPECT_EQ(writer.size(), 0U);
    // It stays so, though this would fit.
    writer.WriteBytes({});
    EXPECT_FALSE(writer.ok());
    EXPECT_EQ(out, std::vector<uint8_t>(8, 0xEE));
  }
}

TEST(WriterTest, ExactFit) {
  std::vector<uint8_t> out(4);
  Writer writer(absl::MakeSpan(out));
  writer.WriteU32(0x44332211);
  EXPECT_TRUE(writer.ok());
  writer.WriteBytes({});
  writer.WriteZeros(0);
  EXPECT_TRUE(writer.ok());
  writer.WriteU8(1);
  EXPECT_FALSE(writer.ok());
  EXPECT_EQ(ToHex(out), "11223344");
}

}  // namespace
}  // namespace sspilab::wire
