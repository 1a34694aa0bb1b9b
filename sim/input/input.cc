#include "sim/input/input.h"

#include <algorithm>

namespace sspilab::sim {
namespace {

using Bytes = absl::Span<const uint8_t>;

uint16_t TakeU16(Bytes* rest) {
  if (rest->size() < 2) {
    *rest = {};
    return 0;
  }
  const auto number = static_cast<uint16_t>((*rest)[0] | (*rest)[1] << 8);
  rest->remove_prefix(2);
  return number;
}

void AppendU16(size_t number, std::vector<uint8_t>& bytes) {
  bytes.push_back(static_cast<uint8_t>(number));
  bytes.push_back(static_cast<uint8_t>(number >> 8));
}

Operation TakeOperation(Bytes* rest) {
  Operation operation;
  operation.kind = static_cast<OperationKind>((*rest)[0] % kOperationKinds);
  operation.target = (*rest)[1];
  if (!IsOfToken(operation.kind)) operation.target %= 2;
  rest->remove_prefix(2);
  operation.place = TakeU16(rest);
  operation.value = rest->front();
  rest->remove_prefix(1);
  if (HasBytes(operation.kind)) {
    // Before the rest's size is asked for, which it changes.
    const size_t said = TakeU16(rest);
    const size_t size = std::min(said, rest->size());
    operation.bytes.assign(rest->begin(), rest->begin() + size);
    rest->remove_prefix(size);
  }
  return operation;
}

}  // namespace

Input Input::Decode(Bytes bytes) {
  Input input;
  input.settings = Settings::TakeFrom(&bytes);
  input.operations.reserve(
      std::min(bytes.size() / kOperationSize, kMostOperations));
  while (bytes.size() >= kOperationSize &&
         input.operations.size() < kMostOperations) {
    input.operations.push_back(TakeOperation(&bytes));
  }
  return input;
}

std::vector<uint8_t> Input::Encode() const {
  std::vector<uint8_t> bytes(settings.bytes().begin(), settings.bytes().end());
  for (const Operation& operation : operations) {
    bytes.push_back(static_cast<uint8_t>(operation.kind));
    bytes.push_back(operation.target);
    AppendU16(operation.place, bytes);
    bytes.push_back(operation.value);
    if (!HasBytes(operation.kind)) continue;
    const size_t size = std::min(operation.bytes.size(), Operation::kMostBytes);
    AppendU16(size, bytes);
    bytes.insert(bytes.end(), operation.bytes.begin(),
                 operation.bytes.begin() + static_cast<ptrdiff_t>(size));
  }
  return bytes;
}

}  // namespace sspilab::sim
