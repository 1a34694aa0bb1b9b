#include "core/wire/utf.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::wire {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

std::string Utf8(std::string_view hex) {
  const std::vector<uint8_t> bytes = FromHex(hex);
  return std::string(bytes.begin(), bytes.end());
}

struct WellFormed {
  std::string_view utf8_hex;
  std::u16string_view utf16;
};

// The first and last code point of each length, around the surrogates too.
constexpr WellFormed kWellFormed[] = {
    {"", u""},
    {"50 61 73 73", u"Pass"},
    {"00", std::u16string_view(u"\0", 1)},
    {"7f", u"\x7F"},
    {"c280", u"\x80"},
    {"dfbf", u"\x7FF"},
    {"e0a080", u"\x800"},
    {"ed9fbf", u"\xD7FF"},
    {"ee8080", u"\xE000"},
    {"efbfbf", u"\xFFFF"},
    {"f0908080", u"\xD800\xDC00"},
    {"f48fbfbf", u"\xDBFF\xDFFF"},
    {"c389 f09f9880 78", u"\xC9\xD83D\xDE00x"},
};

TEST(UtfTest, WellFormedTextGoesBothWays) {
  for (const WellFormed& c : kWellFormed) {
    SCOPED_TRACE(c.utf8_hex);
    const std::string utf8 = Utf8(c.utf8_hex);
    const absl::StatusOr<std::u16string> utf16 = Utf8ToUtf16(utf8);
    ASSERT_TRUE(utf16.ok()) << utf16.status();
    EXPECT_EQ(*utf16, c.utf16);
    EXPECT_EQ(Utf8ToUtf16Lossy(utf8), c.utf16);
    const absl::StatusOr<std::string> back = Utf16ToUtf8(c.utf16);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, utf8);
    EXPECT_EQ(Utf16ToUtf8Lossy(c.utf16), utf8);
  }
}

TEST(UtfTest, BytesOfATokenNeedNoAlignment) {
  for (const WellFormed& c : kWellFormed) {
    SCOPED_TRACE(c.utf8_hex);
    std::vector<uint8_t> shifted = {0xEE};
    for (const uint8_t byte : Utf16LeBytes(c.utf16)) {
      shifted.push_back(byte);
    }
    const auto bytes = absl::MakeConstSpan(shifted).subspan(1);
    const absl::StatusOr<std::string> utf8 = Utf16LeToUtf8(bytes);
    ASSERT_TRUE(utf8.ok()) << utf8.status();
    EXPECT_EQ(*utf8, Utf8(c.utf8_hex));
    EXPECT_EQ(Utf16LeToUtf16(bytes), c.utf16);
  }
}

TEST(UtfTest, SpanVariantWritesTheSameAndRefusesEachShorterSpan) {
  for (const WellFormed& c : kWellFormed) {
    SCOPED_TRACE(c.utf8_hex);
    const std::string utf8 = Utf8(c.utf8_hex);
    const absl::Span<const uint8_t> expected = Utf16LeBytes(c.utf16);
    std::vector<uint8_t> out(expected.size());
    EXPECT_EQ(Utf8ToUtf16LeLossy(utf8, absl::MakeSpan(out)), out.size());
    EXPECT_EQ(ToHex(out), ToHex(expected));
    for (size_t size = 0; size < expected.size(); ++size) {
      std::vector<uint8_t> small(size);
      EXPECT_EQ(Utf8ToUtf16LeLossy(utf8, absl::MakeSpan(small)), std::nullopt);
    }
  }
}

struct IllFormed {
  std::string_view utf8_hex;
  size_t at;
  std::u16string_view replaced;
};

TEST(UtfTest, IllFormedUtf8) {
  const IllFormed cases[] = {
      {"80", 0, u"\xFFFD"},
      {"78 ff 79", 1, u"x\xFFFDy"},
      // Overlong forms, a surrogate, and what is above U+10FFFF.
      {"c080", 0, u"\xFFFD\xFFFD"},
      {"e09fbf", 0, u"\xFFFD\xFFFD\xFFFD"},
      {"eda080", 0, u"\xFFFD\xFFFD\xFFFD"},
      {"f08fbfbf", 0, u"\xFFFD\xFFFD\xFFFD\xFFFD"},
      {"f4908080", 0, u"\xFFFD\xFFFD\xFFFD\xFFFD"},
      // Cut off: as far as it went, one mistake.
      {"78 e282", 1, u"x\xFFFD"},
      {"f09f98", 0, u"\xFFFD"},
      {"f09f9878", 0, u"\xFFFDx"},
      {"c2", 0, u"\xFFFD"},
  };
  for (const IllFormed& c : cases) {
    SCOPED_TRACE(c.utf8_hex);
    const absl::StatusOr<std::u16string> strict = Utf8ToUtf16(Utf8(c.utf8_hex));
    ASSERT_FALSE(strict.ok());
    EXPECT_EQ(strict.status(),
              absl::InvalidArgumentError("ill-formed UTF-8 at byte " +
                                         std::to_string(c.at)));
    EXPECT_EQ(Utf8ToUtf16Lossy(Utf8(c.utf8_hex)), c.replaced);
  }
}

TEST(UtfTest, UnpairedSurrogates) {
  const std::u16string cases[] = {
      u"x\xD800",
      u"x\xDC00",
      u"x\xDC00\xD800",
      u"x\xD800y",
      u"x\xD800\xD800\xDC00",
  };
  for (const std::u16string& text : cases) {
    SCOPED_TRACE(ToHex(Utf16LeBytes(text)));
    EXPECT_EQ(
        Utf16ToUtf8(text).status(),
        absl::InvalidArgumentError("unpaired surrogate at UTF-16 unit 1"));
    EXPECT_EQ(Utf16LeToUtf8(Utf16LeBytes(text)).status(),
              absl::InvalidArgumentError("unpaired surrogate at byte 2"));
  }
  EXPECT_EQ(ToHex(BytesOf(Utf16ToUtf8Lossy(u"x\xD800y"))), "78efbfbd79");
  EXPECT_EQ(ToHex(BytesOf(Utf16ToUtf8Lossy(u"\xD800\xD83D\xDE00"))),
            "efbfbdf09f9880");
}

TEST(UtfTest, OddNumberOfBytes) {
  const std::vector<uint8_t> bytes = FromHex("780079");
  EXPECT_FALSE(Utf16LeToUtf8(bytes).ok());
  EXPECT_EQ(ToHex(BytesOf(Utf16LeToUtf8Lossy(bytes))), "78efbfbd");
  EXPECT_EQ(Utf16LeToUtf16(bytes), u"x");
}

}  // namespace
}  // namespace sspilab::wire
