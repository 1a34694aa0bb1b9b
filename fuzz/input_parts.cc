#include "fuzz/input_parts.h"

#include <algorithm>

namespace sspilab::fuzz {

using Bytes = absl::Span<const uint8_t>;

Bytes TakePart(Bytes* rest) {
  const auto end = std::search(
      rest->begin(), rest->end(), kNextPart.begin(), kNextPart.end(),
      [](uint8_t a, char b) { return a == static_cast<uint8_t>(b); });
  const Bytes part = rest->subspan(0, end - rest->begin());
  rest->remove_prefix(part.size());
  rest->remove_prefix(std::min(kNextPart.size(), rest->size()));
  return part;
}

}  // namespace sspilab::fuzz
