#include "core/crypto/sha1.h"

#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::ToHex;

// NIST's examples for FIPS 180-4.
TEST(Sha1Test, Examples) {
  EXPECT_EQ(ToHex(Sha1({BytesOf("abc")})),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(ToHex(Sha1({BytesOf("abcdbcdecdefdefgefghfghighijhijk"),
                        BytesOf("ijkljklmklmnlmnomnopnopq")})),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(ToHex(Sha1({})), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

}  // namespace
}  // namespace sspilab::crypto
