#include "core/handle_table.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <thread>
#include <vector>

#include "core/memory.h"
#include "core/sspi.h"
#include "gtest/gtest.h"

namespace sspilab {
namespace {

constexpr uint8_t kKind = 7;
// As many as a table holds.
constexpr uint32_t kSlots = 1U << 20;

// Counts itself, so that one destroyed twice or never shows.
struct Counted {
  Counted(std::atomic<int>* count, int number) : alive(count), value(number) {
    alive->fetch_add(1);
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { alive->fetch_sub(1); }

  std::atomic<int>* alive;
  int value;
};

using Table = HandleTable<Counted>;
using Access = Table::Access;

class HandleTableTest : public ::testing::Test {
 protected:
  SecHandle Insert(int value) {
    SecHandle handle = {};
    EXPECT_TRUE(
        table_.Insert(NewIn<Counted>(budget_, &alive_, value), &handle));
    return handle;
  }

  bool Remove(const SecHandle& handle, Access access = Access::kShared) {
    error_ = HandleError::kInvalid;
    return table_.Remove(handle, access, &error_);
  }

  // The value behind the handle; nothing where the handle is refused.
  std::optional<int> Value(const SecHandle& handle) {
    const Table::Pin pin = table_.Find(handle, Access::kShared);
    if (!pin.ok()) {
      EXPECT_EQ(pin.error(), HandleError::kInvalid);
      return std::nullopt;
    }
    return pin->value;
  }

  std::atomic<int> alive_{0};
  MemoryBudget budget_;
  Table table_{kKind};
  HandleError error_ = HandleError::kInvalid;
};

TEST_F(HandleTableTest, FindsWhatWasInserted) {
  const SecHandle one = Insert(1);
  const SecHandle two = Insert(2);
  EXPECT_EQ(Value(one), 1);
  EXPECT_EQ(Value(two), 2);
  EXPECT_EQ(alive_, 2);
  EXPECT_TRUE(Remove(one));
  EXPECT_TRUE(Remove(two));
  EXPECT_EQ(alive_, 0);
  EXPECT_EQ(budget_.live_allocations(), 0U);
}

TEST_F(HandleTableTest, RemovedHandleIsStale) {
  const SecHandle handle = Insert(1);
  ASSERT_TRUE(Remove(handle));
  EXPECT_EQ(alive_, 0);
  EXPECT_EQ(Value(handle), std::nullopt);
  EXPECT_FALSE(Remove(handle));
  EXPECT_EQ(error_, HandleError::kInvalid);
}

TEST_F(HandleTableTest, StaleHandleDoesNotReachTheSlotsNextObject) {
  const SecHandle first = Insert(1);
  ASSERT_TRUE(Remove(first));
  const SecHandle second = Insert(2);
  // Else this test is about nothing.
  ASSERT_EQ(first.dwLower, second.dwLower);
  EXPECT_NE(first.dwUpper, second.dwUpper);
  EXPECT_EQ(Value(first), std::nullopt);
  EXPECT_FALSE(Remove(first));
  EXPECT_EQ(Value(second), 2);
  ASSERT_TRUE(Remove(second));
}

TEST_F(HandleTableTest, NoGenerationIsUsedAgain) {
  std::vector<SecHandle> old;
  for (int i = 0; i < 100; ++i) {
    const SecHandle handle = Insert(i);
    for (const SecHandle& stale : old) {
      ASSERT_EQ(Value(stale), std::nullopt);
    }
    ASSERT_TRUE(Remove(handle));
    old.push_back(handle);
  }
}

TEST_F(HandleTableTest, GarbageIsRefused) {
  const SecHandle good = Insert(1);
  constexpr ULONG_PTR kOnes = std::numeric_limits<ULONG_PTR>::max();
  std::vector<SecHandle> garbage = {
      {0, 0},
      {kOnes, kOnes},
      {SEC_DELETED_HANDLE, SEC_DELETED_HANDLE},
      {good.dwLower, kOnes},
      {kOnes, good.dwUpper},
      {good.dwUpper, good.dwLower},
      {good.dwLower + 1, good.dwUpper},
      // Slot numbers at and beyond the table's end, and slot 0.
      {(good.dwLower & ~ULONG_PTR{0xFFFFFFFF}) | kSlots, 0},
      {(good.dwLower & ~ULONG_PTR{0xFFFFFFFF}) | (kSlots + 1), 0},
      {good.dwLower | 0xFFFFFFFF, 0},
      {good.dwLower & ~ULONG_PTR{0xFFFFFFFF}, good.dwUpper},
  };
  for (int bit = 0; bit < 64; ++bit) {
    garbage.push_back({good.dwLower ^ ULONG_PTR{1} << bit, good.dwUpper});
    garbage.push_back({good.dwLower, good.dwUpper ^ ULONG_PTR{1} << bit});
  }
  for (const SecHandle& handle : garbage) {
    SCOPED_TRACE(testing::Message()
                 << std::hex << handle.dwLower << ' ' << handle.dwUpper);
    EXPECT_EQ(Value(handle), std::nullopt);
    EXPECT_FALSE(Remove(handle));
  }
  EXPECT_EQ(Value(good), 1);
  ASSERT_TRUE(Remove(good));
}

TEST_F(HandleTableTest, HandleOfAnotherKindIsRefused) {
  Table other(kKind + 1);
  SecHandle theirs = {};
  ASSERT_TRUE(other.Insert(NewIn<Counted>(budget_, &alive_, 2), &theirs));
  const SecHandle ours = Insert(1);
  EXPECT_EQ(Value(theirs), std::nullopt);
  EXPECT_FALSE(other.Find(ours, Access::kShared).ok());
  ASSERT_TRUE(Remove(ours));
  ASSERT_TRUE(other.Remove(theirs, Access::kShared, &error_));
}

TEST_F(HandleTableTest, ASecondExclusivePinIsBusy) {
  const SecHandle handle = Insert(1);
  {
    const Table::Pin first = table_.Find(handle, Access::kExclusive);
    ASSERT_TRUE(first.ok());
    const Table::Pin second = table_.Find(handle, Access::kExclusive);
    EXPECT_FALSE(second.ok());
    EXPECT_EQ(second.error(), HandleError::kBusy);
    EXPECT_FALSE(Remove(handle, Access::kExclusive));
    EXPECT_EQ(error_, HandleError::kBusy);
    EXPECT_EQ(first->value, 1);
  }
  // It goes with the pin.
  EXPECT_TRUE(table_.Find(handle, Access::kExclusive).ok());
  EXPECT_TRUE(Remove(handle, Access::kExclusive));
  EXPECT_EQ(alive_, 0);
}

// Whoever looks through the table (RemoveIf, when a World ends) is not a
// second user of the objects it looks at.
TEST_F(HandleTableTest, ASharedPinIsInNobodysWay) {
  const SecHandle handle = Insert(1);
  {
    const Table::Pin looking = table_.Find(handle, Access::kShared);
    ASSERT_TRUE(looking.ok());
    const Table::Pin using_it = table_.Find(handle, Access::kExclusive);
    EXPECT_TRUE(using_it.ok());
    EXPECT_TRUE(table_.Find(handle, Access::kShared).ok());
    EXPECT_FALSE(table_.Find(handle, Access::kExclusive).ok());
  }
  EXPECT_TRUE(Remove(handle, Access::kExclusive));
  EXPECT_EQ(alive_, 0);
}

TEST_F(HandleTableTest, ObjectLivesAsLongAsItsLastPin) {
  const SecHandle handle = Insert(1);
  {
    const Table::Pin first = table_.Find(handle, Access::kShared);
    {
      const Table::Pin second = table_.Find(handle, Access::kShared);
      ASSERT_TRUE(Remove(handle));
      EXPECT_EQ(second->value, 1);
    }
    EXPECT_EQ(Value(handle), std::nullopt);
    EXPECT_FALSE(Remove(handle));
    EXPECT_EQ(alive_, 1);
    EXPECT_EQ(first->value, 1);
  }
  EXPECT_EQ(alive_, 0);
}

TEST_F(HandleTableTest, MovedPinPinsOnce) {
  const SecHandle handle = Insert(1);
  {
    Table::Pin first = table_.Find(handle, Access::kExclusive);
    const Table::Pin second = std::move(first);
    EXPECT_EQ(second->value, 1);
    EXPECT_FALSE(table_.Find(handle, Access::kExclusive).ok());
  }
  EXPECT_TRUE(table_.Find(handle, Access::kExclusive).ok());
  ASSERT_TRUE(Remove(handle));
}

TEST_F(HandleTableTest, RemoveIfRemovesThoseAndNoOthers) {
  std::vector<SecHandle> handles;
  handles.reserve(10);
  for (int i = 0; i < 10; ++i) handles.push_back(Insert(i));
  ASSERT_TRUE(Remove(handles[4]));
  table_.RemoveIf([](const Counted& c) { return c.value % 2 == 0; });
  EXPECT_EQ(alive_, 5);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Value(handles[static_cast<size_t>(i)]),
              i % 2 == 0 ? std::nullopt : std::optional<int>(i));
  }
  table_.RemoveIf([](const Counted&) { return true; });
  EXPECT_EQ(alive_, 0);
}

TEST_F(HandleTableTest, GrowsBeyondOneChunk) {
  std::vector<SecHandle> handles;
  handles.reserve(3000);
  for (int i = 0; i < 3000; ++i) handles.push_back(Insert(i));
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(Value(handles[static_cast<size_t>(i)]), i);
  }
  table_.RemoveIf([](const Counted&) { return true; });
  EXPECT_EQ(alive_, 0);
}

TEST_F(HandleTableTest, FullTableDestroysWhatItCannotTake) {
  SecHandle handle = {};
  for (uint32_t i = 0; i < kSlots; ++i) {
    ASSERT_TRUE(table_.Insert(NewIn<Counted>(budget_, &alive_, 0), &handle));
  }
  EXPECT_FALSE(table_.Insert(NewIn<Counted>(budget_, &alive_, 0), &handle));
  EXPECT_EQ(alive_, static_cast<int>(kSlots));
  EXPECT_TRUE(Remove(handle));
  EXPECT_TRUE(table_.Insert(NewIn<Counted>(budget_, &alive_, 0), &handle));
  table_.RemoveIf([](const Counted&) { return true; });
  EXPECT_EQ(alive_, 0);
  EXPECT_EQ(budget_.live_allocations(), 0U);
}

constexpr int kThreads = 4;
constexpr int kRounds = 2000;

TEST_F(HandleTableTest, OnlyOneOfManyThreadsRemoves) {
  for (int round = 0; round < kRounds / 10; ++round) {
    const SecHandle handle = Insert(round);
    std::atomic<int> removed{0};
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        { const Table::Pin pin = table_.Find(handle, Access::kShared); }
        HandleError error;
        if (table_.Remove(handle, Access::kShared, &error)) {
          removed.fetch_add(1);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(removed, 1);
    ASSERT_EQ(alive_, 0);
  }
}

TEST_F(HandleTableTest, OneExclusiveUserAtATime) {
  const SecHandle handle = Insert(0);
  std::atomic<int> inside{0};
  std::atomic<int> entered{0};
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        const Table::Pin pin = table_.Find(handle, Access::kExclusive);
        if (!pin.ok()) {
          EXPECT_EQ(pin.error(), HandleError::kBusy);
          continue;
        }
        EXPECT_EQ(inside.fetch_add(1), 0);
        // Not atomic: ThreadSanitizer sees whether pins order their users.
        ++pin->value;
        entered.fetch_add(1);
        inside.fetch_sub(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(entered, 0);
  EXPECT_EQ(Value(handle), entered);
  ASSERT_TRUE(Remove(handle));
}

// Each thread works on handles of its own, as SSPI allows, while the slots go
// from hand to hand and one thread looks through them all.
TEST_F(HandleTableTest, ThreadsWithHandlesOfTheirOwnNeverMeet) {
  std::atomic<bool> stop{false};
  std::thread looker([&] {
    while (!stop) {
      table_.RemoveIf([](const Counted& c) { return c.value < 0; });
    }
  });
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        const int value = t * kRounds + i;
        const SecHandle handle = Insert(value);
        {
          const Table::Pin pin = table_.Find(handle, Access::kExclusive);
          ASSERT_TRUE(pin.ok());
          EXPECT_EQ(pin->value, value);
        }
        HandleError error;
        ASSERT_TRUE(table_.Remove(handle, Access::kExclusive, &error));
        EXPECT_FALSE(table_.Find(handle, Access::kExclusive).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  looker.join();
  EXPECT_EQ(alive_, 0);
}

}  // namespace
}  // namespace sspilab
