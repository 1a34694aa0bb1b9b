#ifndef SSPILAB_SIM_TRACE_JSON_H_
#define SSPILAB_SIM_TRACE_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sim/trace.h"

namespace sspilab::sim {

// A trace as JSON Lines: first a header with the format's version and the
// scenario, then a line an event, in the order in which they happened. Bytes
// are hexadecimal, statuses have their names, text is UTF-8. A line's keys
// always stand in the same order, so equal runs are equal files.

inline constexpr int kTraceVersion = 1;

// InvalidArgument where a name is no well-formed UTF-16, which JSON cannot
// hold.
absl::StatusOr<std::string> TraceToJson(const Trace& trace);

// Strict: unknown keys, missing keys and wrong types are errors, which begin
// with "FILE:LINE:COLUMN: " or, for what is JSON but no trace, "FILE:LINE: ".
// In the scenario a key that is missing has its default, so that a header can
// be written by hand.
absl::StatusOr<Trace> TraceFromJson(std::string_view text,
                                    std::string_view file);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TRACE_JSON_H_
