#include "fuzz/ablations.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace sspilab::fuzz {
namespace {

constexpr std::array<std::string_view, kParts> kNames = {"mutators", "state",
                                                         "oracles"};
constexpr std::string_view kFlag = "--without=";

unsigned left_out = 0;

}  // namespace

bool Has(Part part) {
  return (left_out >> static_cast<unsigned>(part) & 1) == 0;
}

std::optional<unsigned> ParseParts(std::string_view list) {
  unsigned parts = 0;
  for (const std::string_view name : absl::StrSplit(list, ',')) {
    const auto* const found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) return std::nullopt;
    parts |= 1u << (found - kNames.begin());
  }
  return parts;
}

void RunWithout(unsigned parts) { left_out = parts; }

}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  using namespace sspilab::fuzz;
  char** const end = *argv + *argc;
  const auto is_ours = [](std::string_view word) {
    return absl::StartsWith(word, kFlag);
  };
  for (char** word = *argv; word != end; ++word) {
    if (!is_ours(*word)) continue;
    const auto parts = ParseParts(std::string_view(*word).substr(kFlag.size()));
    if (!parts.has_value()) {
      std::fprintf(stderr,
                   "fuzz: %s: --without takes a list of mutators, state, "
                   "oracles\n",
                   *word);
      std::exit(2);
    }
    RunWithout(*parts);
  }
  char** const kept = std::remove_if(*argv, end, is_ours);
  // As main() has it: a null behind the last.
  if (kept != end) *kept = nullptr;
  *argc = static_cast<int>(kept - *argv);
  return 0;
}
