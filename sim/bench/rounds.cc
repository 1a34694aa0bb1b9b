#include "sim/bench/rounds.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sspilab::sim {

bool Rounds::ReportContext(const Context& context) {
  if (has_context_) return true;
  has_context_ = true;
  return ConsoleReporter::ReportContext(context);
}

void Rounds::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    const std::string& name = run.run_name.function_name;
    if (run.error_occurred) {
      error_ = name + ": " + run.error_message;
      continue;
    }
    const auto [place, is_new] = fastest_.emplace(name, run);
    if (is_new) {
      names_.push_back(name);
    } else if (run.GetAdjustedCPUTime() < place->second.GetAdjustedCPUTime()) {
      place->second = run;
    }
  }
}

void Rounds::PrintTable() {
  std::vector<Run> runs;
  for (const std::string& name : names_) runs.push_back(*Find(name));
  ConsoleReporter::ReportRuns(runs);
}

const benchmark::BenchmarkReporter::Run* Rounds::Find(
    std::string_view name) const {
  const auto found = fastest_.find(name);
  return found == fastest_.end() ? nullptr : &found->second;
}

std::optional<double> Rounds::Ratio(std::string_view dividend,
                                    std::string_view divisor) const {
  const Run* above = Find(dividend);
  const Run* below = Find(divisor);
  if (above == nullptr || below == nullptr) return std::nullopt;
  return above->GetAdjustedCPUTime() / below->GetAdjustedCPUTime();
}

std::optional<double> Rounds::ExtraMicroseconds(
    std::string_view longer, std::string_view shorter) const {
  const Run* more = Find(longer);
  const Run* less = Find(shorter);
  if (more == nullptr || less == nullptr) return std::nullopt;
  const double seconds =
      (more->GetAdjustedCPUTime() - less->GetAdjustedCPUTime()) /
      benchmark::GetTimeUnitMultiplier(more->time_unit);
  return seconds * 1e6;
}

std::optional<double> Rounds::Counter(std::string_view name,
                                      const std::string& counter) const {
  const Run* run = Find(name);
  if (run == nullptr) return std::nullopt;
  const auto found = run->counters.find(counter);
  if (found == run->counters.end()) return std::nullopt;
  return found->second.value;
}

}  // namespace sspilab::sim
