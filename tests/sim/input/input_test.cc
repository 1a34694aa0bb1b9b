#include "sim/input/input.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/entropy.h"

namespace sspilab::sim {
namespace {

using Bytes = std::vector<uint8_t>;
using Kind = OperationKind;

// `operations` behind settings that are all zeros.
Bytes Behind(const Bytes& operations) {
  Bytes bytes(sizeof(Settings) + operations.size());
  std::copy(operations.begin(), operations.end(),
            bytes.begin() + sizeof(Settings));
  return bytes;
}

TEST(InputTest, OperationsAreAsTheFormatSays) {
  const Input input = Input::Decode(Behind({
      0,  1, 0x34, 0x12, 7,              // flip
      10, 2, 0,    0,    0, 2, 0, 8, 9,  // deliver, two bytes
      13, 1, 20,   3,    5,              // seal
  }));
  EXPECT_EQ(input.operations,
            (std::vector<Operation>{{Kind::kFlip, 1, 0x1234, 7},
                                    {Kind::kDeliver, 2, 0, 0, {8, 9}},
                                    {Kind::kSeal, 1, 20 | 3 << 8, 5}}));
}

TEST(InputTest, KindsAndSidesAreModuloTheirNumber) {
  const Input input = Input::Decode(Behind({
      kOperationKinds + 1, 200, 0, 0, 0,  // set
      13, 3, 0, 0, 0,                     // seal
  }));
  EXPECT_EQ(input.operations,
            (std::vector<Operation>{{Kind::kSet, 200}, {Kind::kSeal, 1}}));
}

TEST(InputTest, LengthsEndWhereTheInputDoes) {
  EXPECT_EQ(Input::Decode(Behind({10, 0, 0, 0, 0, 0xFF, 0xFF, 1})).operations,
            (std::vector<Operation>{{Kind::kDeliver, 0, 0, 0, {1}}}));
  EXPECT_EQ(Input::Decode(Behind({10, 0, 0, 0, 0})).operations,
            (std::vector<Operation>{{Kind::kDeliver}}));
  EXPECT_TRUE(Input::Decode(Behind({0, 0, 0, 0})).operations.empty());
}

TEST(InputTest, SettingsThatAreTooShortEndInZeros) {
  const Input input = Input::Decode(Bytes{7, 1});
  EXPECT_EQ(input.settings.seed, 7);
  EXPECT_EQ(input.settings.credential, 1);
  EXPECT_EQ(input.settings.acceptor.refused_allocation, 0);
  EXPECT_TRUE(input.operations.empty());
}

TEST(InputTest, ThereAreNotEndlesslyManyOperations) {
  EXPECT_EQ(Input::Decode(Behind(Bytes(1000))).operations.size(),
            Input::kMostOperations);
}

TEST(InputTest, AnyBytesAreAnInputThatEncodesToItself) {
  Entropy entropy(1, 0);
  for (int i = 0; i < 2000; ++i) {
    Bytes bytes(entropy.Below(300));
    entropy.Fill(absl::MakeSpan(bytes));
    const Input input = Input::Decode(bytes);
    const Bytes encoded = input.Encode();
    EXPECT_EQ(Input::Decode(encoded), input);
    EXPECT_EQ(Input::Decode(encoded).Encode(), encoded);
  }
}

}  // namespace
}  // namespace sspilab::sim
