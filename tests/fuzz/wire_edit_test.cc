#include "fuzz/wire_edit.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace sspilab::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;

// What `edit` makes of 0 1 2 3 4 5, with 10 11 12 13 sent before it.
Bytes Edited(WireEdit edit, uint8_t where, uint8_t value) {
  static std::array<WireToken, 2>& sent = *new std::array<WireToken, 2>;
  sent[0].Assign(Bytes{10, 11, 12, 13});
  sent[1].Assign(Bytes{0, 1, 2, 3, 4, 5});
  WireToken token;
  token.Assign(sent[1].bytes());
  token.Edit({.when = 0,
              .what = static_cast<uint8_t>(edit),
              .where = {where, 0},
              .value = value},
             sent);
  return Bytes(token.bytes().begin(), token.bytes().end());
}

TEST(WireEditTest, DoesWhatItsNameSays) {
  EXPECT_EQ(Edited(WireEdit::kFlip, 1, 0x81), (Bytes{0, 0x80, 2, 3, 4, 5}));
  EXPECT_EQ(Edited(WireEdit::kSet, 5, 9), (Bytes{0, 1, 2, 3, 4, 9}));
  EXPECT_EQ(Edited(WireEdit::kAddToU16, 0, 0xFF), (Bytes{0xFF, 0, 2, 3, 4, 5}));
  EXPECT_EQ(Edited(WireEdit::kTruncate, 2, 0), (Bytes{0, 1}));
  EXPECT_EQ(Edited(WireEdit::kExtend, 0, 2), (Bytes{0, 1, 2, 3, 4, 5, 0, 0}));
  EXPECT_EQ(Edited(WireEdit::kErase, 1, 3), (Bytes{0, 4, 5}));
  EXPECT_EQ(Edited(WireEdit::kErase, 4, 200), (Bytes{0, 1, 2, 3}));
  EXPECT_EQ(Edited(WireEdit::kDuplicate, 1, 2),
            (Bytes{0, 1, 2, 1, 2, 3, 4, 5}));
  EXPECT_EQ(Edited(WireEdit::kReplace, 0, 0), (Bytes{10, 11, 12, 13}));
  EXPECT_EQ(Edited(WireEdit::kSplice, 2, 0), (Bytes{0, 1, 12, 13}));
  EXPECT_EQ(Edited(WireEdit::kDrop, 0, 0), Bytes());
}

TEST(WireEditTest, PlacesAreModuloTheSize) {
  EXPECT_EQ(Edited(WireEdit::kSet, 8, 9), (Bytes{0, 1, 9, 3, 4, 5}));
}

TEST(WireEditTest, AnyStepOnAnyTokenStaysInside) {
  static std::array<WireToken, 1>& sent = *new std::array<WireToken, 1>;
  for (const size_t size : {size_t{0}, size_t{1}, WireToken::kCapacity}) {
    sent[0].Assign(Bytes(size, 7));
    for (int edit = 0; edit < kWireEdits; ++edit) {
      for (const uint8_t value : {0, 1, 255}) {
        WireToken token;
        token.Assign(sent[0].bytes());
        token.Edit({.when = 0,
                    .what = static_cast<uint8_t>(edit),
                    .where = {0xFF, 0xFF},
                    .value = value},
                   sent);
        EXPECT_LE(token.bytes().size(), WireToken::kCapacity);
      }
    }
  }
}

}  // namespace
}  // namespace sspilab::fuzz
