#include "core/credssp/key_binding.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/hex.h"

namespace sspilab::credssp {
namespace {

using testing::ToHex;

std::vector<uint8_t> Counting(size_t size) {
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i);
  return bytes;
}

// Computed with Python's hashlib:
//   sha256(b"CredSSP Client-To-Server Binding Hash\0" + bytes(range(32)) +
//          bytes(range(65))).hexdigest()
TEST(KeyBinding, HashesFromVersion5On) {
  const auto nonce = Counting(32);
  const auto key = Counting(65);
  for (const uint32_t version : {5U, 6U, 7U}) {
    EXPECT_EQ(
        ToHex(BindKey(version, Role::kInitiator, nonce, key)),
        "db7201d987fbe7461327ef2f8e318fdfed943781198e4caeb0963248ec04ff4e");
    EXPECT_EQ(
        ToHex(BindKey(version, Role::kAcceptor, nonce, key)),
        "5f080907ad2c8110399baec9f706adb37d127dd56da161b2aa5584f443d913ef");
  }
}

TEST(KeyBinding, IsTheKeyItselfBefore) {
  const std::vector<uint8_t> key = {0x30, 0x82, 0x01};
  for (const uint32_t version : {2U, 3U, 4U}) {
    EXPECT_EQ(ToHex(BindKey(version, Role::kInitiator, {}, key)), "308201");
    EXPECT_EQ(ToHex(BindKey(version, Role::kAcceptor, {}, key)), "318201");
  }
  EXPECT_EQ(ToHex(BindKey(2, Role::kAcceptor, {}, {0xFF, 1})), "0001");
  EXPECT_TRUE(BindKey(2, Role::kAcceptor, {}, {}).empty());
}

}  // namespace
}  // namespace sspilab::credssp
