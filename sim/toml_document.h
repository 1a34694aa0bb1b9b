#ifndef SSPILAB_SIM_TOML_DOCUMENT_H_
#define SSPILAB_SIM_TOML_DOCUMENT_H_

#include <toml++/toml.h>

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"

namespace sspilab::sim {

// No scenario is larger, in bytes.
inline constexpr size_t kMaxTomlSize = size_t{1} << 16;
// No key has more dots.
inline constexpr int kMaxTomlDots = 16;

// Parses TOML. InvalidArgument begins with "FILE:LINE:COLUMN: ". Any bytes will
// do: what is larger than kMaxTomlSize or nests deeper than scenarios do is
// refused, since toml++ goes as deep into its stack as a document nests.
absl::StatusOr<toml::table> ParseToml(std::string_view text,
                                      std::string_view file);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TOML_DOCUMENT_H_
