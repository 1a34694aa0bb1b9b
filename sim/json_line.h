#ifndef SSPILAB_SIM_JSON_LINE_H_
#define SSPILAB_SIM_JSON_LINE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "sim/json_archive.h"

namespace sspilab::sim {

// One line of a file of JSON Lines. `place` is the file and the line's number,
// "seven.jsonl:3"; the error is InvalidArgument, and adds the column.
absl::StatusOr<Json> ParseJsonLine(std::string_view line,
                                   std::string_view place);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_JSON_LINE_H_
