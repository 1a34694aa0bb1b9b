#include "fuzz/guarded_buffer.h"

#include <gtest/gtest.h>

namespace sspilab::fuzz {
namespace {

using Buffer = GuardedBuffer<64>;

TEST(GuardedBufferTest, AllOfItMayBeWritten) {
  Buffer buffer;
  EXPECT_TRUE(buffer.intact());
  for (const size_t size : {0, 1, 7, 64}) {
    const absl::Span<uint8_t> bytes = buffer.Lay(size);
    ASSERT_EQ(bytes.size(), size);
    std::fill(bytes.begin(), bytes.end(), uint8_t{0});
    EXPECT_TRUE(buffer.intact());
  }
}

TEST(GuardedBufferTest, NothingAroundItMay) {
  for (const int at : {-16, -1, 5, 20}) {
    Buffer buffer;
    uint8_t* const begin = buffer.Lay(5).data();
    begin[at] ^= 1;
    EXPECT_FALSE(buffer.intact()) << at;
  }
}

TEST(GuardedBufferTest, HoldsWhatIsToBeRead) {
  Buffer buffer;
  const uint8_t bytes[] = {1, 2, 3};
  EXPECT_EQ(buffer.Fill(bytes), absl::MakeConstSpan(bytes));
  EXPECT_TRUE(buffer.intact());
}

TEST(GuardedBufferTest, IsNeverLargerThanItsCapacity) {
  Buffer buffer;
  EXPECT_EQ(buffer.Lay(1000).size(), 64u);
}

#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
TEST(GuardedBufferDeathTest, ReadsPastTheEndStop) {
  Buffer buffer;
  const uint8_t bytes[] = {1, 2, 3};
  const volatile uint8_t* const filled = buffer.Fill(bytes).data();
  EXPECT_DEATH((void)filled[3], "use-after-poison");
  EXPECT_DEATH((void)filled[60], "use-after-poison");
}
#endif

}  // namespace
}  // namespace sspilab::fuzz
