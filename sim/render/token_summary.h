#ifndef SSPILAB_SIM_RENDER_TOKEN_SUMMARY_H_
#define SSPILAB_SIM_RENDER_TOKEN_SUMMARY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/world.h"
#include "sim/render/field_tree.h"

namespace sspilab::sim {

// A line about a token: what is in it, and how deep inside.
struct SummaryLine {
  size_t depth = 0;
  std::string label;
  std::string value;

  friend bool operator==(const SummaryLine&, const SummaryLine&) = default;
};

// What one wants to know of a token at a glance.
struct TokenSummary {
  // "NEGOTIATE", "ServerHello, ChangeCipherSpec, ApplicationData"; "token" for
  // one that is not known.
  std::string name;
  // In the order in which people think of them; a message inside has a line of
  // its own with its name, and its fields below that.
  std::vector<SummaryLine> lines;
  // Why the token is malformed, or empty.
  std::string error;
};

TokenSummary SummarizeToken(absl::Span<const uint8_t> token);

// The same of what a token holds encrypted, its name the first line.
TokenSummary SummarizeInner(InnerMessage kind,
                            absl::Span<const uint8_t> message);
TokenSummary SummarizePart(FieldTree tree);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_TOKEN_SUMMARY_H_
