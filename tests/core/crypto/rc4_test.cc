#include "core/crypto/rc4.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::FromHex;
using sspilab::testing::ToHex;

struct Rc4Case {
  std::string_view key;
  size_t offset;
  std::string_view keystream;
};

// RFC 6229, 2.
constexpr Rc4Case kCases[] = {
    {"0102030405", 0, "b2396305f03dc027ccc3524a0a1118a8"},
    {"0102030405", 16, "6982944f18fc82d589c403a47a0d0919"},
    {"0102030405", 240, "28cb1132c96ce286421dcaadb8b69eae"},
    {"0102030405", 256, "1cfcf62b03eddb641d77dfcf7f8d8c93"},
    {"01020304050607", 0, "293f02d47f37c9b633f2af5285feb46b"},
    {"0102030405060708", 0, "97ab8a1bf0afb96132f2f67258da15a8"},
    {"0102030405060708090a0b0c0d0e0f10", 0, "9ac7cc9a609d1ef7b2932899cde41b97"},
    {"0102030405060708090a0b0c0d0e0f10", 16,
     "5248c4959014126a6e8a84f11d1a9e1c"},
};

TEST(Rc4Test, RfcVectors) {
  for (const Rc4Case& c : kCases) {
    std::vector<uint8_t> bytes(c.offset + 16);
    Rc4(FromHex(c.key)).Crypt(absl::MakeSpan(bytes));
    EXPECT_EQ(ToHex(absl::MakeConstSpan(bytes).subspan(c.offset)), c.keystream)
        << c.key << " at " << c.offset;
  }
}

TEST(Rc4Test, TheKeystreamGoesOnFromCallToCall) {
  std::vector<uint8_t> whole(300);
  Rc4(FromHex("0102030405")).Crypt(absl::MakeSpan(whole));
  Rc4 rc4(FromHex("0102030405"));
  for (size_t at = 0; at < whole.size(); at += 25) {
    const std::vector<uint8_t> zeros(25);
    std::vector<uint8_t> out(25);
    rc4.Crypt(zeros, absl::MakeSpan(out));
    EXPECT_EQ(ToHex(out), ToHex(absl::MakeConstSpan(whole).subspan(at, 25)));
  }
}

TEST(Rc4Test, SnapshotGoesOnWhereItWasTaken) {
  Rc4 rc4(FromHex("0102030405"));
  std::vector<uint8_t> skipped(240);
  rc4.Crypt(absl::MakeSpan(skipped));
  Rc4 other(FromHex("ff"));
  ASSERT_TRUE(other.Restore(rc4.Snapshot()));
  std::vector<uint8_t> bytes(16);
  other.Crypt(absl::MakeSpan(bytes));
  EXPECT_EQ(ToHex(bytes), "28cb1132c96ce286421dcaadb8b69eae");
}

TEST(Rc4Test, RestoreRefusesWhatIsNoPermutation) {
  Rc4 rc4(FromHex("0102030405"));
  const Rc4::State before = rc4.Snapshot();
  for (size_t i = 1; i < 256; ++i) {
    Rc4::State bad = before;
    bad[i] = bad[0];
    EXPECT_FALSE(rc4.Restore(bad)) << i;
  }
  EXPECT_EQ(rc4.Snapshot(), before);
  // Any permutation and any indexes will do.
  Rc4::State good = before;
  std::swap(good[0], good[255]);
  good[256] = 0xFF;
  good[257] = 0xFF;
  EXPECT_TRUE(rc4.Restore(good));
  EXPECT_EQ(rc4.Snapshot(), good);
}

}  // namespace
}  // namespace sspilab::crypto
