#ifndef SSPILAB_FUZZ_RECORDS_H_
#define SSPILAB_FUZZ_RECORDS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

// TLS records as anyone can tell them apart (RFC 8446 5.1), to judge without
// the package's code what it says of them.
namespace sspilab::fuzz {

inline constexpr size_t kRecordHeader = 5;

// Of the record that `bytes` begin with, header included; at least the header
// must be there.
inline size_t RecordSize(absl::Span<const uint8_t> bytes) {
  return kRecordHeader + (size_t{bytes[3]} << 8 | bytes[4]);
}

// How many bytes must come for the first record to be whole: 0 where it is. As
// long as its header is not, those of the header.
inline size_t MissingFrom(absl::Span<const uint8_t> bytes) {
  if (bytes.size() < kRecordHeader) return kRecordHeader - bytes.size();
  const size_t size = RecordSize(bytes);
  return size > bytes.size() ? size - bytes.size() : 0;
}

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_RECORDS_H_
