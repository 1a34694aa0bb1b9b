#ifndef SSPILAB_FUZZ_API_HANDLES_H_
#define SSPILAB_FUZZ_API_HANDLES_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/role.h"
#include "core/sspi.h"
#include "fuzz/profile.h"
#include "sim/input/api_operation.h"

namespace sspilab::fuzz {

// A handle that a run has opened, and what became of it.
struct OpenedHandle {
  SecHandle handle;
  bool is_open;
  const Profile* profile;
  Role role;
};

// Those of one kind, contexts or credentials, in the order in which they were
// opened.
class OpenedHandles {
 public:
  static constexpr size_t kMax = 8;

  bool full() const { return count_ == kMax; }
  size_t count() const { return count_; }
  OpenedHandle& operator[](size_t i) { return rows_[i]; }
  const OpenedHandle& operator[](size_t i) const { return rows_[i]; }
  void Add(const OpenedHandle& handle) { rows_[count_++] = handle; }

 private:
  std::array<OpenedHandle, kMax> rows_;
  size_t count_ = 0;
};

// A handle as a call gets it.
struct PickedHandle {
  SecHandle value;
  bool is_null = false;
  // What was opened as that; null where nothing was, of this kind.
  OpenedHandle* opened = nullptr;

  SecHandle* get() { return is_null ? nullptr : &value; }
  bool is_open() const { return opened != nullptr && opened->is_open; }
};

inline PickedHandle PickHandle(uint8_t choice, OpenedHandles& handles,
                               const OpenedHandles& others) {
  PickedHandle picked;
  SecInvalidateHandle(&picked.value);
  const uint8_t number = choice & 7;
  const auto kind = static_cast<sim::HandleChoice>(choice >> 3);
  if (kind == sim::HandleChoice::kNull) picked.is_null = true;
  if (kind == sim::HandleChoice::kZeros) picked.value = {0, 0};
  if (kind == sim::HandleChoice::kOfOtherKind && others.count() != 0) {
    picked.value = others[number % others.count()].handle;
  }
  if (kind >= sim::HandleChoice::kZeros || kind == sim::HandleChoice::kNull ||
      kind == sim::HandleChoice::kOfOtherKind || handles.count() == 0) {
    return picked;
  }
  OpenedHandle& opened = handles[number % handles.count()];
  picked.value = opened.handle;
  // Changes that make no other handle of them which there could be.
  switch (kind) {
    case sim::HandleChoice::kOtherGeneration:
      picked.value.dwUpper ^= ULONG_PTR{1} << 31;
      break;
    case sim::HandleChoice::kOtherKindBit:
      picked.value.dwLower ^= ULONG_PTR{4} << 32;
      break;
    case sim::HandleChoice::kUnusedBit:
      picked.value.dwLower ^= ULONG_PTR{1} << 63;
      break;
    case sim::HandleChoice::kOtherSlot:
      picked.value.dwLower ^= ULONG_PTR{1} << 31;
      break;
    default:
      picked.opened = &opened;
  }
  return picked;
}

// Memory that came from a package and is the caller's to free.
class OwnedBuffers {
 public:
  static constexpr size_t kMax = 8;

  size_t count() const { return count_; }
  // The one that `choice` means; null where there was none.
  void* Pick(uint8_t choice) const {
    return count_ == 0 ? nullptr : rows_[choice % count_].memory;
  }
  bool Owns(const void* memory) const { return Find(memory) != kMax; }
  // False where there is no room for it: the caller frees it at once.
  bool Add(void* memory) {
    size_t at = count_;
    if (count_ == kMax) {
      at = 0;
      while (at < kMax && rows_[at].is_owned) ++at;
      if (at == kMax) return false;
    } else {
      ++count_;
    }
    rows_[at] = {memory, true};
    return true;
  }
  void Forget(const void* memory) {
    const size_t at = Find(memory);
    if (at != kMax) rows_[at].is_owned = false;
  }
  // One that is still owned; null where all are given back.
  void* Last() const {
    for (size_t i = 0; i < count_; ++i) {
      if (rows_[i].is_owned) return rows_[i].memory;
    }
    return nullptr;
  }

 private:
  struct Row {
    void* memory;
    bool is_owned;
  };

  size_t Find(const void* memory) const {
    for (size_t i = 0; i < count_; ++i) {
      if (rows_[i].is_owned && rows_[i].memory == memory) return i;
    }
    return kMax;
  }

  std::array<Row, kMax> rows_;
  size_t count_ = 0;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_API_HANDLES_H_
