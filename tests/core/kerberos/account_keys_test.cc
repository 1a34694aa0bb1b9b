// The keys of an account, given or from a password.

#include "core/kerberos/account_keys.h"

#include <cstdint>
#include <thread>
#include <vector>

#include "core/kerberos/crypto/encryption_type.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sspilab::kerberos {
namespace {

constexpr Etype kTypes[] = {Etype::kAes256CtsHmacSha1,
                            Etype::kAes128CtsHmacSha1, Etype::kRc4Hmac};
constexpr int32_t kAes128 = static_cast<int32_t>(Etype::kAes128CtsHmacSha1);
constexpr int32_t kSha384 = static_cast<int32_t>(Etype::kAes256CtsHmacSha384);

Key KeyOf(Etype etype, const char* password) {
  return Key::FromPassword(Find(etype), password, "EXAMPLE.TESTalice");
}

AccountKeys FromPassword(const char* password) {
  return AccountKeys::FromPassword(kTypes, password, "EXAMPLE.TESTalice");
}

TEST(AccountKeysTest, OfAPasswordAreThoseOfStringToKey) {
  const AccountKeys keys = FromPassword("secret");
  ASSERT_EQ(keys.size(), 3u);
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(keys.type(i).etype, kTypes[i]);
    EXPECT_EQ(keys[i], KeyOf(kTypes[i], "secret"));
    EXPECT_EQ(&keys[i], &keys[i]);
  }
  EXPECT_THAT(keys.All(), ::testing::ElementsAre(keys[0], keys[1], keys[2]));
}

TEST(AccountKeysTest, AreFoundByTheirType) {
  const AccountKeys keys = FromPassword("secret");
  EXPECT_EQ(keys.FindType(kAes128), &Find(Etype::kAes128CtsHmacSha1));
  EXPECT_EQ(keys.Find(kAes128), &keys[1]);
  EXPECT_EQ(keys.FindType(kSha384), nullptr);
  EXPECT_EQ(keys.Find(kSha384), nullptr);
}

TEST(AccountKeysTest, ThatAreGivenStayAsTheyAre) {
  const Key given = KeyOf(Etype::kAes128CtsHmacSha1, "another");
  const AccountKeys keys = {given};
  EXPECT_EQ(keys.size(), 1u);
  EXPECT_EQ(*keys.Find(kAes128), given);
  EXPECT_TRUE(AccountKeys().empty());
  EXPECT_EQ(AccountKeys().Find(kAes128), nullptr);
}

TEST(AccountKeysTest, CopiesShareWhatIsMade) {
  const AccountKeys keys = FromPassword("secret");
  const AccountKeys copy = keys;
  EXPECT_TRUE(copy.IsCopyOf(keys));
  EXPECT_EQ(&copy[0], &keys[0]);
  EXPECT_FALSE(FromPassword("secret").IsCopyOf(keys));
}

TEST(AccountKeysTest, ThreadsSeeOneKey) {
  const AccountKeys keys = FromPassword("secret");
  std::vector<Key> seen(4);
  std::vector<std::thread> threads;
  for (Key& key : seen) {
    threads.emplace_back([&keys, &key] { key = keys[0]; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(seen, ::testing::Each(KeyOf(kTypes[0], "secret")));
}

}  // namespace
}  // namespace sspilab::kerberos
