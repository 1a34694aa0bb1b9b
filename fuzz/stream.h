#ifndef SSPILAB_FUZZ_STREAM_H_
#define SSPILAB_FUZZ_STREAM_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/sspi.h"
#include "fuzz/caller.h"

namespace sspilab::fuzz {

// One direction of a connection: what arrived and was not taken yet.
class Stream {
 public:
  static constexpr size_t kCapacity = Caller::kAmpleRoom;

  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  absl::Span<const uint8_t> bytes() const { return {bytes_.data(), size_}; }
  absl::Span<uint8_t> bytes() { return {bytes_.data(), size_}; }

  // All that was ever taken.
  size_t taken() const { return taken_; }

  // False, and nothing done, where there is no room for them.
  bool Append(absl::Span<const uint8_t> bytes) {
    if (bytes.size() > kCapacity - size_) return false;
    if (!bytes.empty()) {
      std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
    }
    size_ += bytes.size();
    return true;
  }
  // All but the last `rest` bytes were taken.
  void KeepLast(size_t rest) {
    rest = std::min(rest, size_);
    taken_ += size_ - rest;
    std::memmove(bytes_.data(), bytes_.data() + (size_ - rest), rest);
    size_ = rest;
  }

 private:
  // Not initialized: what is read is written first.
  std::array<uint8_t, kCapacity> bytes_;
  size_t size_ = 0;
  size_t taken_ = 0;
};

// Has `caller` take what is in `stream`, call after call, until its context is
// done, fails, or wants more. All that it gives to be sent goes to `reply`.
// Returns the last leg's status.
SECURITY_STATUS TakeAll(
    Caller& caller, Stream& stream, Stream& reply,
    absl::FunctionRef<void()> before_leg = [] {});

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_STREAM_H_
