#ifndef SSPILAB_CORE_SCHANNEL_RECORD_H_
#define SSPILAB_CORE_SCHANNEL_RECORD_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::schannel {

// TLS records as they lie on the wire (RFC 8446 5.1, RFC 5246 6.2):
//   type : 8 | version : 16 | length : 16 | length bytes
inline constexpr size_t kRecordHeaderSize = 5;
// Longest plaintext of one record.
inline constexpr size_t kMaxPlaintext = 16384;
// Longest body of one record: TLS 1.2 allows 2048 bytes more than the
// plaintext, TLS 1.3 256.
inline constexpr size_t kMaxRecordBody = kMaxPlaintext + 2048;

enum class ContentType : uint8_t {
  kChangeCipherSpec = 20,
  kAlert = 21,
  kHandshake = 22,
  kApplicationData = 23,
};

enum class Framing : uint8_t {
  kWhole,
  kIncomplete,
  // The first five bytes begin no TLS record.
  kNotTls,
  // They do, but of one longer than any may be.
  kTooLong,
};

// What `input` begins with.
struct Frame {
  Framing framing;
  // kWhole: bytes of the record, header included.
  size_t size = 0;
  // kIncomplete: bytes that are needed before more can be said.
  size_t missing = 0;
};

// Looks at five bytes at most, however long `input` is.
[[nodiscard]] Frame FrameRecord(absl::Span<const uint8_t> input);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_RECORD_H_
