#ifndef SSPILAB_CORE_WIRE_READER_H_
#define SSPILAB_CORE_WIRE_READER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"

namespace sspilab::wire {

// Reads little-endian values from bytes that it does not own and that must
// outlive it. The bytes need no alignment.
//
// Contract: no call reads past the end. Each read says whether it succeeded;
// after one that failed, its output and the cursor mean nothing: give up on the
// bytes.
class Reader {
 public:
  explicit Reader(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  // How far the cursor is from the first byte, and from the end.
  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }

  // Moves the cursor to `position`, counted from the first byte; the end itself
  // is a legal place.
  [[nodiscard]] bool Seek(size_t position) {
    if (position > bytes_.size()) {
      return false;
    }
    position_ = position;
    return true;
  }

  [[nodiscard]] bool Skip(size_t count) {
    if (count > remaining()) {
      return false;
    }
    position_ += count;
    return true;
  }

  [[nodiscard]] bool ReadU8(uint8_t* value) { return ReadInteger(value); }
  [[nodiscard]] bool ReadU16(uint16_t* value) { return ReadInteger(value); }
  [[nodiscard]] bool ReadU32(uint32_t* value) { return ReadInteger(value); }
  [[nodiscard]] bool ReadU64(uint64_t* value) { return ReadInteger(value); }

  // A view of the next `count` bytes; nothing is copied.
  [[nodiscard]] bool ReadBytes(size_t count, absl::Span<const uint8_t>* view) {
    if (count > remaining()) {
      return false;
    }
    *view = bytes_.subspan(position_, count);
    position_ += count;
    return true;
  }

  // Copies the next out.size() bytes.
  [[nodiscard]] bool CopyBytes(absl::Span<uint8_t> out) {
    if (out.size() > remaining()) {
      return false;
    }
    if (!out.empty()) {
      std::memcpy(out.data(), bytes_.data() + position_, out.size());
    }
    position_ += out.size();
    return true;
  }

 private:
  template <typename Integer>
  bool ReadInteger(Integer* value) {
    if (sizeof(Integer) > remaining()) {
      return false;
    }
    // Loaded as a whole: byte by byte, sanitizers check each of them.
    std::array<uint8_t, sizeof(Integer)> bytes;
    std::memcpy(bytes.data(), bytes_.data() + position_, sizeof(Integer));
    uint64_t result = 0;
    for (size_t i = 0; i < sizeof(Integer); ++i) {
      result |= uint64_t{bytes[i]} << (8 * i);
    }
    *value = static_cast<Integer>(result);
    position_ += sizeof(Integer);
    return true;
  }

  absl::Span<const uint8_t> bytes_;
  size_t position_ = 0;
};

}  // namespace sspilab::wire

#endif  // SSPILAB_CORE_WIRE_READER_H_
