#ifndef SSPILAB_SIM_TOML_DOCUMENT_H_
#define SSPILAB_SIM_TOML_DOCUMENT_H_

#include <toml++/toml.h>

#include <string_view>

#include "absl/status/statusor.h"

namespace sspilab::sim {

// No key has more dots.
inline constexpr int kMaxTomlDots = 16;

// Parses TOML. InvalidArgument begins with "FILE:LINE:COLUMN: ". Any bytes will
// do: what nests deeper than scenarios do is refused, since toml++ goes as deep
// into its stack as a document nests.
absl::StatusOr<toml::table> ParseToml(std::string_view text,
                                      std::string_view file);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TOML_DOCUMENT_H_
