#include "sim/status_advice.h"

#include "sim/status_advice_table.h"

namespace sspilab::sim {
static_assert(kCallCount <= 32 && kRuleCount <= 64);

absl::Span<const StatusAdvice> AllStatusAdvice() { return advice::kRows; }

const StatusAdvice* AdviceFor(Call call, Package package,
                              SECURITY_STATUS status) {
  for (const StatusAdvice& advice : advice::kRows) {
    if (advice.status == status && advice.covers(call, package)) {
      return &advice;
    }
  }
  return nullptr;
}

std::vector<const StatusAdvice*> AdviceOn(SECURITY_STATUS status) {
  std::vector<const StatusAdvice*> rows;
  for (const StatusAdvice& advice : advice::kRows) {
    if (advice.status == status) {
      rows.push_back(&advice);
    }
  }
  return rows;
}

const FailureAdvice* FailureAdviceFor(Call call) {
  for (const FailureAdvice& advice : advice::kFailures) {
    if ((advice.calls >> static_cast<int>(call) & 1) != 0) {
      return &advice;
    }
  }
  return nullptr;
}

std::vector<const Rule*> RulesIn(uint64_t rules) {
  std::vector<const Rule*> found;
  for (const Rule& rule : Rules()) {
    if ((rules >> static_cast<int>(rule.id) & 1) != 0) {
      found.push_back(&rule);
    }
  }
  return found;
}

}  // namespace sspilab::sim
