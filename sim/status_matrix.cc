#include "sim/status_matrix.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/run_scenario.h"

namespace sspilab::sim {
namespace {

ScenarioStatuses Collect(const Scenario& scenario,
                         SecurityFunctionTableW* table) {
  const CallerOptions& client = scenario.exchange.client.caller;
  StatusWatch watch(table,
                    FindPackageByName(client.package).value_or(Package::kNtlm));
  const Outcome outcome = RunScenario(scenario, watch.table());
  return {.answered = watch.answered(),
          .calls = watch.calls(),
          .ok = outcome.ok,
          .impossible = outcome.impossible};
}

// Builds the matrix; see MakeStatusMatrix.
class Builder {
 public:
  Builder(absl::Span<const NamedScenario> scenarios,
          absl::Span<const ScenarioStatuses> statuses,
          absl::Span<const StatusGap> gaps)
      : scenarios_(scenarios), statuses_(statuses), gaps_(gaps) {}

  StatusMatrix Build(absl::Span<const DocumentedStatus> documented) {
    CheckAnswers();
    for (int call = 0; call < kCallCount; ++call) {
      for (const StatusInfo& status : AllStatuses()) {
        AddRow(static_cast<Call>(call), status);
      }
    }
    CheckGaps();
    CheckDocumented(documented);
    return std::move(matrix_);
  }

 private:
  void CheckAnswers();
  void AddRow(Call call, const StatusInfo& status);
  StatusCell CellOf(Call call, Package package, SECURITY_STATUS status);
  void CheckGaps();
  void CheckDocumented(absl::Span<const DocumentedStatus> documented);

  // The first scenario in which the package answered so.
  std::optional<size_t> Reaches(Call call, Package package,
                                SECURITY_STATUS status) const {
    for (size_t i = 0; i < statuses_.size(); ++i) {
      if (statuses_[i].answered.contains({call, package, status})) {
        return i;
      }
    }
    return std::nullopt;
  }

  void Report(std::optional<Package> package, std::string text) {
    matrix_.problems.push_back({package, std::move(text)});
  }

  // "SEC_E_OK from DeleteSecurityContext (NTLM)".
  static std::string Describe(Call call, Package package,
                              SECURITY_STATUS status) {
    return absl::StrCat(StatusName(status), " from ", CallName(call), " (",
                        PackageName(package), ")");
  }

  const absl::Span<const NamedScenario> scenarios_;
  const absl::Span<const ScenarioStatuses> statuses_;
  const absl::Span<const StatusGap> gaps_;
  StatusMatrix matrix_;
};

void Builder::CheckAnswers() {
  for (size_t i = 0; i < statuses_.size(); ++i) {
    const ScenarioStatuses& of = statuses_[i];
    const std::string& name = scenarios_[i].name;
    if (!of.impossible.empty()) {
      Report(std::nullopt,
             absl::StrCat(name, " cannot be run: ", of.impossible));
    }
    for (const auto& [call, package, status] : of.answered) {
      if (!MayReturn(call, package, status)) {
        Report(package,
               absl::StrCat(name, ": ", Describe(call, package, status),
                            " is not legal"));
      }
    }
  }
}

StatusCell Builder::CellOf(Call call, Package package, SECURITY_STATUS status) {
  if (!MayReturn(call, package, status)) {
    return {};
  }
  ++matrix_.cells;
  if (const auto scenario = Reaches(call, package, status)) {
    ++matrix_.cells_reached;
    return {.state = CellState::kReached, .scenario = *scenario};
  }
  for (const StatusGap& gap : gaps_) {
    if (gap.covers(call, package, status)) {
      return {.state = CellState::kExcused, .reason = gap.reason};
    }
  }
  Report(package,
         absl::StrCat("no scenario causes ", Describe(call, package, status),
                      ", and no reason is given"));
  return {.state = CellState::kMissing};
}

void Builder::AddRow(Call call, const StatusInfo& status) {
  StatusRow row{call, &status, {}};
  bool wanted = false;
  for (int i = 0; i < kPackageCount; ++i) {
    const auto package = static_cast<Package>(i);
    StatusCell& cell = row.cells.at(static_cast<size_t>(i));
    cell = CellOf(call, package, status.value);
    wanted = wanted || cell.state != CellState::kNotLegal;
  }
  if (wanted) {
    matrix_.rows.push_back(row);
  }
}

void Builder::CheckGaps() {
  for (const StatusGap& gap : gaps_) {
    for (const Call call : gap.calls) {
      for (const SECURITY_STATUS status : gap.statuses) {
        bool legal = false;
        for (int i = 0; i < kPackageCount; ++i) {
          const auto package = static_cast<Package>(i);
          if (!gap.covers(call, package, status) ||
              !MayReturn(call, package, status)) {
            continue;
          }
          legal = true;
          if (const auto scenario = Reaches(call, package, status)) {
            Report(package, absl::StrCat("stale reason \"", gap.reason, "\": ",
                                         scenarios_[*scenario].name, " causes ",
                                         Describe(call, package, status)));
          }
        }
        if (!legal) {
          Report(std::nullopt,
                 absl::StrCat("idle reason \"", gap.reason, "\": ",
                              StatusName(status), " from ", CallName(call),
                              " is legal for none of its packages"));
        }
      }
    }
  }
}

void Builder::CheckDocumented(absl::Span<const DocumentedStatus> documented) {
  for (const DocumentedStatus& of : documented) {
    ++matrix_.documented;
    if (Reaches(of.call, of.package, of.status).has_value()) {
      ++matrix_.documented_reached;
    } else {
      Report(of.package, absl::StrCat("documented, and no scenario causes it: ",
                                      Describe(of.call, of.package, of.status),
                                      " (\"", of.source, "\")"));
    }
  }
}

// How well a call shows a status: a handshake is what people look at first,
// then messages.
int RankOf(Call call) {
  switch (call) {
    case Call::kInitializeSecurityContext:
    case Call::kAcceptSecurityContext:
      return 0;
    case Call::kMakeSignature:
    case Call::kVerifySignature:
    case Call::kEncryptMessage:
    case Call::kDecryptMessage:
      return 1;
    default:
      return 2;
  }
}

}  // namespace

std::vector<ScenarioStatuses> CollectStatuses(
    absl::Span<const NamedScenario> scenarios, SecurityFunctionTableW* table,
    int threads, const std::function<void(size_t)>& progress) {
  std::vector<ScenarioStatuses> statuses(scenarios.size());
  std::atomic<size_t> next{0};
  const auto work = [&](bool tells) {
    for (size_t i = next++; i < scenarios.size(); i = next++) {
      statuses[i] = Collect(scenarios[i].scenario, table);
      if (tells && progress != nullptr) {
        progress(i + 1);
      }
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) {
    others.emplace_back([&] { work(false); });
  }
  work(true);
  for (std::thread& other : others) {
    other.join();
  }
  return statuses;
}

StatusMatrix MakeStatusMatrix(absl::Span<const NamedScenario> scenarios,
                              absl::Span<const ScenarioStatuses> statuses,
                              absl::Span<const StatusGap> gaps,
                              absl::Span<const DocumentedStatus> documented) {
  return Builder(scenarios, statuses, gaps).Build(documented);
}

std::vector<StatusWitness> WitnessesOf(
    SECURITY_STATUS status, absl::Span<const ScenarioStatuses> statuses) {
  std::vector<StatusWitness> witnesses;
  for (size_t i = 0; i < statuses.size(); ++i) {
    for (const auto& [call, package, answered] : statuses[i].answered) {
      if (answered == status) {
        witnesses.push_back({i, call, package});
      }
    }
  }
  const auto order = [&](const StatusWitness& witness) {
    const ScenarioStatuses& of = statuses[witness.scenario];
    return std::tuple(RankOf(witness.call), status == SEC_E_OK && !of.ok,
                      of.calls, witness.scenario, witness.call,
                      witness.package);
  };
  std::sort(witnesses.begin(), witnesses.end(),
            [&](const StatusWitness& a, const StatusWitness& b) {
              return order(a) < order(b);
            });
  return witnesses;
}

}  // namespace sspilab::sim
