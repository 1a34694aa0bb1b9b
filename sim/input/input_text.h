#ifndef SSPILAB_SIM_INPUT_INPUT_TEXT_H_
#define SSPILAB_SIM_INPUT_INPUT_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sim/input/input.h"
#include "sim/input/record.h"

// Inputs as text, to be read and written by people: JSON Lines, the settings
// by name on the first one and an operation on each of the others.
namespace sspilab::sim {

// Whether a fuzz target of this name takes such inputs: PACKAGE_WHAT,
// PACKAGE_WHAT_permissive, api or sealing. The error is InvalidArgument, and
// says what would be right.
absl::Status CheckInputTarget(std::string_view target);

// `target` is whose input it is, and stands on the first line.
absl::StatusOr<std::string> InputToText(const Input& input,
                                        std::string_view target);

// Errors are InvalidArgument and begin with `file` and the line. One of them is
// that the input is another target's.
absl::StatusOr<Input> InputFromText(std::string_view text,
                                    std::string_view file,
                                    std::string_view target);

// The same of inputs whose fields are a table.
absl::StatusOr<std::string> RecordsToText(const RecordInput& input,
                                          const RecordFormat& format);
absl::StatusOr<RecordInput> RecordsFromText(std::string_view text,
                                            std::string_view file,
                                            const RecordFormat& format);

// The same of the bytes that an input of `target` is, which CheckInputTarget
// must know.
absl::StatusOr<std::string> SeedToText(absl::Span<const uint8_t> seed,
                                       std::string_view target);
absl::StatusOr<std::vector<uint8_t>> SeedFromText(std::string_view text,
                                                  std::string_view file,
                                                  std::string_view target);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INPUT_INPUT_TEXT_H_
