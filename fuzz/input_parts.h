#ifndef SSPILAB_FUZZ_INPUT_PARTS_H_
#define SSPILAB_FUZZ_INPUT_PARTS_H_

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"

// Inputs that are settings and then parts of a message, each of which is
// encrypted or signed before the message is made.
namespace sspilab::fuzz {

// Stands between two parts.
inline constexpr std::string_view kNextPart = "\xF5next";

// Takes the first part off `rest`, and what stands between it and the next.
absl::Span<const uint8_t> TakePart(absl::Span<const uint8_t>* rest);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_INPUT_PARTS_H_
