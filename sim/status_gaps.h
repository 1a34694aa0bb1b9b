#ifndef SSPILAB_SIM_STATUS_GAPS_H_
#define SSPILAB_SIM_STATUS_GAPS_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "absl/types/span.h"
#include "core/sspi_status.h"
#include "core/status.h"

namespace sspilab::sim {

// Why no scenario makes these packages return any of these statuses from any of
// these calls, although core's table says that they may.
struct StatusGap {
  std::initializer_list<Call> calls;
  uint8_t packages;  // bit n for Package{n}
  std::initializer_list<SECURITY_STATUS> statuses;
  // Half a sentence.
  std::string_view reason;

  bool covers(Call call, Package package, SECURITY_STATUS status) const;
};

// A gap that a scenario reaches, or that covers what core's table does not have
// anyway, is a mistake that `sspilab statuses` reports.
absl::Span<const StatusGap> StatusGaps();

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_STATUS_GAPS_H_
