#ifndef SSPILAB_CORE_WIRE_PAYLOAD_FIELD_H_
#define SSPILAB_CORE_WIRE_PAYLOAD_FIELD_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/types/span.h"
#include "core/wire/reader.h"
#include "core/wire/writer.h"

namespace sspilab::wire {

// The eight bytes by which an NTLM header points into the payload of its own
// message (the "...Fields" of MS-NLMP 2.2.1).
struct PayloadField {
  static constexpr size_t kSize = 8;

  uint16_t length = 0;      // bytes
  uint16_t max_length = 0;  // bytes; senders repeat `length`, receivers ignore
  uint32_t offset = 0;      // bytes from the start of the message

  // The offset just after what the field points at. Cannot overflow.
  uint64_t end() const { return uint64_t{offset} + length; }

  [[nodiscard]] bool ReadFrom(Reader* reader) {
    return reader->ReadU16(&length) && reader->ReadU16(&max_length) &&
           reader->ReadU32(&offset);
  }

  void WriteTo(Writer* writer) const {
    writer->WriteU16(length);
    writer->WriteU16(max_length);
    writer->WriteU32(offset);
  }

  // What the field points at in `message`; nothing when that is not wholly
  // inside. A field of length 0 points at nothing, whatever its offset
  // (MS-NLMP: receivers ignore it), and is an empty view.
  std::optional<absl::Span<const uint8_t>> Resolve(
      absl::Span<const uint8_t> message) const {
    if (length == 0) {
      return absl::Span<const uint8_t>();
    }
    if (end() > message.size()) {
      return std::nullopt;
    }
    return message.subspan(offset, length);
  }
};

}  // namespace sspilab::wire

#endif  // SSPILAB_CORE_WIRE_PAYLOAD_FIELD_H_
