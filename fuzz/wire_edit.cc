#include "fuzz/wire_edit.h"

#include <algorithm>
#include <cstring>

namespace sspilab::fuzz {

using Kind = sim::OperationKind;

void WireToken::Assign(absl::Span<const uint8_t> bytes) {
  size_ = std::min(bytes.size(), kCapacity);
  if (size_ != 0) std::memmove(bytes_.data(), bytes.data(), size_);
}

void WireToken::Insert(size_t at, size_t count) {
  count = std::min(count, kCapacity - size_);
  std::memmove(bytes_.data() + at + count, bytes_.data() + at, size_ - at);
  size_ += count;
}

void WireToken::Erase(size_t at, size_t count) {
  count = std::min(count, size_ - at);
  std::memmove(bytes_.data() + at, bytes_.data() + at + count,
               size_ - at - count);
  size_ -= count;
}

void WireToken::Edit(const sim::Operation& operation,
                     absl::Span<const WireToken> sent) {
  const size_t at = size_ == 0 ? 0 : operation.place % size_;
  const absl::Span<const uint8_t> other =
      sent.empty() ? bytes() : sent[operation.value % sent.size()].bytes();
  switch (operation.kind) {
    case Kind::kFlip:
      if (size_ != 0) bytes_[at] ^= operation.value;
      break;
    case Kind::kSet:
      if (size_ != 0) bytes_[at] = operation.value;
      break;
    case Kind::kAddToU16:
      if (at + 1 < size_) {
        const unsigned number =
            (bytes_[at] | bytes_[at + 1] << 8) +
            static_cast<unsigned>(static_cast<int8_t>(operation.value));
        bytes_[at] = static_cast<uint8_t>(number);
        bytes_[at + 1] = static_cast<uint8_t>(number >> 8);
      }
      break;
    case Kind::kTruncate:
      size_ = at;
      break;
    case Kind::kExtend: {
      const size_t end = size_;
      Insert(end, operation.value);
      std::fill(bytes_.begin() + end, bytes_.begin() + size_, uint8_t{0});
      break;
    }
    case Kind::kErase:
      Erase(at, operation.value);
      break;
    case Kind::kDuplicate:
      // Making room moves the bytes and leaves them where they were.
      Insert(at, std::min<size_t>(operation.value, size_ - at));
      break;
    case Kind::kReplace:
      Assign(other);
      break;
    case Kind::kSplice:
      if (at < other.size()) {
        size_ = other.size();
        std::memmove(bytes_.data() + at, other.data() + at, size_ - at);
      }
      break;
    case Kind::kDrop:
      size_ = 0;
      break;
    case Kind::kDeliver:
      Assign(operation.bytes);
      break;
    default:
      break;
  }
}

}  // namespace sspilab::fuzz
