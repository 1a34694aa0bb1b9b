#include "fuzz/record_mutator.h"

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "fuzz/list_mutations.h"
#include "fuzz/target_mutator.h"

namespace sspilab::fuzz {
namespace {

using sim::Record;
using sim::RecordField;
using sim::RecordFormat;
using sim::RecordInput;

// Zero, which asks for nothing special, as often as all else.
Record AnyRecord(const RecordFormat& format, Entropy& entropy) {
  Record record(format.operation.size());
  record[0] = format.operation[0].Decode(AnyByte(entropy));
  for (size_t i = 1; i < record.size(); ++i) {
    if (entropy.Below(2) == 0) {
      record[i] = format.operation[i].Decode(AnyByte(entropy));
    }
  }
  return record;
}

// One byte: zero, any, one more or less, or another bit.
bool ChangeField(absl::Span<const RecordField> fields, Record& record,
                 Entropy& entropy) {
  const size_t at = entropy.Below(fields.size());
  const uint8_t before = record[at];
  record[at] = fields[at].Decode(ChangedByte(before, /*choices=*/5, entropy));
  return record[at] != before;
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

size_t MutateInput(uint8_t* data, size_t size, size_t max_size, unsigned seed,
                   MutateBytes bytes) {
  const RecordFormat& format = FormatOfTarget();
  const auto mutate = [&format](RecordInput& input, Entropy& entropy) {
    // What a call is made with is worth as much as which calls there are.
    const auto mutation =
        entropy.Below(2) == 0
            ? RecordMutation::kField
            : static_cast<RecordMutation>(entropy.Below(kRecordMutations));
    return Mutate(mutation, format, input, entropy);
  };
  return MutateSome(RecordInput::Decode(format, {data, size}), mutate, data,
                    size, max_size, seed, bytes);
}

size_t CrossOver(absl::Span<const uint8_t> first,
                 absl::Span<const uint8_t> second, absl::Span<uint8_t> out,
                 unsigned seed) {
  const RecordFormat& format = FormatOfTarget();
  return CrossOverTwo(RecordInput::Decode(format, first),
                      RecordInput::Decode(format, second),
                      format.most_operations, out, seed);
}

}  // namespace sspilab::fuzz
