#ifndef SSPILAB_FUZZ_MESSAGE_BUFFERS_H_
#define SSPILAB_FUZZ_MESSAGE_BUFFERS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "fuzz/guarded_buffer.h"

namespace sspilab::fuzz {

// SECBUFFER_*, without the bits beside it.
inline ULONG BareType(const SecBuffer& buffer) {
  return buffer.BufferType & ~static_cast<ULONG>(SECBUFFER_ATTRMASK);
}

// The buffers of one call that protects or opens a message, each in memory of
// its own, and what they were before it.
class MessageBuffers {
 public:
  // Bytes that one may have.
  static constexpr size_t kRoom = 512;

  // A buffer of `room` bytes that begins with `bytes`.
  SecBuffer& Add(ULONG type, absl::Span<const uint8_t> bytes, size_t room) {
    const absl::Span<uint8_t> memory = memory_[count_].Lay(room);
    std::copy_n(bytes.begin(), std::min(bytes.size(), memory.size()),
                memory.begin());
    std::fill(memory.begin() + std::min(bytes.size(), memory.size()),
              memory.end(), uint8_t{0});
    buffers_[count_] = {static_cast<ULONG>(memory.size()), type, memory.data()};
    before_[count_] = buffers_[count_];
    std::copy(memory.begin(), memory.end(), copies_[count_].begin());
    return buffers_[count_++];
  }
  SecBuffer& Add(ULONG type, absl::Span<const uint8_t> bytes) {
    return Add(type, bytes, bytes.size());
  }
  // As the caller passes it, once all is as it is to be.
  SecBufferDesc* list() {
    std::copy_n(buffers_.begin(), count_, before_.begin());
    list_ = {SECBUFFER_VERSION, static_cast<ULONG>(count_), buffers_.data()};
    return &list_;
  }

  size_t count() const { return count_; }
  const SecBuffer& operator[](size_t i) const { return buffers_[i]; }
  // What it was before the call.
  const SecBuffer& before(size_t i) const { return before_[i]; }
  // Whether the call changed what the buffer describes, or what it holds.
  bool is_redescribed(size_t i) const {
    return buffers_[i].cbBuffer != before_[i].cbBuffer ||
           buffers_[i].BufferType != before_[i].BufferType ||
           buffers_[i].pvBuffer != before_[i].pvBuffer;
  }
  bool is_rewritten(size_t i) const {
    return before_[i].pvBuffer != nullptr &&
           std::memcmp(before_[i].pvBuffer, copies_[i].data(),
                       before_[i].cbBuffer) != 0;
  }
  bool intact() {
    for (size_t i = 0; i < count_; ++i) {
      if (!memory_[i].intact()) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kMaxBuffers = 6;

  std::array<GuardedBuffer<kRoom>, kMaxBuffers> memory_;
  std::array<std::array<uint8_t, kRoom>, kMaxBuffers> copies_;
  std::array<SecBuffer, kMaxBuffers> buffers_;
  std::array<SecBuffer, kMaxBuffers> before_;
  SecBufferDesc list_;
  size_t count_ = 0;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_MESSAGE_BUFFERS_H_
