#include "core/wire/upcase.h"

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::wire {
namespace {

using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

struct Pair {
  char16_t from;
  char16_t to;
};

TEST(UpcaseTest, MapsAsWindowsDoes) {
  const Pair pairs[] = {
      {u'a', u'A'},
      {u'z', u'Z'},
      {u'`', u'`'},
      {u'{', u'{'},
      {u'A', u'A'},
      {u'0', u'0'},
      // Latin-1; the division sign is no letter.
      {0x00E0, 0x00C0},
      {0x00F6, 0x00D6},
      {0x00F7, 0x00F7},
      {0x00FE, 0x00DE},
      {0x00FF, 0x0178},
      {0x00DF, 0x00DF},
      // Latin Extended-A, whose pairs change their parity twice.
      {0x0101, 0x0100},
      {0x0100, 0x0100},
      {0x0137, 0x0136},
      {0x013A, 0x0139},
      {0x0139, 0x0139},
      {0x0148, 0x0147},
      {0x0149, 0x0149},
      {0x014B, 0x014A},
      {0x0177, 0x0176},
      {0x017E, 0x017D},
      // Greek, with accents and the final sigma.
      {0x03AC, 0x0386},
      {0x03AD, 0x0388},
      {0x03B1, 0x0391},
      {0x03C2, 0x03A3},
      {0x03C3, 0x03A3},
      {0x03CC, 0x038C},
      {0x03CE, 0x038F},
      // Cyrillic.
      {0x0430, 0x0410},
      {0x044F, 0x042F},
      {0x0451, 0x0401},
      {0x0491, 0x0490},
      {0x04CF, 0x04C0},
      // Armenian and fullwidth Latin.
      {0x0561, 0x0531},
      {0xFF41, 0xFF21},
      {0xFF5A, 0xFF3A},
      // Where Windows differs from Unicode's simple mapping.
      {0x00B5, 0x00B5},
      {0x0131, 0x0131},
      {0x017F, 0x017F},
      // Not covered, and surrogates.
      {0x4E2D, 0x4E2D},
      {0xD83D, 0xD83D},
      {0xFFFF, 0xFFFF},
  };
  for (const Pair& pair : pairs) {
    EXPECT_EQ(Upcase(pair.from), pair.to)
        << std::hex << static_cast<int>(pair.from);
  }
}

TEST(UpcaseTest, UpcasingTwiceIsUpcasingOnce) {
  for (char32_t c = 0; c <= 0xFFFF; ++c) {
    const char16_t once = Upcase(static_cast<char16_t>(c));
    ASSERT_EQ(Upcase(once), once) << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(UpcaseTest, Strings) {
  EXPECT_EQ(Upcase(u"us\u00E9r"), u"US\u00C9R");
  std::vector<uint8_t> bytes = FromHex("7500 e900 9104 7a");
  std::vector<uint8_t> out(bytes.size());
  UpcaseUtf16Le(bytes, absl::MakeSpan(out));
  EXPECT_EQ(ToHex(out), "5500c90090047a");
  UpcaseUtf16Le(bytes, absl::MakeSpan(bytes));
  EXPECT_EQ(bytes, out);
}

}  // namespace
}  // namespace sspilab::wire
