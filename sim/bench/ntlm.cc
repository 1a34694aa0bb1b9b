#include "sim/bench/ntlm.h"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/ntlm/messages.h"
#include "core/wire/utf.h"
#include "sim/bench/allocations.h"

namespace sspilab::sim {
namespace {

// How long one benchmark runs in one round: a few milliseconds, short enough
// that what slows the machine down meets its neighbours, too.
constexpr int kHandshakes = 300;
constexpr int kParses = 20'000;

// Everything from credentials to credentials.
absl::Status RunWhole(Handshake& handshake, bool with_messages) {
  absl::Status status = handshake.AcquireCredentials();
  if (status.ok()) status = handshake.Authenticate();
  if (status.ok() && with_messages) status = handshake.ExchangeMessages();
  if (status.ok()) status = handshake.DeleteContexts();
  if (status.ok()) status = handshake.FreeCredentials();
  return status;
}

// Runs `body`, which returns an absl::Status, over and over.
template <typename Body>
void Measure(benchmark::State& state, Body body) {
  const uint64_t before = HeapAllocations();
  for (auto _ : state) {
    if (const absl::Status status = body(); !status.ok()) {
      state.SkipWithError(status.ToString().c_str());
      break;
    }
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(HeapAllocations() - before),
                         benchmark::Counter::kAvgIterations);
}

template <typename Body>
void RegisterHandshake(const char* name, Body body) {
  benchmark::RegisterBenchmark(name, [body](benchmark::State& state) {
    Measure(state, body);
  })->Iterations(kHandshakes);
}

template <typename Message>
void RegisterParser(const char* name, absl::Span<const uint8_t> token) {
  benchmark::RegisterBenchmark(name, [token](benchmark::State& state) {
    Measure(state, [token] {
      const absl::StatusOr<Message> message = Message::Parse(token);
      benchmark::DoNotOptimize(message);
      return message.status();
    });
    state.counters["parses_per_second"] = benchmark::Counter(
        static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  })->Iterations(kParses);
}

absl::StatusOr<std::string> WriteTemporaryFile(const std::string& contents) {
  std::string path = "/tmp/sspilab-bench-XXXXXX";
  const int descriptor = mkstemp(path.data());
  if (descriptor < 0) return absl::ErrnoToStatus(errno, path);
  const ssize_t written = write(descriptor, contents.data(), contents.size());
  if (close(descriptor) != 0 ||
      written != static_cast<ssize_t>(contents.size())) {
    return absl::DataLossError(path);
  }
  return path;
}

}  // namespace

NtlmBenchmarks::NtlmBenchmarks()
    : bound_(&world_),
      recorded_(InitSecurityInterfaceW()),
      ours_(InitSecurityInterfaceW()) {
  world_.accounts().Add(kBenchUser, kBenchDomain, kBenchPassword);
}

NtlmBenchmarks::~NtlmBenchmarks() {
  benchmark::ClearRegisteredBenchmarks();
  if (!sam_path_.empty()) unlink(sam_path_.c_str());
}

absl::StatusOr<std::unique_ptr<NtlmBenchmarks>> NtlmBenchmarks::New() {
  auto benchmarks = std::unique_ptr<NtlmBenchmarks>(new NtlmBenchmarks);
  if (const absl::Status status = benchmarks->RecordExchange(); !status.ok()) {
    return status;
  }
  benchmarks->RegisterHandshakes();
  const absl::StatusOr<WinPr> winpr = WinPr::Load();
  benchmarks->winpr_status_ = winpr.status();
  if (winpr.ok()) benchmarks->RegisterWinPr(*winpr);
  benchmarks->RegisterParsers();
  return benchmarks;
}

absl::Status NtlmBenchmarks::RecordExchange() {
  absl::Status status = recorded_.AcquireCredentials();
  if (status.ok()) status = recorded_.Authenticate();
  if (!status.ok()) return status;
  floor_ = CryptoFloor::Of(*InitSecurityInterfaceW(), recorded_);
  return floor_.status();
}

void NtlmBenchmarks::RegisterHandshakes() {
  RegisterHandshake("ntlm/floor", [this] {
    benchmark::DoNotOptimize(floor_->Compute());
    return absl::OkStatus();
  });
  RegisterHandshake("ntlm/ours", [this] { return RunWhole(ours_, false); });
  benchmark::RegisterBenchmark("ntlm/warm", [this](benchmark::State& state) {
    if (const absl::Status status = ours_.AcquireCredentials(); !status.ok()) {
      state.SkipWithError(status.ToString().c_str());
    }
    Measure(state, [this] {
      const absl::Status status = ours_.Authenticate();
      return status.ok() ? ours_.DeleteContexts() : status;
    });
    if (const absl::Status status = ours_.FreeCredentials(); !status.ok()) {
      state.SkipWithError(status.ToString().c_str());
    }
  })->Iterations(kHandshakes);
  RegisterHandshake("ntlm/floor_with_messages", [this] {
    benchmark::DoNotOptimize(floor_->Compute());
    benchmark::DoNotOptimize(floor_->ComputeMessages());
    return absl::OkStatus();
  });
  RegisterHandshake("ntlm/ours_with_messages",
                    [this] { return RunWhole(ours_, true); });
}

void NtlmBenchmarks::RegisterWinPr(const WinPr& winpr) {
  const absl::StatusOr<std::string> sam = WriteTemporaryFile(WinPr::SamLine(
      wire::Utf16ToUtf8Lossy(kBenchUser), wire::Utf16ToUtf8Lossy(kBenchDomain),
      winpr.Hash(kBenchPassword)));
  if (!sam.ok()) {
    winpr_status_ = sam.status();
    return;
  }
  sam_path_ = *sam;
  winpr_ = std::make_unique<Handshake>(
      &winpr.table(), [this, winpr](CtxtHandle* acceptor) {
        return winpr.SetSamFile(acceptor, sam_path_);
      });
  RegisterHandshake("ntlm/winpr", [this] { return RunWhole(*winpr_, false); });
}

void NtlmBenchmarks::RegisterParsers() {
  RegisterParser<ntlm::NegotiateMessage>("ntlm/parse_negotiate",
                                         recorded_.negotiate());
  RegisterParser<ntlm::ChallengeMessage>("ntlm/parse_challenge",
                                         recorded_.challenge());
  RegisterParser<ntlm::AuthenticateMessage>("ntlm/parse_authenticate",
                                            recorded_.authenticate());
}

}  // namespace sspilab::sim
