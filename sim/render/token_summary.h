#ifndef SSPILAB_SIM_RENDER_TOKEN_SUMMARY_H_
#define SSPILAB_SIM_RENDER_TOKEN_SUMMARY_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace sspilab::sim {

// What one wants to know of a token at a glance.
struct TokenSummary {
  // "NEGOTIATE"; "token" for one that is not known.
  std::string name;
  // Label and value, in the order in which people think of them.
  std::vector<std::pair<std::string, std::string>> fields;
  // Why the token is malformed, or empty.
  std::string error;
};

TokenSummary SummarizeToken(absl::Span<const uint8_t> token);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_TOKEN_SUMMARY_H_
