#include "core/crypto/sha256.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::crypto {
namespace {

using sspilab::testing::BytesOf;
using sspilab::testing::ToHex;

// The examples that NIST publishes with FIPS 180-4.
TEST(Sha256, PublishedDigests) {
  EXPECT_EQ(ToHex(Sha256({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256({BytesOf("abc")})),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(Sha256({BytesOf(
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")})),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, PartsAreOneMessage) {
  const std::string_view text = "CredSSP Client-To-Server Binding Hash";
  for (size_t i = 0; i <= text.size(); ++i) {
    EXPECT_EQ(Sha256({BytesOf(text.substr(0, i)), BytesOf(text.substr(i))}),
              Sha256({BytesOf(text)}));
  }
}

}  // namespace
}  // namespace sspilab::crypto
