#include "sim/inbox.h"

namespace sspilab::sim {

void Inbox::Reset(WireForm form) {
  form_ = form;
  bytes_.clear();
  begin_ = 0;
  whole_.reset();
  broken_ = false;
}

void Inbox::Add(const Delivery& delivery) {
  // What was read is dropped here, so that payloads stay valid until now.
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<ptrdiff_t>(begin_));
  begin_ = 0;
  bytes_.insert(bytes_.end(), delivery.bytes.begin(), delivery.bytes.end());
  if (form_ == WireForm::kMessage) {
    whole_ = delivery.kind;
  }
}

std::optional<Inbox::Message> Inbox::Next() {
  const absl::Span<const uint8_t> unread =
      absl::MakeConstSpan(bytes_).subspan(begin_);
  if (form_ == WireForm::kMessage) {
    if (!whole_.has_value()) {
      return std::nullopt;
    }
    const Message message = {*whole_, unread};
    whole_.reset();
    begin_ = bytes_.size();
    return message;
  }

  if (broken_ || unread.size() < kStreamHeaderSize) {
    return std::nullopt;
  }
  const size_t size = size_t{unread[1]} | size_t{unread[2]} << 8 |
                      size_t{unread[3]} << 16 | size_t{unread[4]} << 24;
  if (unread[0] >= kMessageKindNames.size() || size > kMaxMessage) {
    broken_ = true;
    return std::nullopt;
  }
  if (unread.size() - kStreamHeaderSize < size) {
    return std::nullopt;
  }
  begin_ += kStreamHeaderSize + size;
  return Message{static_cast<MessageKind>(unread[0]),
                 unread.subspan(kStreamHeaderSize, size)};
}

}  // namespace sspilab::sim
