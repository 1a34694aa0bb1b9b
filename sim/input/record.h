#ifndef SSPILAB_SIM_INPUT_RECORD_H_
#define SSPILAB_SIM_INPUT_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

// The inputs of fuzz targets whose operations all have the same fields, a byte
// each: api and sealing. A table says what the bytes are, for whoever decodes,
// mutates, reads or writes them.
namespace sspilab::sim {

// A byte of an input: a number; or in its upper bits one of a few choices, or
// some bits, and a number in the lower ones.
struct RecordField {
  const char* name;
  // Of the choices, or of the bits from the lowest on; none for a number.
  absl::Span<const std::string_view> names = {};
  bool is_bits = false;
  // How many of the lower bits are a number beside the names.
  int number_bits = 0;
  // How many values all mean the first choice.
  unsigned firsts = 1;

  // What the byte means, said the one way that Decode gives: choices are modulo
  // their number, bits without a name are zero.
  constexpr uint8_t Decode(uint8_t byte) const {
    if (names.empty()) return byte;
    unsigned upper = static_cast<unsigned>(byte) >> number_bits;
    if (is_bits) {
      upper &= (1u << names.size()) - 1;
    } else {
      upper %= static_cast<unsigned>(names.size()) + firsts - 1;
      if (upper < firsts) upper = 0;
    }
    return static_cast<uint8_t>(upper << number_bits |
                                (byte & ((1u << number_bits) - 1)));
  }
};

struct RecordFormat {
  // Whose inputs they are.
  std::string_view target;
  absl::Span<const RecordField> settings;
  // Of an operation. The first is its kind, a choice; the text has the second
  // one beside the kind's name.
  absl::Span<const RecordField> operation;
  // Bytes behind so many operations say nothing.
  size_t most_operations;
};

// Of the target; null where its inputs are others.
const RecordFormat* RecordFormatOf(std::string_view target);

// The bytes of the settings, or of an operation.
using Record = absl::InlinedVector<uint8_t, 16>;

// The struct that a format's fields are those of.
template <typename Struct>
Struct As(const Record& record) {
  static_assert(std::is_trivially_copyable_v<Struct> && alignof(Struct) == 1);
  Struct value = {};
  std::memcpy(&value, record.data(), sizeof(value));
  return value;
}

struct RecordInput {
  // As many bytes as the format has fields, here and in each operation.
  Record settings;
  std::vector<Record> operations;

  // Any bytes are an input: missing settings are zero, an operation that is not
  // whole is none.
  static RecordInput Decode(const RecordFormat& format,
                            absl::Span<const uint8_t> bytes);
  // Decode(Encode()) is this input again, if Decode gave or could give it.
  std::vector<uint8_t> Encode() const;

  friend bool operator==(const RecordInput&, const RecordInput&) = default;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INPUT_RECORD_H_
