#ifndef SSPILAB_SIM_INPUT_INPUT_H_
#define SSPILAB_SIM_INPUT_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "sim/input/operation.h"
#include "sim/input/settings.h"

namespace sspilab::sim {

// The input of a fuzz target that runs contexts: what both Worlds and callers
// are like, and what happens then, in order.
//
//   Settings    27 bytes; what is missing is zero
//   operations  kind, target, place (two bytes, little-endian), value; where
//               the kind has bytes of its own, their number (two bytes,
//               little-endian) and they
struct Input {
  // Bytes behind so many operations say nothing: a run has its limits.
  static constexpr size_t kMostOperations = 32;
  // One without bytes of its own.
  static constexpr size_t kOperationSize = 5;

  Settings settings = {};
  std::vector<Operation> operations = {};

  // Any bytes are an input: kinds are modulo their number, sides modulo two,
  // and bytes that are not there are not there. An operation whose first
  // kOperationSize bytes are not whole is none.
  static Input Decode(absl::Span<const uint8_t> bytes);
  // Decode(Encode()) is this input again, if it has at most kMostOperations and
  // is itself one that Decode gave or could give.
  std::vector<uint8_t> Encode() const;

  friend bool operator==(const Input&, const Input&) = default;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INPUT_INPUT_H_
