#ifndef SSPILAB_CORE_WIRE_WRITER_H_
#define SSPILAB_CORE_WIRE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"

namespace sspilab::wire {

// Writes little-endian values, in place, into memory that the caller owns.
//
// Contract: nothing is written past the end. A write that does not fit writes
// nothing and makes ok() false for good; look at ok() once, when all is
// written. size() is then what stands before the first write that failed.
class Writer {
 public:
  explicit Writer(absl::Span<uint8_t> out) : out_(out) {}

  bool ok() const { return ok_; }
  // Bytes written so far.
  size_t size() const { return size_; }

  void WriteU8(uint8_t value) { WriteInteger(value); }
  void WriteU16(uint16_t value) { WriteInteger(value); }
  void WriteU32(uint32_t value) { WriteInteger(value); }
  void WriteU64(uint64_t value) { WriteInteger(value); }

  // `bytes` must not overlap the memory written to.
  void WriteBytes(absl::Span<const uint8_t> bytes) {
    // An empty view may have a null address, which memcpy does not allow.
    if (uint8_t* at = Advance(bytes.size()); at != nullptr && !bytes.empty()) {
      std::memcpy(at, bytes.data(), bytes.size());
    }
  }

  void WriteZeros(size_t count) {
    if (uint8_t* at = Advance(count); at != nullptr && count != 0) {
      std::memset(at, 0, count);
    }
  }

 private:
  // The place for the next `count` bytes, or null when they do not fit.
  uint8_t* Advance(size_t count) {
    if (!ok_ || count > out_.size() - size_) {
      ok_ = false;
      return nullptr;
    }
    uint8_t* at = out_.data() + size_;
    size_ += count;
    return at;
  }

  template <typename Integer>
  void WriteInteger(Integer value) {
    uint8_t bytes[sizeof(Integer)];
    for (size_t i = 0; i < sizeof(Integer); ++i) {
      bytes[i] = static_cast<uint8_t>(uint64_t{value} >> (8 * i));
    }
    WriteBytes(bytes);
  }

  absl::Span<uint8_t> out_;
  size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace sspilab::wire

#endif  // SSPILAB_CORE_WIRE_WRITER_H_
