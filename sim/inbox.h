#ifndef SSPILAB_SIM_INBOX_H_
#define SSPILAB_SIM_INBOX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "sim/wire.h"

namespace sspilab::sim {

// The reader's end of a line: makes messages of what arrives. In message form
// each delivery is one; in stream form they are cut out of the bytes by their
// headers, wherever the pieces begin and end.
class Inbox {
 public:
  // More than this in one message is taken for a broken header, not waited for.
  static constexpr size_t kMaxMessage = size_t{1} << 20;

  struct Message {
    MessageKind kind = MessageKind::kToken;
    // Valid until the next Add or Reset.
    absl::Span<const uint8_t> payload;
  };

  void Reset(WireForm form);
  void Add(const Delivery& delivery);

  // The next whole message, or nothing yet.
  [[nodiscard]] std::optional<Message> Next();

  // The stream makes no sense: an unknown kind or an absurd length. Nothing
  // more will come.
  bool broken() const { return broken_; }
  // The bytes of a message that is not whole yet.
  size_t unread() const { return bytes_.size() - begin_; }

 private:
  WireForm form_ = WireForm::kMessage;
  std::vector<uint8_t> bytes_;
  size_t begin_ = 0;
  // Message form: what the delivery's kind is, until it is read.
  std::optional<MessageKind> whole_;
  bool broken_ = false;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INBOX_H_
