#ifndef SSPILAB_FUZZ_ABLATIONS_H_
#define SSPILAB_FUZZ_ABLATIONS_H_

#include <cstdint>
#include <optional>
#include <string_view>

// What a fuzz target can be run without, so that its worth is seen:
//
//   X_bin --without=mutators,state,oracles [LIBFUZZER-ARG...]
//
// LLVMFuzzerInitialize, in ablations.cc, takes this off the command line.
namespace sspilab::fuzz {

enum class Part : uint8_t {
  // The project's own mutators and crossover; libFuzzer's on plain bytes
  // instead.
  kMutators,
  // (machine, state, event, status) as extra counters.
  kStateFeedback,
  // All rules; what is left are crashes and sanitizers' reports.
  kOracles,
};
inline constexpr int kParts = 3;

// Whether this process runs with it.
bool Has(Part part);

// The bits, 1 << Part, that `list` names: "mutators,state". Nothing where it
// names anything else.
std::optional<unsigned> ParseParts(std::string_view list);

// From now on without these, bits as ParseParts has them; 0 is with everything.
void RunWithout(unsigned parts);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_ABLATIONS_H_
