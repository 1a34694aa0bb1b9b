#include "fuzz/wire_edit.h"

#include <algorithm>
#include <cstring>

namespace sspilab::fuzz {

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

void WireToken::Edit(const Step& step, absl::Span<const WireToken> sent) {
  const size_t at = size_ == 0 ? 0 : step.place() % size_;
  const absl::Span<const uint8_t> other =
      sent.empty() ? bytes() : sent[step.value % sent.size()].bytes();
  switch (static_cast<WireEdit>(step.what % kWireEdits)) {
    case WireEdit::kFlip:
      if (size_ != 0) bytes_[at] ^= step.value;
      break;
    case WireEdit::kSet:
      if (size_ != 0) bytes_[at] = step.value;
      break;
    case WireEdit::kAddToU16:
      if (at + 1 < size_) {
        const unsigned number =
            (bytes_[at] | bytes_[at + 1] << 8) +
            static_cast<unsigned>(static_cast<int8_t>(step.value));
        bytes_[at] = static_cast<uint8_t>(number);
        bytes_[at + 1] = static_cast<uint8_t>(number >> 8);
      }
      break;
    case WireEdit::kTruncate:
      size_ = at;
      break;
    case WireEdit::kExtend: {
      const size_t end = size_;
      Insert(end, step.value);
      std::fill(bytes_.begin() + end, bytes_.begin() + size_, uint8_t{0});
      break;
    }
    case WireEdit::kErase:
      Erase(at, step.value);
      break;
    case WireEdit::kDuplicate:
      // Making room moves the bytes and leaves them where they were.
      Insert(at, std::min<size_t>(step.value, size_ - at));
      break;
    case WireEdit::kReplace:
      Assign(other);
      break;
    case WireEdit::kSplice:
      if (at < other.size()) {
        size_ = other.size();
        std::memmove(bytes_.data() + at, other.data() + at, size_ - at);
      }
      break;
    case WireEdit::kDrop:
      size_ = 0;
      break;
  }
}

}  // namespace sspilab::fuzz
