#ifndef SSPILAB_SIM_FIELD_PLACES_H_
#define SSPILAB_SIM_FIELD_PLACES_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "sim/wire.h"

namespace sspilab::sim {

// A FieldFinder for the tokens that `sspilab decode` takes apart, by the names
// that it prints: "CHALLENGE.TargetInfo.MsvAvTimestamp".
std::optional<FieldPlace> FindFieldPlace(absl::Span<const uint8_t> token,
                                         std::string_view path);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_FIELD_PLACES_H_
