#ifndef SSPILAB_SIM_TOML_DOCUMENT_H_
#define SSPILAB_SIM_TOML_DOCUMENT_H_

#include <toml++/toml.h>

#include <string_view>

#include "absl/status/statusor.h"

namespace sspilab::sim {

// No key has more dots.
inline constexpr int kMaxTomlDots = 16;

// Parses TOML. InvalidArgument begins with "FILE:LINE:COLUMN: ". Any bytes will
// do: what nests deeper than scenarios do is refused before toml++ sees it,
// which goes as deep into its stack as a document nests; and so are a table
// without a name, and letters beyond ASCII where there may be none, of which
// toml++ 3.3 believes that they do not happen.
absl::StatusOr<toml::table> ParseToml(std::string_view text,
                                      std::string_view file);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TOML_DOCUMENT_H_
