#include "core/wire/oem.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::wire {
namespace {

using sspilab::testing::FromHex;

TEST(OemTest, EveryByteGoesThereAndBack) {
  std::set<char16_t> seen;
  for (int byte = 0; byte < 256; ++byte) {
    const std::vector<uint8_t> oem = {static_cast<uint8_t>(byte)};
    const std::u16string utf16 = OemToUtf16(oem);
    ASSERT_EQ(utf16.size(), 1U);
    EXPECT_TRUE(seen.insert(utf16[0]).second) << byte;
    EXPECT_EQ(OemFromUnicode(utf16[0]), byte);
  }
}

TEST(OemTest, CodePage437) {
  EXPECT_EQ(OemToUtf16(FromHex("41 7f 80 81 90 e1 ff")),
            u"A\x7F\u00C7\u00FC\u00C9\u00DF\u00A0");
  EXPECT_EQ(OemFromUnicode(u'\u00C1'), std::nullopt);
  EXPECT_EQ(Utf16ToOemLossy(u"a\u00FC\u00C1z"), "a\x81?z");
}

}  // namespace
}  // namespace sspilab::wire
