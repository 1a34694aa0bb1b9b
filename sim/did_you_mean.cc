#include "sim/did_you_mean.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sspilab::sim {
namespace {

// Insertions, deletions and replacements that make `b` of `a` (Levenshtein).
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string_view NearestWord(std::string_view word,
                             absl::Span<const std::string_view> known) {
  std::string_view best;
  size_t best_distance = word.size();
  for (const std::string_view candidate : known) {
    const size_t distance = !word.empty() && absl::StartsWith(candidate, word)
                                ? 1
                                : Distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best_distance <= 1 + word.size() / 3 ? best : std::string_view();
}

std::string DidYouMean(std::string_view word,
                       absl::Span<const std::string_view> known) {
  if (const std::string_view nearest = NearestWord(word, known);
      !nearest.empty()) {
    return absl::StrCat("did you mean '", nearest, "'?");
  }
  return absl::StrCat("it is one of ", absl::StrJoin(known, ", "));
}

}  // namespace sspilab::sim
