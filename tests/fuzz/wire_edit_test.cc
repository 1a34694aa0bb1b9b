#include "fuzz/wire_edit.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/ntlm/messages.h"
#include "sim/input/operation.h"

namespace sspilab::fuzz {
namespace {

using Bytes = std::vector<uint8_t>;
using Kind = sim::OperationKind;

// What `kind` makes of 0 1 2 3 4 5, with 10 11 12 13 sent before it.
Bytes Edited(Kind kind, uint8_t place, uint8_t value, Bytes bytes = {}) {
  static std::array<WireToken, 2>& sent = *new std::array<WireToken, 2>;
  sent[0].Assign(Bytes{10, 11, 12, 13});
  sent[1].Assign(Bytes{0, 1, 2, 3, 4, 5});
  WireToken token;
  token.Assign(sent[1].bytes());
  token.Edit(
      {.kind = kind, .place = place, .value = value, .bytes = std::move(bytes)},
      sent);
  return Bytes(token.bytes().begin(), token.bytes().end());
}

TEST(WireEditTest, DoesWhatItsNameSays) {
  EXPECT_EQ(Edited(Kind::kFlip, 1, 0x81), (Bytes{0, 0x80, 2, 3, 4, 5}));
  EXPECT_EQ(Edited(Kind::kSet, 5, 9), (Bytes{0, 1, 2, 3, 4, 9}));
  EXPECT_EQ(Edited(Kind::kAddToU16, 0, 0xFF), (Bytes{0xFF, 0, 2, 3, 4, 5}));
  EXPECT_EQ(Edited(Kind::kTruncate, 2, 0), (Bytes{0, 1}));
  EXPECT_EQ(Edited(Kind::kExtend, 0, 2), (Bytes{0, 1, 2, 3, 4, 5, 0, 0}));
  EXPECT_EQ(Edited(Kind::kErase, 1, 3), (Bytes{0, 4, 5}));
  EXPECT_EQ(Edited(Kind::kErase, 4, 200), (Bytes{0, 1, 2, 3}));
  EXPECT_EQ(Edited(Kind::kDuplicate, 1, 2), (Bytes{0, 1, 2, 1, 2, 3, 4, 5}));
  EXPECT_EQ(Edited(Kind::kReplace, 0, 0), (Bytes{10, 11, 12, 13}));
  EXPECT_EQ(Edited(Kind::kSplice, 2, 0), (Bytes{0, 1, 12, 13}));
  EXPECT_EQ(Edited(Kind::kDrop, 0, 0), Bytes());
}

// What a change makes of a field of SEQUENCE { [0] { OCTET STRING 1 2 3 },
// INTEGER 7 }.
Bytes Altered(uint16_t field, sim::FieldChange change, unsigned bit = 0) {
  WireToken token;
  token.Assign(Bytes{0x30, 10, 0xA0, 5, 0x04, 3, 1, 2, 3, 0x02, 1, 7});
  token.Edit(
      {.kind = Kind::kAlter,
       .place = field,
       .value = static_cast<uint8_t>(bit << 4 | static_cast<unsigned>(change))},
      {});
  return Bytes(token.bytes().begin(), token.bytes().end());
}

TEST(WireEditTest, AltersOneFieldAndTheLengthsAroundIt) {
  using Change = sim::FieldChange;
  // The OCTET STRING.
  EXPECT_EQ(Altered(2, Change::kEmptied),
            (Bytes{0x30, 7, 0xA0, 2, 0x04, 0, 0x02, 1, 7}));
  EXPECT_EQ(Altered(2, Change::kLastByteGoes),
            (Bytes{0x30, 9, 0xA0, 4, 0x04, 2, 1, 2, 0x02, 1, 7}));
  EXPECT_EQ(Altered(2, Change::kZeroComes),
            (Bytes{0x30, 11, 0xA0, 6, 0x04, 4, 1, 2, 3, 0, 0x02, 1, 7}));
  EXPECT_EQ(Altered(2, Change::kFirstByte, 7),
            (Bytes{0x30, 10, 0xA0, 5, 0x04, 3, 0x81, 2, 3, 0x02, 1, 7}));
  EXPECT_EQ(Altered(2, Change::kLastByte, 2),
            (Bytes{0x30, 10, 0xA0, 5, 0x04, 3, 1, 2, 7, 0x02, 1, 7}));
  EXPECT_EQ(Altered(2, Change::kGoes), (Bytes{0x30, 5, 0xA0, 0, 0x02, 1, 7}));
  EXPECT_EQ(Altered(2, Change::kTwice),
            (Bytes{0x30, 15, 0xA0, 10, 0x04, 3, 1, 2, 3, 0x04, 3, 1, 2, 3, 0x02,
                   1, 7}));
  // [0] and the INTEGER.
  EXPECT_EQ(Altered(1, Change::kType, 0),
            (Bytes{0x30, 10, 0xA1, 5, 0x04, 3, 1, 2, 3, 0x02, 1, 7}));
  EXPECT_EQ(Altered(1, Change::kLengthOneMore),
            (Bytes{0x30, 10, 0xA0, 6, 0x04, 3, 1, 2, 3, 0x02, 1, 7}));
  EXPECT_EQ(Altered(3, Change::kLengthOneLess),
            (Bytes{0x30, 10, 0xA0, 5, 0x04, 3, 1, 2, 3, 0x02, 0, 7}));
  EXPECT_EQ(Altered(3, Change::kEndsBefore),
            (Bytes{0x30, 10, 0xA0, 5, 0x04, 3, 1, 2, 3}));
  EXPECT_EQ(Altered(1, Change::kEndsWithIt),
            (Bytes{0x30, 10, 0xA0, 5, 0x04, 3, 1, 2, 3}));
  // Modulo their number.
  EXPECT_EQ(Altered(4 + 3, Change::kGoes),
            (Bytes{0x30, 7, 0xA0, 5, 0x04, 3, 1, 2, 3}));
}

// A CHALLENGE with a name and target info of four bytes, whose name was
// changed.
Bytes AlteredChallenge(sim::FieldChange change, unsigned bit = 0) {
  const Bytes name = {'L', 0, 'B', 0}, info = {0, 0, 0, 0};
  const ntlm::ChallengeMessage message = {
      .target_name = name, .target_info = info, .version = ntlm::Version{}};
  Bytes challenge(message.SerializedSize());
  EXPECT_TRUE(message.Serialize(absl::MakeSpan(challenge)).ok());
  WireToken token;
  token.Assign(challenge);
  token.Edit(
      {.kind = Kind::kAlter,
       .place = 0,
       .value = static_cast<uint8_t>(bit << 4 | static_cast<unsigned>(change))},
      {});
  return Bytes(token.bytes().begin(), token.bytes().end());
}

// Its fields are not in one piece: the contents go, and others move up.
TEST(WireEditTest, AltersAFieldOfNtlm) {
  const Bytes token = AlteredChallenge(sim::FieldChange::kGoes);
  const auto altered = ntlm::ChallengeMessage::Parse(token);
  ASSERT_TRUE(altered.ok()) << altered.status();
  EXPECT_EQ(altered->target_name.size(), 0u);
  EXPECT_EQ(altered->target_info, absl::MakeConstSpan(Bytes{0, 0, 0, 0}));
}

TEST(WireEditTest, AltersThePlaceOfAFieldOfNtlm) {
  const auto name_at = [](sim::FieldChange change, unsigned bit) {
    const Bytes token = AlteredChallenge(change, bit);
    // MS-NLMP 2.2.1.2: TargetNameBufferOffset.
    return token[16] | token[17] << 8 | token[18] << 16 | token[19] << 24;
  };
  EXPECT_EQ(name_at(sim::FieldChange::kPlaceEarlier, 3), 56 - 8);
  EXPECT_EQ(name_at(sim::FieldChange::kPlaceLater, 0), 56 + 1);
  EXPECT_EQ(name_at(sim::FieldChange::kPlaceAtEnd, 0), 56 + 8);
}

TEST(WireEditTest, PlacesAreModuloTheSize) {
  EXPECT_EQ(Edited(Kind::kSet, 8, 9), (Bytes{0, 1, 9, 3, 4, 5}));
}

TEST(WireEditTest, BringsWhatTheInputHas) {
  EXPECT_EQ(Edited(Kind::kDeliver, 0, 0, {7, 8}), (Bytes{7, 8}));
  EXPECT_EQ(Edited(Kind::kDeliver, 0, 0), Bytes());
  EXPECT_EQ(
      Edited(Kind::kDeliver, 0, 0, Bytes(WireToken::kCapacity + 1, 7)).size(),
      WireToken::kCapacity);
}

TEST(WireEditTest, OtherOperationsLeaveItAlone) {
  for (const Kind kind :
       {Kind::kSplit, Kind::kCoalesce, Kind::kSeal, Kind::kMove, Kind::kLate}) {
    EXPECT_EQ(Edited(kind, 2, 3), (Bytes{0, 1, 2, 3, 4, 5}));
  }
}

TEST(WireEditTest, AnyOperationOnAnyTokenStaysInside) {
  static std::array<WireToken, 1>& sent = *new std::array<WireToken, 1>;
  for (const size_t size : {size_t{0}, size_t{1}, WireToken::kCapacity}) {
    sent[0].Assign(Bytes(size, 7));
    for (size_t kind = 0; kind < sim::kOperationKinds; ++kind) {
      for (const uint8_t value : {0, 1, 255}) {
        WireToken token;
        token.Assign(sent[0].bytes());
        token.Edit(
            {.kind = static_cast<Kind>(kind), .place = 0xFFFF, .value = value},
            sent);
        EXPECT_LE(token.bytes().size(), WireToken::kCapacity);
      }
    }
  }
}

}  // namespace
}  // namespace sspilab::fuzz
