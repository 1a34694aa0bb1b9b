#ifndef SSPILAB_FUZZ_UNCOUNTED_H_
#define SSPILAB_FUZZ_UNCOUNTED_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace sspilab::fuzz {

// While one of these lives, nothing counts as the run's coverage. For what is
// made once a process and kept: it would be in the coverage of whichever run
// comes first.
class Uncounted {
 public:
  Uncounted();
  Uncounted(const Uncounted&) = delete;
  Uncounted& operator=(const Uncounted&) = delete;
  ~Uncounted();

 private:
  // libFuzzer's counters of edges, where the program has them, and ours.
  static std::array<absl::Span<uint8_t>, 3> Counters();

  std::array<std::vector<uint8_t>, 3> before_;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_UNCOUNTED_H_
