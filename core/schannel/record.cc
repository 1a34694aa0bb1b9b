#include "core/schannel/record.h"

namespace sspilab::schannel {
namespace {

// 3 is the major version of all of SSL 3.0 and TLS, whose records keep it in
// their first byte of version for ever (RFC 8446 5.1 legacy_record_version).
constexpr uint8_t kMajorVersion = 3;

bool IsContentType(uint8_t type) {
  return type >= static_cast<uint8_t>(ContentType::kChangeCipherSpec) &&
         type <= static_cast<uint8_t>(ContentType::kApplicationData);
}

}  // namespace

Frame FrameRecord(absl::Span<const uint8_t> input) {
  if (input.size() < kRecordHeaderSize) {
    return {.framing = Framing::kIncomplete,
            .missing = kRecordHeaderSize - input.size()};
  }
  if (!IsContentType(input[0]) || input[1] != kMajorVersion) {
    return {.framing = Framing::kNotTls};
  }
  const size_t body = size_t{input[3]} << 8 | input[4];
  if (body > kMaxRecordBody) return {.framing = Framing::kTooLong};
  const size_t size = kRecordHeaderSize + body;
  if (input.size() < size) {
    return {.framing = Framing::kIncomplete, .missing = size - input.size()};
  }
  return {.framing = Framing::kWhole, .size = size};
}

}  // namespace sspilab::schannel
