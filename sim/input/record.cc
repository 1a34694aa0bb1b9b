#include "sim/input/record.h"

#include <algorithm>

#include "sim/input/api_operation.h"
#include "sim/input/sealing_operation.h"

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

// Missing bytes are zero.
Record Take(absl::Span<const RecordField> fields, Bytes* rest) {
  Record record(fields.size());
  const size_t size = std::min(fields.size(), rest->size());
  for (size_t i = 0; i < size; ++i) record[i] = fields[i].Decode((*rest)[i]);
  rest->remove_prefix(size);
  return record;
}

}  // namespace

const RecordFormat* RecordFormatOf(std::string_view target) {
  for (const RecordFormat* format : {&kApiFormat, &kSealingFormat}) {
    if (format->target == target) return format;
  }
  return nullptr;
}

RecordInput RecordInput::Decode(const RecordFormat& format, Bytes bytes) {
  RecordInput input = {.settings = Take(format.settings, &bytes)};
  const size_t count =
      std::min(bytes.size() / format.operation.size(), format.most_operations);
  input.operations.reserve(count);
  while (input.operations.size() < count) {
    input.operations.push_back(Take(format.operation, &bytes));
  }
  return input;
}

std::vector<uint8_t> RecordInput::Encode() const {
  std::vector<uint8_t> bytes(settings.begin(), settings.end());
  for (const Record& operation : operations) {
    bytes.insert(bytes.end(), operation.begin(), operation.end());
  }
  return bytes;
}

}  // namespace sspilab::sim
