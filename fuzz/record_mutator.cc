#include "fuzz/record_mutator.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "fuzz/list_mutations.h"

namespace sspilab::fuzz {
namespace {

using sim::Record;
using sim::RecordField;
using sim::RecordFormat;
using sim::RecordInput;

constexpr unsigned kMostAtOnce = 4;

uint8_t Byte(Entropy& entropy) { return static_cast<uint8_t>(entropy.Next()); }

// Zero, which asks for nothing special, as often as all else.
Record AnyRecord(const RecordFormat& format, Entropy& entropy) {
  Record record(format.operation.size());
  record[0] = format.operation[0].Decode(Byte(entropy));
  for (size_t i = 1; i < record.size(); ++i) {
    if (entropy.Below(2) == 0) {
      record[i] = format.operation[i].Decode(Byte(entropy));
    }
  }
  return record;
}

// One byte: zero, any, one more or less, or another bit.
bool ChangeField(absl::Span<const RecordField> fields, Record& record,
                 Entropy& entropy) {
  const size_t at = entropy.Below(fields.size());
  unsigned byte = record[at];
  switch (entropy.Below(5)) {
    case 0:
      byte = 0;
      break;
    case 1:
      byte = Byte(entropy);
      break;
    case 2:
      ++byte;
      break;
    case 3:
      --byte;
      break;
    default:
      byte ^= 1u << entropy.Below(8);
  }
  const uint8_t before = record[at];
  record[at] = fields[at].Decode(static_cast<uint8_t>(byte));
  return record[at] != before;
}

size_t Write(const RecordInput& input, absl::Span<uint8_t> out) {
  const std::vector<uint8_t> encoded = input.Encode();
  const size_t size = std::min(encoded.size(), out.size());
  if (size != 0) std::memcpy(out.data(), encoded.data(), size);
  return size;
}

}  // namespace

bool Mutate(RecordMutation mutation, const RecordFormat& format,
            RecordInput& input, Entropy& entropy) {
  std::vector<Record>& operations = input.operations;
  switch (mutation) {
    case RecordMutation::kInsert:
      return InsertAnywhere(AnyRecord(format, entropy), format.most_operations,
                            operations, entropy);
    case RecordMutation::kRepeat:
      return RepeatOne(format.most_operations, operations, entropy);
    case RecordMutation::kSkip:
      return SkipOne(operations, entropy);
    case RecordMutation::kSwap:
      return SwapTwo(operations, entropy);
    case RecordMutation::kField:
      return !operations.empty() &&
             ChangeField(format.operation,
                         operations[entropy.Below(operations.size())], entropy);
    case RecordMutation::kSettings:
      return ChangeField(format.settings, input.settings, entropy);
  }
  return false;
}

size_t MutateRecords(const RecordFormat& format, uint8_t* data, size_t size,
                     size_t max_size, unsigned seed, MutateBytes bytes) {
  Entropy entropy(seed, 0);
  // Plain bytes now and then: nobody knows all that is worth trying.
  if (entropy.Below(16) == 0) return bytes(data, size, max_size);
  RecordInput input = RecordInput::Decode(format, {data, size});
  const uint64_t wanted = 1 + entropy.Below(kMostAtOnce);
  uint64_t done = 0;
  // Those with nothing to be done to are tried in vain.
  for (int tries = 0; done < wanted && tries < 32; ++tries) {
    // What a call is made with is worth as much as which calls there are.
    const auto mutation =
        entropy.Below(2) == 0
            ? RecordMutation::kField
            : static_cast<RecordMutation>(entropy.Below(kRecordMutations));
    if (Mutate(mutation, format, input, entropy)) ++done;
  }
  return Write(input, {data, max_size});
}

size_t CrossOverRecords(const RecordFormat& format,
                        absl::Span<const uint8_t> first,
                        absl::Span<const uint8_t> second,
                        absl::Span<uint8_t> out, unsigned seed) {
  Entropy entropy(seed, 1);
  RecordInput one = RecordInput::Decode(format, first);
  const RecordInput other = RecordInput::Decode(format, second);
  if (entropy.Below(4) == 0) one.settings = other.settings;
  SpliceWith(other.operations, format.most_operations, one.operations, entropy);
  return Write(one, out);
}

}  // namespace sspilab::fuzz
