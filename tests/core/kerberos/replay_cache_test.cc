#include "core/kerberos/replay_cache.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace sspilab::kerberos {
namespace {

TEST(ReplayCacheTest, KnowsWhatItHasTaken) {
  ReplayCache cache;
  const uint8_t one[] = {1, 2, 3};
  const uint8_t two[] = {1, 2, 4};
  EXPECT_TRUE(cache.Add(one, {100}, {0}));
  EXPECT_FALSE(cache.Add(one, {100}, {0}));
  // Its time is not what it is known by.
  EXPECT_FALSE(cache.Add(one, {101}, {0}));
  EXPECT_TRUE(cache.Add(two, {100}, {0}));
}

// It is bounded by the time that an authenticator counts for, not by how many
// have come.
TEST(ReplayCacheTest, ForgetsWhatIsTooOldToBeTakenAgain) {
  ReplayCache cache;
  constexpr int64_t kCountsFor = 10;
  for (uint8_t second = 0; second < 200; ++second) {
    EXPECT_TRUE(cache.Add({&second, 1}, {second}, {second - kCountsFor}));
  }
  for (uint8_t second = 0; second < 200; ++second) {
    // Of the last second's view: 199 - 10 is the oldest that is known.
    EXPECT_EQ(cache.Add({&second, 1}, {second}, {199 - kCountsFor}),
              second < 199 - kCountsFor)
        << int{second};
  }
}

// Clients' clocks differ: each is forgotten by its own time, in whatever order
// they came.
TEST(ReplayCacheTest, TakesThemInAnyOrderOfTheirTimes) {
  ReplayCache cache;
  constexpr uint8_t kTimes[] = {5, 9, 1, 7, 3, 8, 2, 6, 4};
  for (const uint8_t time : kTimes) {
    EXPECT_TRUE(cache.Add({&time, 1}, {time}, {0}));
  }
  for (const uint8_t time : kTimes) {
    EXPECT_EQ(cache.Add({&time, 1}, {time}, {6}), time < 6) << int{time};
  }
}

}  // namespace
}  // namespace sspilab::kerberos
