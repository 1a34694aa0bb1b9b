#include "sim/bench/bench.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sim/commands/command.h"

namespace sspilab::sim {
namespace {

constexpr OptionSpec kOptions[] = {
    {"rounds", "N", "How many rounds; 200 unless told."},
    {"filter", "REGEX",
     "Only the benchmarks whose name it matches. Figures that need others are "
     "left out."},
};

int Run(const ParsedOptions& options, const Console& console) {
  constexpr uint64_t kMostRounds = 1'000'000;
  BenchOptions wanted;
  const absl::StatusOr<uint64_t> rounds =
      options.Number("rounds", static_cast<uint64_t>(wanted.rounds));
  if (!rounds.ok()) {
    console.PrintError(rounds.status().message());
    return kExitBadInput;
  }
  if (*rounds == 0 || *rounds > kMostRounds) {
    console.PrintError(absl::StrCat("--rounds is not from 1 to ", kMostRounds));
    return kExitBadInput;
  }
  wanted.rounds = static_cast<int>(*rounds);
  wanted.filter = options.GetOr("filter", wanted.filter);
  const absl::StatusOr<std::string> report = RunBenchmarks(wanted);
  if (!report.ok()) {
    console.PrintError(report.status().message());
    return absl::IsInvalidArgument(report.status()) ? kExitBadInput
                                                    : kExitCheckFailed;
  }
  console.Print(*report);
  return kExitOk;
}

}  // namespace

constinit const Command kBenchCommand = {
    .name = "bench",
    .usage = "[--rounds N] [--filter REGEX]",
    .summary =
        "how fast it is, beside WinPR, MIT, OpenSSL and the crypto floor",
    .description =
        "Measures full handshakes, both sides, through the C interface. "
        "NTLMv2's: ours; WinPR's, where libwinpr2-2 is installed; and the "
        "crypto floor, the digests and keystreams that the protocol makes "
        "unavoidable for the same tokens. Kerberos', mutual, with tickets in "
        "hand: ours; the crypto floor of the same tokens; and MIT's GSSAPI "
        "with the same ticket in memory, where libgssapi-krb5-2 is installed. "
        "Schannel's: ours, and plain "
        "OpenSSL's over memory BIOs with the same certificate and algorithms. "
        "Prints Google Benchmark's table, in CPU time of one thread, and then "
        "a line for each figure:\n"
        "\n"
        "- ntlm.over_floor: a handshake, credentials acquired anew, by its "
        "floor\n"
        "- ntlm.warm_over_floor: with credentials reused, by the same floor\n"
        "- ntlm.protected_over_floor: a handshake and one sealed message each "
        "way, by the floor of both\n"
        "- ntlm.winpr_over_ours: WinPR's handshake by ours\n"
        "- ntlm.allocations: heap allocations a handshake\n"
        "- ntlm.parses_per_second: of the message that takes longest\n"
        "- spnego.added_us: microseconds that Negotiate adds to NTLM's "
        "handshake and its signatures of the mechanisms' list\n"
        "- spnego.added_with_signatures_us: to the handshake alone\n"
        "- kerberos.over_floor: a mutual exchange of aes256-cts-hmac-sha1-96 "
        "by its floor\n"
        "- kerberos.mit_over_ours: MIT's by ours\n"
        "- kerberos.allocations: heap allocations an exchange\n"
        "- kerberos_sha2.over_floor, kerberos_sha2.mit_over_ours: the same of "
        "aes256-cts-hmac-sha384-192\n"
        "- schannel.over_openssl: a TLS 1.3 handshake, credentials reused, by "
        "plain OpenSSL's\n"
        "- schannel12.over_openssl: the same of TLS 1.2\n"
        "- credssp.over_openssl: CredSSP's handshake by OpenSSL's of TLS 1.3\n"
        "- schannel.bytewise_calls_per_byte: calls that it takes to give a "
        "TLS 1.3 handshake byte by byte\n"
        "\n"
        "Of each benchmark the fastest of many short rounds counts: what else "
        "the machine does can only add to a time.",
    .examples =
        "sspilab bench\n"
        "sspilab bench --rounds 1000\n"
        "sspilab bench --filter 'ntlm/(ours|floor)/'",
    .options = kOptions,
    .run = Run,
};

}  // namespace sspilab::sim
