#ifndef SSPILAB_FUZZ_GUARDED_BUFFER_H_
#define SSPILAB_FUZZ_GUARDED_BUFFER_H_

#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"

namespace sspilab::fuzz {

// Memory for one buffer of a call, in which every byte that is not the
// buffer's tells: writes leave traces in the guards around it, and
// AddressSanitizer, where there is one, stops reads past its end.
template <size_t kCapacity>
class GuardedBuffer {
 public:
  static constexpr size_t kGuard = 16;

  GuardedBuffer() = default;
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;
  ~GuardedBuffer() { Open(); }

  // A buffer of `size` bytes, at most kCapacity, to be written; the bytes
  // themselves are left alone.
  absl::Span<uint8_t> Lay(size_t size) {
    Open();
    laid_ = true;
    size_ = std::min(size, kCapacity);
    std::memset(memory_.data(), kTrace, kGuard);
    std::memset(memory_.data() + kGuard + size_, kTrace, kGuard);
    return {memory_.data() + kGuard, size_};
  }

  // A buffer that holds `bytes`, to be read and nothing else.
  absl::Span<uint8_t> Fill(absl::Span<const uint8_t> bytes) {
    const absl::Span<uint8_t> buffer = Lay(bytes.size());
    std::copy_n(bytes.begin(), buffer.size(), buffer.begin());
    // As far as buffers ever reach: a read that skips the guard is caught too.
    ASAN_POISON_MEMORY_REGION(buffer.data() + size_, kCapacity - size_);
    poisoned_ = true;
    return buffer;
  }

  // Whether nothing was written around the buffer; true without one.
  bool intact() {
    if (!laid_) return true;
    Open();
    const auto is_trace = [](uint8_t byte) { return byte == kTrace; };
    const uint8_t* const begin = memory_.data();
    const uint8_t* const end = begin + kGuard + size_;
    return std::all_of(begin, begin + kGuard, is_trace) &&
           std::all_of(end, end + kGuard, is_trace);
  }

 private:
  static constexpr uint8_t kTrace = 0xC5;

  void Open() {
    if (!poisoned_) return;
    ASAN_UNPOISON_MEMORY_REGION(memory_.data(), memory_.size());
    poisoned_ = false;
  }

  // Not initialized: that would cost more than most calls do.
  alignas(16) std::array<uint8_t, kCapacity + 2 * kGuard> memory_;
  size_t size_ = 0;
  bool laid_ = false;
  bool poisoned_ = false;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_GUARDED_BUFFER_H_
