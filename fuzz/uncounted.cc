#include "fuzz/uncounted.h"

#include <algorithm>
#include <cstddef>

#include "fuzz/state_feedback.h"

// The linker's names of the section, which is there if anything is
// instrumented. NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
[[gnu::weak,
  gnu::visibility("hidden")]] extern uint8_t __start___sancov_cntrs[];
[[gnu::weak, gnu::visibility("hidden")]] extern uint8_t __stop___sancov_cntrs[];
}

namespace sspilab::fuzz {

std::array<absl::Span<uint8_t>, 3> Uncounted::Counters() {
  return {absl::MakeSpan(__start___sancov_cntrs, __stop___sancov_cntrs),
          StateCounters(), SequenceCounters()};
}
// NOLINTEND(bugprone-reserved-identifier)

Uncounted::Uncounted() {
  const auto counters = Counters();
  for (size_t i = 0; i < counters.size(); ++i) {
    before_[i].assign(counters[i].begin(), counters[i].end());
  }
}

Uncounted::~Uncounted() {
  const auto counters = Counters();
  for (size_t i = 0; i < counters.size(); ++i) {
    std::copy(before_[i].begin(), before_[i].end(), counters[i].begin());
  }
}

}  // namespace sspilab::fuzz
