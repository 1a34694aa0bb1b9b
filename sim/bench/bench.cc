// A benchmark is the one thing in this house that reads a clock and counts what
// the heap is asked for: neither reaches what it measures.

#include "sim/bench/bench.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/bench/kerberos.h"
#include "sim/bench/ntlm.h"
#include "sim/bench/rounds.h"
#include "sim/bench/schannel.h"

namespace sspilab::sim {
namespace {

// The lines at the end. A figure whose benchmarks did not run has none.
std::string FiguresToText(const Rounds& rounds) {
  std::string text;
  const auto add = [&text](std::string_view name, std::optional<double> value) {
    if (!value.has_value()) return;
    absl::StrAppendFormat(&text, "figure %s %.6g\n", name, *value);
  };
  add("ntlm.over_floor", rounds.Ratio("ntlm/ours", "ntlm/floor"));
  add("ntlm.warm_over_floor", rounds.Ratio("ntlm/warm", "ntlm/floor"));
  add("ntlm.protected_over_floor",
      rounds.Ratio("ntlm/ours_with_messages", "ntlm/floor_with_messages"));
  add("ntlm.winpr_over_ours", rounds.Ratio("ntlm/winpr", "ntlm/ours"));
  add("ntlm.allocations", rounds.Counter("ntlm/ours", "allocations"));
  add("spnego.added_us",
      rounds.ExtraMicroseconds("spnego/ours", "ntlm/ours_with_signatures"));
  add("spnego.added_with_signatures_us",
      rounds.ExtraMicroseconds("spnego/ours", "ntlm/ours"));
  add("kerberos.over_floor", rounds.Ratio("kerberos/ours", "kerberos/floor"));
  add("kerberos.mit_over_ours", rounds.Ratio("kerberos/mit", "kerberos/ours"));
  add("kerberos.allocations", rounds.Counter("kerberos/ours", "allocations"));
  add("kerberos_sha2.over_floor",
      rounds.Ratio("kerberos_sha2/ours", "kerberos_sha2/floor"));
  add("kerberos_sha2.mit_over_ours",
      rounds.Ratio("kerberos_sha2/mit", "kerberos_sha2/ours"));
  add("schannel.over_openssl", rounds.Ratio("schannel/ours", "schannel/floor"));
  add("schannel12.over_openssl",
      rounds.Ratio("schannel12/ours", "schannel12/floor"));
  add("credssp.over_openssl", rounds.Ratio("credssp/ours", "schannel/floor"));
  add("schannel.bytewise_calls_per_byte",
      rounds.Counter("schannel/bytewise", "calls_per_byte"));

  std::optional<double> slowest;
  for (const char* name : {"ntlm/parse_negotiate", "ntlm/parse_challenge",
                           "ntlm/parse_authenticate"}) {
    const auto rate = rounds.Counter(name, "parses_per_second");
    if (!rate.has_value()) return text;
    slowest = std::min(*rate, slowest.value_or(*rate));
  }
  add("ntlm.parses_per_second", slowest);
  return text;
}

}  // namespace

absl::StatusOr<std::string> RunBenchmarks(const BenchOptions& options) {
  const auto ntlm = NtlmBenchmarks::New();
  if (!ntlm.ok()) return ntlm.status();
  const auto kerberos = KerberosBenchmarks::New();
  if (!kerberos.ok()) return kerberos.status();
  const auto schannel = SchannelBenchmarks::New();
  if (!schannel.ok()) return schannel.status();
  std::ostringstream report;
  Rounds rounds;
  rounds.SetOutputStream(&report);
  for (int round = 0; round < options.rounds; ++round) {
    if (benchmark::RunSpecifiedBenchmarks(&rounds, options.filter) == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("no benchmark matches '", options.filter, "'"));
    }
    if (!rounds.error().empty()) return absl::InternalError(rounds.error());
  }
  rounds.PrintTable();
  if (const absl::Status& winpr = (*ntlm)->winpr_status(); !winpr.ok()) {
    report << "WinPR is not measured: " << winpr.message() << "\n";
  }
  if (const absl::Status& mit = (*kerberos)->mit_status(); !mit.ok()) {
    report << "MIT's GSSAPI is not measured: " << mit.message() << "\n";
  }
  report << FiguresToText(rounds);
  return report.str();
}

}  // namespace sspilab::sim
