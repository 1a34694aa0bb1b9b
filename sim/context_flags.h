#ifndef SSPILAB_SIM_CONTEXT_FLAGS_H_
#define SSPILAB_SIM_CONTEXT_FLAGS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sim/caller.h"

namespace sspilab::sim {

// The flags of contexts by name: what is asked for (ISC_REQ_*, ASC_REQ_*) and
// what is granted (ISC_RET_*, ASC_RET_*). Names are without their prefix.

struct ContextFlag {
  uint32_t bit;
  std::string_view name;
};

absl::Span<const ContextFlag> RequestFlags(Side side);
absl::Span<const ContextFlag> GrantedFlags(Side side);

// "INTEGRITY CONFIDENTIALITY 0x80000000", lowest bit first; "none" for none.
std::string FlagsToText(absl::Span<const ContextFlag> names, uint32_t flags);

// Names separated by commas, or a number; with `prefix` or without, in any
// case. The error names the flag that is meant, or all of them; `what` is what
// they are, "client flag".
absl::StatusOr<uint32_t> ParseFlags(absl::Span<const ContextFlag> names,
                                    std::string_view prefix,
                                    std::string_view what,
                                    std::string_view text);
// The same of RequestFlags(side), with ISC_REQ_ or ASC_REQ_.
absl::StatusOr<uint32_t> ParseRequestFlags(Side side, std::string_view text);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_CONTEXT_FLAGS_H_
