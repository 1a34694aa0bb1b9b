#ifndef SSPILAB_SIM_STATUS_ADVICE_H_
#define SSPILAB_SIM_STATUS_ADVICE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi_status.h"
#include "core/status.h"
#include "sim/rules.h"

namespace sspilab::sim {

// What a caller must do when a call returns a status. The data are in
// status_advice_table.h.
struct StatusAdvice {
  SECURITY_STATUS status;
  // After these calls, bit n for Call{n}, unless a row before is about them.
  uint32_t calls;
  // Of these packages, bit n for Package{n}.
  uint8_t packages;
  // Whether the call has failed for good: then what FailureAdviceFor says must
  // be done too.
  bool failed;
  // Sentences, in the imperative.
  std::string_view text;
  // The page or section, as in rules.cc.
  std::string_view source;
  // What a caller breaks who does not: bit n for RuleId{n}.
  uint64_t rules = 0;

  constexpr bool covers(Call call, Package package) const {
    return (calls >> static_cast<int>(call) & 1) != 0 &&
           (packages >> static_cast<int>(package) & 1) != 0;
  }
};

// What every failure of some calls wants.
struct FailureAdvice {
  uint32_t calls;
  std::string_view text;
  std::string_view source;
  uint64_t rules = 0;
};

absl::Span<const StatusAdvice> AllStatusAdvice();

// Null where no advice is given: core's table does not have the status for that
// call and package.
[[nodiscard]] const StatusAdvice* AdviceFor(Call call, Package package,
                                            SECURITY_STATUS status);
// All about one status, in the table's order.
std::vector<const StatusAdvice*> AdviceOn(SECURITY_STATUS status);

// Null for a call after whose failure there is nothing to clear away.
[[nodiscard]] const FailureAdvice* FailureAdviceFor(Call call);

// The rules of a set as above.
std::vector<const Rule*> RulesIn(uint64_t rules);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_STATUS_ADVICE_H_
