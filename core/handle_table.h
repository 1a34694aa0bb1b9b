#ifndef SSPILAB_CORE_HANDLE_TABLE_H_
#define SSPILAB_CORE_HANDLE_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/memory.h"
#include "core/sspi.h"

namespace sspilab {

// Handles that know when they are stale.
//
// A handle is (kind | slot number, generation). A slot is one atomic word,
//   generation : 32 | unused : 1 | live : 1 | taken : 1 | pins : 29
// and looking a handle up is one compare-and-swap on it: no lock, and whatever
// bits come in as a handle, the answer is right.
//   1. A slot's object is destroyed exactly once: by whoever takes the last pin
//      off a slot that is not live any more.
//   2. A generation names one object; it is never used again.
//   3. At most one exclusive pin is on a slot at a time (it is taken). Shared
//      pins are in nobody's way: they keep the object in place, and that is
//      all.

enum class HandleError { kInvalid, kBusy };

template <typename T>
class HandleTable {
 public:
  enum class Access { kShared, kExclusive };

  // Holds the object in place; it cannot be destroyed meanwhile.
  class [[nodiscard]] Pin {
   public:
    explicit Pin(HandleError error) : error_(error) {}
    // Stands for an object that is in no table: whoever owns it keeps it in
    // place for as long as this lives.
    static Pin Borrow(T* object) { return Pin(nullptr, 0, 0, object); }
    Pin(HandleTable* table, uint32_t slot, uint64_t hold, T* object)
        : table_(table), slot_(slot), hold_(hold), object_(object) {}
    Pin(Pin&& other) noexcept
        : table_(std::exchange(other.table_, nullptr)),
          slot_(other.slot_),
          hold_(other.hold_),
          object_(std::exchange(other.object_, nullptr)),
          error_(other.error_) {}
    Pin& operator=(Pin&&) = delete;
    ~Pin() {
      if (table_ != nullptr) table_->Unpin(slot_, hold_);
    }

    bool ok() const { return object_ != nullptr; }
    HandleError error() const { return error_; }
    T* operator->() const { return object_; }
    T& operator*() const { return *object_; }

   private:
    HandleTable* table_ = nullptr;
    uint32_t slot_ = 0;
    // What it added to the slot's word.
    uint64_t hold_ = 0;
    T* object_ = nullptr;
    HandleError error_ = HandleError::kInvalid;
  };

  // `kind` sets this table's handles apart from those of other tables.
  explicit constexpr HandleTable(uint8_t kind) : kind_(kind) {}
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;

  // False when the table is full; the object is then destroyed.
  [[nodiscard]] bool Insert(BudgetPtr<T> object, SecHandle* handle) {
    const uint32_t number = TakeFreeSlot();
    if (number == kNoSlot) return false;
    Slot& slot = SlotAt(number);
    slot.object = std::move(object);
    const uint64_t generation =
        slot.word.load(std::memory_order_relaxed) >> kGenerationShift;
    slot.word.store(generation << kGenerationShift | kLive,
                    std::memory_order_release);
    handle->dwLower = static_cast<ULONG_PTR>(kind_) << kKindShift | number;
    handle->dwUpper = generation;
    return true;
  }

  Pin Find(const SecHandle& handle, Access access) {
    Slot* slot = Decode(handle);
    if (slot == nullptr) return Pin(HandleError::kInvalid);
    const uint64_t hold = access == Access::kExclusive ? kTaken + 1 : 1;
    uint64_t word = slot->word.load(std::memory_order_relaxed);
    do {
      if (!IsLive(word, handle)) return Pin(HandleError::kInvalid);
      if (access == Access::kExclusive && (word & kTaken) != 0) {
        return Pin(HandleError::kBusy);
      }
    } while (!slot->word.compare_exchange_weak(word, word + hold,
                                               std::memory_order_acquire,
                                               std::memory_order_relaxed));
    return Pin(this, NumberOf(handle), hold, slot->object.get());
  }

  // Makes the handle stale. The object goes at once, or with its last pin.
  // kExclusive refuses (false, kBusy) while anybody has an exclusive pin.
  [[nodiscard]] bool Remove(const SecHandle& handle, Access access,
                            HandleError* error) {
    *error = HandleError::kInvalid;
    Slot* slot = Decode(handle);
    if (slot == nullptr) return false;
    uint64_t word = slot->word.load(std::memory_order_relaxed);
    do {
      if (!IsLive(word, handle)) return false;
      if (access == Access::kExclusive && (word & kTaken) != 0) {
        *error = HandleError::kBusy;
        return false;
      }
      // The pin keeps the slot ours until the object is gone.
    } while (!slot->word.compare_exchange_weak(word, (word & ~kLive) + 1,
                                               std::memory_order_acquire,
                                               std::memory_order_relaxed));
    Unpin(NumberOf(handle), 1);
    return true;
  }

  // Removes every object for which `matches(object)`.
  template <typename Predicate>
  void RemoveIf(Predicate matches) {
    for (uint32_t number = 1; number <= used_slots(); ++number) {
      const SecHandle handle = {
          static_cast<ULONG_PTR>(kind_) << kKindShift | number,
          SlotAt(number).word.load(std::memory_order_relaxed) >>
              kGenerationShift};
      {
        Pin pin = Find(handle, Access::kShared);
        if (!pin.ok() || !matches(*pin)) continue;
      }
      HandleError ignored;
      (void)Remove(handle, Access::kShared, &ignored);
    }
  }

 private:
  struct Slot {
    std::atomic<uint64_t> word{0};
    BudgetPtr<T> object;
  };

  static constexpr uint64_t kPins = (uint64_t{1} << 29) - 1;
  static constexpr uint64_t kTaken = uint64_t{1} << 29;
  static constexpr uint64_t kLive = uint64_t{1} << 30;
  static constexpr int kGenerationShift = 32;
  static constexpr int kKindShift = 32;
  static constexpr uint32_t kNoSlot = 0;
  static constexpr uint32_t kChunk = 1024;
  static constexpr uint32_t kChunks = 1024;
  static constexpr uint32_t kLastGeneration = UINT32_MAX;

  static uint32_t NumberOf(const SecHandle& handle) {
    return static_cast<uint32_t>(handle.dwLower);
  }
  static bool IsLive(uint64_t word, const SecHandle& handle) {
    return (word & kLive) != 0 && word >> kGenerationShift == handle.dwUpper;
  }

  Slot* Decode(const SecHandle& handle) {
    const uint32_t number = NumberOf(handle);
    if (handle.dwLower >> kKindShift != kind_ || number == kNoSlot ||
        number > kChunk * kChunks ||
        chunks_[(number - 1) / kChunk].load(std::memory_order_acquire) ==
            nullptr) {
      return nullptr;
    }
    return &SlotAt(number);
  }

  Slot& SlotAt(uint32_t number) {
    return chunks_[(number - 1) / kChunk].load(
        std::memory_order_acquire)[(number - 1) % kChunk];
  }

  uint32_t used_slots() {
    absl::MutexLock lock(&mutex_);
    return used_;
  }

  void Unpin(uint32_t number, uint64_t hold) {
    Slot& slot = SlotAt(number);
    const uint64_t before =
        slot.word.fetch_sub(hold, std::memory_order_acq_rel);
    if ((before & kPins) != 1 || (before & kLive) != 0) return;
    // Nobody can pin what is not live: the slot is ours alone.
    slot.object.reset();
    const uint64_t generation = before >> kGenerationShift;
    if (generation == kLastGeneration) return;  // The slot is worn out.
    slot.word.store((generation + 1) << kGenerationShift,
                    std::memory_order_release);
    absl::MutexLock lock(&mutex_);
    free_.push_back(number);
  }

  uint32_t TakeFreeSlot() {
    absl::MutexLock lock(&mutex_);
    if (!free_.empty()) {
      const uint32_t number = free_.back();
      free_.pop_back();
      return number;
    }
    if (used_ == kChunk * kChunks) return kNoSlot;
    const uint32_t chunk = used_ / kChunk;
    if (used_ % kChunk == 0) {
      storage_.push_back(std::make_unique<Slot[]>(kChunk));
      chunks_[chunk].store(storage_.back().get(), std::memory_order_release);
    }
    return ++used_;
  }

  const uint64_t kind_;
  std::array<std::atomic<Slot*>, kChunks> chunks_{};
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Slot[]>> storage_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint32_t> free_ ABSL_GUARDED_BY(mutex_);
  uint32_t used_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_HANDLE_TABLE_H_
