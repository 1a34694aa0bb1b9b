#include "sim/testing.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "sim/loop_run.h"

// AddressSanitizer's, where the program is built with it.
extern "C" void __sanitizer_set_death_callback(void (*callback)())
    __attribute__((weak));

namespace sspilab::sim {
namespace {

constexpr std::string_view kPointOption = "--sspilab_point=";
// A run takes microseconds.
constexpr unsigned kSecondsForARun = 20;

// The value of the option on the program's command line, however its main
// treats options that it does not know.
std::optional<std::string> PointOfCommandLine() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string argument;
  while (std::getline(file, argument, '\0')) {
    std::string_view rest = argument;
    if (absl::ConsumePrefix(&rest, kPointOption)) {
      return std::string(rest);
    }
  }
  return std::nullopt;
}

std::string Program() {
  std::array<char, 4096> path = {};
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size() - 1);
  return size > 0 ? std::string(path.data(), static_cast<size_t>(size))
                  : std::string("the test");
}

std::string ReplayLine(std::string_view point) {
  const ::testing::TestInfo* test =
      ::testing::UnitTest::GetInstance()->current_test_info();
  std::string line = Program();
  if (test != nullptr) {
    const std::string_view name = test->name();
    absl::StrAppend(&line,
                    absl::StartsWith(name, "DISABLED_")
                        ? " --gtest_also_run_disabled_tests"
                        : "",
                    " --gtest_filter=", test->test_suite_name(), ".", name);
  }
  return absl::StrCat(line, " ", kPointOption, point);
}

// Says at a crash which run it was. Nothing that is not safe in a signal
// handler is done there: the text is made before.
class CrashNote {
 public:
  explicit CrashNote(std::string_view point) {
    const std::string text =
        absl::StrCat("sspilab: the loop under test did not survive ",
                     point.empty() ? "its plain run" : point,
                     "\n  replay: ", ReplayLine(point), "\n");
    size_ = std::min(text.size(), text_.size());
    std::copy_n(text.begin(), size_, text_.begin());
    if (__sanitizer_set_death_callback != nullptr) {
      __sanitizer_set_death_callback(Write);
    }
    for (size_t i = 0; i < kSignals.size(); ++i) {
      struct sigaction action = {};
      action.sa_handler = OnSignal;
      action.sa_flags = static_cast<int>(SA_RESETHAND);
      sigaction(kSignals[i], nullptr, &before_[i]);
      // Whoever has a handler of his own keeps it.
      if (before_[i].sa_handler == SIG_DFL) {
        sigaction(kSignals[i], &action, nullptr);
      }
    }
    alarm(kSecondsForARun);
  }
  ~CrashNote() {
    alarm(0);
    size_ = 0;
    for (size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &before_[i], nullptr);
    }
  }
  CrashNote(const CrashNote&) = delete;
  CrashNote& operator=(const CrashNote&) = delete;

 private:
  static constexpr std::array kSignals = {SIGSEGV, SIGBUS,  SIGFPE,
                                          SIGILL,  SIGABRT, SIGALRM};

  static void Write() {
    const ssize_t ignored = write(STDERR_FILENO, text_.data(), size_);
    static_cast<void>(ignored);
  }
  static void OnSignal(int signal) {
    Write();
    raise(signal);
  }

  static inline std::array<char, 4096> text_;
  static inline size_t size_ = 0;
  std::array<struct sigaction, kSignals.size()> before_ = {};
};

enum class Judged { kCaller, kBoth };

// Runs points, and of a command line that names one only that.
class Bench {
 public:
  Bench(const LoopUnderTest& loop, Judged judged)
      : loop_(loop), judged_(judged), only_(PointOfCommandLine()) {}

  // Nothing is put in the way. Runs always: the points come from it.
  LoopOutcome Plain() {
    LoopOutcome outcome = Run({}, "");
    report_.authenticates = outcome.authenticated;
    if (only_.has_value() && !only_->empty()) {
      report_.findings.clear();
    }
    return outcome;
  }

  void Try(const std::string& point, const LoopFault& fault) {
    if (!only_.has_value() || *only_ == point) {
      Run(fault, point);
    }
  }

  LoopReport Report() { return std::move(report_); }

 private:
  LoopOutcome Run(const LoopFault& fault, const std::string& point) {
    const CrashNote note(point);
    LoopOutcome outcome = RunLoopWith(loop_, fault);
    ++report_.runs;
    for (const RuleBroken& broken : outcome.broken) {
      if (judged_ == Judged::kBoth ||
          RuleOf(broken.rule).party == RuleParty::kCaller) {
        report_.findings.push_back({broken.rule, point, ToString(broken)});
      }
    }
    return outcome;
  }

  const LoopUnderTest& loop_;
  const Judged judged_;
  const std::optional<std::string> only_;
  LoopReport report_;
};

bool IsLeg(Call call) {
  return call == Call::kInitializeSecurityContext ||
         call == Call::kAcceptSecurityContext;
}

bool Closes(Call call) {
  return call == Call::kDeleteSecurityContext ||
         call == Call::kFreeCredentialsHandle ||
         call == Call::kFreeContextBuffer;
}

// Statuses of a leg that come with a context and perhaps a token: the package
// has done its work.
bool ComesWithWork(SECURITY_STATUS status) {
  return status >= 0 && status != SEC_I_INCOMPLETE_CREDENTIALS &&
         status != SEC_I_CONTEXT_EXPIRED && status != SEC_I_NO_RENEGOTIATION;
}

// How a call comes to return a status: as it would, as far as the caller can
// tell. Nothing where it cannot come about.
std::optional<LoopFault> FaultFor(const LoopCall& call, SECURITY_STATUS status,
                                  const LoopOutcome& plain) {
  LoopFault fault;
  ScriptStep step = {.call = call.call, .nth = call.nth, .status = status};
  if (Closes(call.call)) {
    step.real = true;
  } else if (IsLeg(call.call) && ComesWithWork(status)) {
    step.real = true;
    if (status == SEC_I_COMPLETE_NEEDED ||
        status == SEC_I_COMPLETE_AND_CONTINUE) {
      fault.steps.push_back(
          {.call = Call::kCompleteAuthToken, .nth = 0, .status = SEC_E_OK});
    }
  } else if (status == SEC_E_INCOMPLETE_MESSAGE &&
             (IsLeg(call.call) || call.call == Call::kDecryptMessage)) {
    // The last byte of the message that it was given comes later.
    if (!call.has_input || call.messages == 0) {
      return std::nullopt;
    }
    const size_t size = plain.messages[call.messages - 1];
    if (size < 2) {
      return std::nullopt;
    }
    fault.split = LoopFault::Split{call.messages, size - 1};
    step.missing = 1;
  }
  fault.steps.push_back(std::move(step));
  return fault;
}

// A leg that fails and has a token that tells the peer so.
LoopFault ErrorToken(const LoopCall& leg) {
  LoopFault fault;
  fault.steps.push_back(
      {.call = leg.call,
       .nth = leg.nth,
       .status = SEC_E_INVALID_TOKEN,
       .token = std::vector<uint8_t>(8, 0xEE),
       .attributes = leg.call == Call::kInitializeSecurityContext
                         ? ISC_RET_EXTENDED_ERROR
                         : ASC_RET_EXTENDED_ERROR});
  return fault;
}

// A peer, and a package that never has enough of it.
LoopFault Endless(Call leg) {
  LoopFault fault;
  fault.endless_peer = true;
  fault.steps.push_back({.call = leg,
                         .nth = 0,
                         .status = SEC_I_CONTINUE_NEEDED,
                         .token = std::vector<uint8_t>{1}});
  return fault;
}

std::optional<Package> PackageOf(const LoopUnderTest& loop) {
  if (loop.statuses_of.has_value()) {
    return loop.statuses_of;
  }
  for (int i = 0; i < kPackageCount; ++i) {
    const auto package = static_cast<Package>(i);
    const std::string_view name = PackageName(package);
    if (std::equal(name.begin(), name.end(), loop.package.begin(),
                   loop.package.end())) {
      return package;
    }
  }
  return std::nullopt;
}

}  // namespace

std::set<std::string_view> LoopReport::rules() const {
  std::set<std::string_view> names;
  for (const Finding& finding : findings) {
    names.insert(RuleOf(finding.rule).name);
  }
  return names;
}

std::ostream& operator<<(std::ostream& out, const LoopReport& report) {
  std::map<RuleId, size_t> counts;
  for (const Finding& finding : report.findings) {
    ++counts[finding.rule];
  }
  out << report.runs << " runs, " << counts.size() << " rules broken\n";
  if (!report.authenticates) {
    out << "The loop does not authenticate its peer, although nothing is put "
           "in its way.\n";
  }
  for (const auto& [id, count] : counts) {
    const auto first =
        std::find_if(report.findings.begin(), report.findings.end(),
                     [rule = id](const Finding& f) { return f.rule == rule; });
    out << "\n"
        << first->seen << "\n  rule:   " << RuleOf(id).reason << " ["
        << RuleOf(id).source << "]\n  point:  "
        << (first->point.empty() ? "none, that is how it always goes"
                                 : first->point);
    if (count > 1) {
      out << " (and " << count - 1 << " more)";
    }
    out << "\n  replay: " << ReplayLine(first->point) << "\n";
  }
  return out;
}

LoopReport RunLoop(const LoopUnderTest& loop) {
  Bench bench(loop, Judged::kCaller);
  bench.Plain();
  return bench.Report();
}

LoopReport ForEachStatus(const LoopUnderTest& loop) {
  Bench bench(loop, Judged::kCaller);
  const LoopOutcome plain = bench.Plain();
  const std::optional<Package> package = PackageOf(loop);
  for (const LoopCall& call : plain.calls) {
    for (const StatusInfo& status : AllStatuses()) {
      if (status.value == call.status || !package.has_value() ||
          !MayReturn(call.call, *package, status.value)) {
        continue;
      }
      const std::optional<LoopFault> fault =
          FaultFor(call, status.value, plain);
      if (fault.has_value()) {
        bench.Try(
            absl::StrCat(CallName(call.call), ":", call.nth, ":", status.name),
            *fault);
      }
    }
    if (IsLeg(call.call)) {
      bench.Try(
          absl::StrCat(CallName(call.call), ":", call.nth, ":error-token"),
          ErrorToken(call));
    }
  }
  const Call leg = loop.side == Side::kClient ? Call::kInitializeSecurityContext
                                              : Call::kAcceptSecurityContext;
  bench.Try(absl::StrCat(CallName(leg), ":every:SEC_I_CONTINUE_NEEDED"),
            Endless(leg));
  return bench.Report();
}

LoopReport ForEachSplit(const LoopUnderTest& loop) {
  Bench bench(loop, Judged::kBoth);
  const LoopOutcome plain = bench.Plain();
  for (size_t i = 0; i < plain.messages.size(); ++i) {
    for (size_t offset = 1; offset < plain.messages[i]; ++offset) {
      LoopFault fault;
      fault.split = LoopFault::Split{i + 1, offset};
      bench.Try(absl::StrCat("split:", i + 1, ":", offset), fault);
    }
  }
  LoopFault bytewise;
  bytewise.bytewise = true;
  bench.Try("split:bytewise", bytewise);
  return bench.Report();
}

LoopReport ForEachAllocationFailure(const LoopUnderTest& loop) {
  Bench bench(loop, Judged::kBoth);
  const LoopOutcome plain = bench.Plain();
  for (uint64_t nth = 1; nth <= plain.allocations; ++nth) {
    LoopFault fault;
    fault.failing_allocation = nth;
    bench.Try(absl::StrCat("allocation:", nth), fault);
  }
  return bench.Report();
}

LoopReport ForEachAttribute(const LoopUnderTest& loop) {
  struct Attribute {
    std::string_view name;
    ULONG isc;
    ULONG asc;
  };
  static constexpr Attribute kAttributes[] = {
      {"MUTUAL_AUTH", ISC_RET_MUTUAL_AUTH, ASC_RET_MUTUAL_AUTH},
      {"REPLAY_DETECT", ISC_RET_REPLAY_DETECT, ASC_RET_REPLAY_DETECT},
      {"SEQUENCE_DETECT", ISC_RET_SEQUENCE_DETECT, ASC_RET_SEQUENCE_DETECT},
      {"CONFIDENTIALITY", ISC_RET_CONFIDENTIALITY, ASC_RET_CONFIDENTIALITY},
      {"INTEGRITY", ISC_RET_INTEGRITY, ASC_RET_INTEGRITY},
  };
  Bench bench(loop, Judged::kCaller);
  const LoopOutcome plain = bench.Plain();
  const auto last =
      std::find_if(plain.calls.rbegin(), plain.calls.rend(),
                   [](const LoopCall& call) { return IsLeg(call.call); });
  if (last == plain.calls.rend()) {
    return bench.Report();
  }
  for (const Attribute& attribute : kAttributes) {
    const ULONG bit =
        loop.side == Side::kClient ? attribute.isc : attribute.asc;
    if ((last->requested & last->granted & bit) == 0) {
      continue;
    }
    LoopFault never;
    LoopFault late;
    LoopFault lost;
    for (size_t nth = 1; nth <= last->nth; ++nth) {
      const ScriptStep without = {
          .call = last->call, .nth = nth, .real = true, .withheld = bit};
      never.steps.push_back(without);
      if (nth < last->nth) {
        late.steps.push_back(without);
      } else {
        lost.steps.push_back(without);
      }
    }
    bench.Try(absl::StrCat("attribute:", attribute.name, ":never"), never);
    bench.Try(absl::StrCat("attribute:", attribute.name, ":late"), late);
    bench.Try(absl::StrCat("attribute:", attribute.name, ":lost"), lost);
  }
  return bench.Report();
}

}  // namespace sspilab::sim
