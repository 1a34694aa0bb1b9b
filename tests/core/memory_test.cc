#include "core/memory.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace sspilab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(MemoryBudgetTest, CountsWhatIsLive) {
  MemoryBudget budget;
  void* const one = budget.Allocate(10);
  void* const two = budget.Allocate(32);
  ASSERT_NE(one, nullptr);
  ASSERT_NE(two, nullptr);
  EXPECT_EQ(budget.allocations(), 2U);
  EXPECT_EQ(budget.live_allocations(), 2U);
  EXPECT_EQ(budget.live_bytes(), 42U);
  budget.Free(one, 10);
  EXPECT_EQ(budget.live_allocations(), 1U);
  EXPECT_EQ(budget.live_bytes(), 32U);
  budget.Free(two, 32);
  EXPECT_EQ(budget.allocations(), 2U);
  EXPECT_EQ(budget.live_allocations(), 0U);
  EXPECT_EQ(budget.live_bytes(), 0U);
}

TEST(MemoryBudgetTest, NothingIsAllocatedToo) {
  MemoryBudget budget;
  void* const memory = budget.Allocate(0);
  ASSERT_NE(memory, nullptr);
  EXPECT_EQ(budget.live_allocations(), 1U);
  budget.Free(memory, 0);
  EXPECT_EQ(budget.live_allocations(), 0U);
}

// Which of `count` allocations are refused.
std::vector<int> Refused(MemoryBudget& budget, int count) {
  std::vector<int> refused;
  for (int i = 1; i <= count; ++i) {
    void* const memory = budget.Allocate(8);
    if (memory == nullptr) {
      refused.push_back(i);
    } else {
      budget.Free(memory, 8);
    }
  }
  return refused;
}

TEST(MemoryBudgetTest, FailsAtTheNthAllocationFromNowAndOnlyOnce) {
  MemoryBudget budget;
  budget.FailAt(1);
  EXPECT_THAT(Refused(budget, 5), ElementsAre(1));
  budget.FailAt(3);
  EXPECT_THAT(Refused(budget, 10), ElementsAre(3));
  EXPECT_EQ(budget.allocations(), 15U);
  EXPECT_EQ(budget.live_allocations(), 0U);
  EXPECT_EQ(budget.live_bytes(), 0U);
}

TEST(MemoryBudgetTest, OrderToFailCanBeTakenBack) {
  MemoryBudget budget;
  budget.FailAt(2);
  budget.FailAt(0);
  EXPECT_THAT(Refused(budget, 5), IsEmpty());
}

TEST(MemoryBudgetTest, LimitIsOnWhatIsLiveAtATime) {
  MemoryBudget budget;
  budget.set_limit(100);
  EXPECT_THAT(Refused(budget, 50), IsEmpty());
  void* const most = budget.Allocate(96);
  ASSERT_NE(most, nullptr);
  EXPECT_EQ(budget.Allocate(5), nullptr);
  EXPECT_EQ(budget.live_bytes(), 96U);
  EXPECT_EQ(budget.live_allocations(), 1U);
  void* const rest = budget.Allocate(4);
  ASSERT_NE(rest, nullptr);
  budget.Free(rest, 4);
  budget.Free(most, 96);
}

struct Base {
  virtual ~Base() = default;
  std::array<uint8_t, 16> padding = {};
};

struct Derived : Base {
  Derived(std::vector<std::string>* log_in, std::string name_in)
      : log(log_in), name(std::move(name_in)) {}
  ~Derived() override { log->push_back(name); }
  std::vector<std::string>* log;
  std::string name;
};

TEST(NewInTest, DestroysTheWholeObjectThroughItsBase) {
  MemoryBudget budget;
  std::vector<std::string> log;
  {
    BudgetPtr<Base> base = NewIn<Derived>(budget, &log, "gone");
    ASSERT_NE(base, nullptr);
    EXPECT_EQ(budget.live_bytes(), sizeof(Derived));
    EXPECT_THAT(log, IsEmpty());
  }
  EXPECT_THAT(log, ElementsAre("gone"));
  EXPECT_EQ(budget.live_bytes(), 0U);
  EXPECT_EQ(budget.live_allocations(), 0U);
}

TEST(NewInTest, GivesNullAndConstructsNothingWhenRefused) {
  MemoryBudget budget;
  std::vector<std::string> log;
  budget.FailAt(1);
  EXPECT_EQ(NewIn<Derived>(budget, &log, "never"), nullptr);
  EXPECT_THAT(log, IsEmpty());
  EXPECT_EQ(budget.live_bytes(), 0U);
}

TEST(BudgetBytesTest, AssignCopies) {
  MemoryBudget budget;
  std::vector<uint8_t> source = {1, 2, 3};
  BudgetBytes bytes;
  EXPECT_TRUE(bytes.empty());
  ASSERT_TRUE(bytes.Assign(budget, source));
  source.assign(3, 9);
  EXPECT_THAT(bytes.span(), ElementsAre(1, 2, 3));
  EXPECT_EQ(budget.live_bytes(), 3U);
}

TEST(BudgetBytesTest, NewContentsReplaceTheOld) {
  MemoryBudget budget;
  BudgetBytes bytes;
  ASSERT_TRUE(bytes.Assign(budget, {1, 2, 3}));
  ASSERT_TRUE(bytes.Assign(budget, {4, 5}));
  EXPECT_THAT(bytes.span(), ElementsAre(4, 5));
  EXPECT_EQ(budget.live_allocations(), 1U);
  ASSERT_TRUE(bytes.Assign(budget, {}));
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(budget.live_allocations(), 0U);
}

TEST(BudgetBytesTest, EmptyWhenRefused) {
  MemoryBudget budget;
  BudgetBytes bytes;
  ASSERT_TRUE(bytes.Assign(budget, {1, 2, 3}));
  budget.FailAt(1);
  EXPECT_FALSE(bytes.Assign(budget, {4, 5}));
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(budget.live_allocations(), 0U);
}

TEST(BudgetBytesTest, MovesWithoutCopying) {
  MemoryBudget budget;
  BudgetBytes from;
  ASSERT_TRUE(from.Assign(budget, {1, 2, 3}));
  const uint8_t* const data = from.span().data();
  BudgetBytes to = std::move(from);
  EXPECT_EQ(to.span().data(), data);
  BudgetBytes other;
  ASSERT_TRUE(other.Assign(budget, {4}));
  other = std::move(to);
  EXPECT_THAT(other.span(), ElementsAre(1, 2, 3));
  EXPECT_EQ(budget.allocations(), 2U);
}

TEST(BudgetBytesTest, GivesItsMemoryBack) {
  MemoryBudget budget;
  {
    BudgetBytes bytes;
    ASSERT_TRUE(bytes.Allocate(budget, 100));
    EXPECT_EQ(budget.live_bytes(), 100U);
  }
  EXPECT_EQ(budget.live_bytes(), 0U);
}

TEST(MemoryBudgetTest, ThreadsMayShareIt) {
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  MemoryBudget budget;
  budget.FailAt(kThreads * kEach / 2);
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        void* const memory = budget.Allocate(64);
        if (memory == nullptr) {
          refused.fetch_add(1);
        } else {
          budget.Free(memory, 64);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(budget.allocations(), uint64_t{kThreads} * kEach);
  EXPECT_EQ(budget.live_allocations(), 0U);
  EXPECT_EQ(budget.live_bytes(), 0U);
}

}  // namespace
}  // namespace sspilab
