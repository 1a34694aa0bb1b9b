// What is said of the record that any bytes begin with is what RFC 8446 5.1
// says.

#include "absl/types/span.h"
#include "core/schannel/record.h"
#include "fuzz/records.h"
#include "fuzz/rules.h"

namespace sspilab::fuzz {
namespace {

using schannel::Frame;
using schannel::FrameRecord;
using schannel::Framing;

void Judge(absl::Span<const uint8_t> input) {
  const Frame frame = FrameRecord(input);
  switch (frame.framing) {
    case Framing::kWhole:
      if (MissingFrom(input) != 0 || frame.size != RecordSize(input)) {
        Fail(Rule::kExtraIsExact, "a record of another size");
      }
      break;
    case Framing::kIncomplete:
      if (frame.missing != MissingFrom(input) || frame.missing == 0) {
        Fail(Rule::kMissingIsRight, "another number of bytes");
      }
      break;
    case Framing::kTooLong:
      // RFC 5246 6.2.3: up to 2048 bytes more than the text.
      if (RecordSize(input) <= kRecordHeader + 16384 + 2048) {
        Fail(Rule::kMissingIsRight, "too long, and it is not");
      }
      break;
    case Framing::kNotTls:
      // Types 20 to 24, versions 3.x.
      if (input.size() >= kRecordHeader && input[0] >= 20 && input[0] <= 23 &&
          input[1] == 3 && input[2] <= 4) {
        Fail(Rule::kMissingIsRight, "TLS, and it is not");
      }
      break;
  }
}

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::Span<const uint8_t> input(data, size);
  // As it comes, byte by byte; then all of it.
  for (size_t have = 0; have < size && have < 8; ++have) {
    sspilab::fuzz::Judge(input.subspan(0, have));
  }
  sspilab::fuzz::Judge(input);
  return 0;
}
