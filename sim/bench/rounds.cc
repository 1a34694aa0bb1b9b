#include "sim/bench/rounds.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sspilab::sim {
namespace {

// The middle one of an odd number of values, the upper of two middle ones.
template <typename T, typename Less>
T Median(std::vector<T> values, Less less) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end(), less);
  return *middle;
}

}  // namespace

bool Rounds::ReportContext(const Context& context) {
  if (has_context_) return true;
  has_context_ = true;
  return ConsoleReporter::ReportContext(context);
}

void Rounds::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    const std::string name = run.run_name.function_name;
    if (run.error_occurred) {
      error_ = name + ": " + run.error_message;
      continue;
    }
    auto& rounds = runs_[name];
    if (rounds.empty()) names_.push_back(name);
    rounds.push_back(run);
  }
}

void Rounds::PrintTable() {
  std::vector<Run> medians;
  for (const std::string& name : names_) {
    medians.push_back(Median(*Find(name), [](const Run& a, const Run& b) {
      return a.GetAdjustedCPUTime() < b.GetAdjustedCPUTime();
    }));
  }
  ConsoleReporter::ReportRuns(medians);
}

const std::vector<benchmark::BenchmarkReporter::Run>* Rounds::Find(
    std::string_view name) const {
  const auto found = runs_.find(name);
  return found == runs_.end() ? nullptr : &found->second;
}

std::optional<double> Rounds::MedianRatio(std::string_view dividend,
                                          std::string_view divisor) const {
  const std::vector<Run>* above = Find(dividend);
  const std::vector<Run>* below = Find(divisor);
  if (above == nullptr || below == nullptr) return std::nullopt;
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(above->size(), below->size()); ++i) {
    ratios.push_back((*above)[i].GetAdjustedCPUTime() /
                     (*below)[i].GetAdjustedCPUTime());
  }
  return Median(ratios, std::less<>());
}

std::optional<double> Rounds::MedianCounter(std::string_view name,
                                            const std::string& counter) const {
  const std::vector<Run>* rounds = Find(name);
  if (rounds == nullptr) return std::nullopt;
  std::vector<double> values;
  for (const Run& run : *rounds) {
    const auto found = run.counters.find(counter);
    if (found == run.counters.end()) return std::nullopt;
    values.push_back(found->second.value);
  }
  return Median(values, std::less<>());
}

}  // namespace sspilab::sim
