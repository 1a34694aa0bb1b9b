#include "sim/bench/ntlm.h"

#include <benchmark/benchmark.h>
#include <nettle/arcfour.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/crypto/rc4.h"
#include "core/ntlm/messages.h"
#include "sim/bench/measure.h"

namespace sspilab::sim {
namespace {

constexpr std::u16string_view kPackage = u"NTLM";
constexpr std::u16string_view kNegotiate = u"Negotiate";

// How long one benchmark runs in one round: a millisecond or two, to find a
// place between two turns of whoever else uses the machine.
constexpr int kHandshakes = 200;
constexpr int kParses = 20'000;
constexpr int kRc4Keys = 2'000;

// Everything from credentials to credentials; `afterwards` is what the
// established contexts do.
absl::Status RunWhole(Handshake& handshake,
                      absl::Status (Handshake::*afterwards)() = nullptr) {
  absl::Status status = handshake.AcquireCredentials();
  if (status.ok()) status = handshake.Authenticate();
  if (status.ok() && afterwards != nullptr) status = (handshake.*afterwards)();
  if (status.ok()) status = handshake.DeleteContexts();
  if (status.ok()) status = handshake.FreeCredentials();
  return status;
}

template <typename Body>
void RegisterHandshake(const char* name, Body body) {
  benchmark::RegisterBenchmark(name, [body](benchmark::State& state) {
    Measure(state, body);
  })->Iterations(kHandshakes);
}

// With credentials reused.
void RegisterWarm(const char* name, Handshake& handshake) {
  benchmark::RegisterBenchmark(name, [&handshake](benchmark::State& state) {
    if (const absl::Status status = handshake.AcquireCredentials();
        !status.ok()) {
      state.SkipWithError(status.ToString().c_str());
    }
    Measure(state, [&handshake] {
      const absl::Status status = handshake.Authenticate();
      return status.ok() ? handshake.DeleteContexts() : status;
    });
    if (const absl::Status status = handshake.FreeCredentials(); !status.ok()) {
      state.SkipWithError(status.ToString().c_str());
    }
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

}  // namespace

NtlmBenchmarks::NtlmBenchmarks()
    : bound_(&world_),
      recorded_(InitSecurityInterfaceW(), kPackage),
      ours_(InitSecurityInterfaceW(), kPackage),
      negotiated_(InitSecurityInterfaceW(), kNegotiate) {
  world_.accounts().Add(kBenchUser, kBenchDomain, kBenchPassword);
}

NtlmBenchmarks::~NtlmBenchmarks() { benchmark::ClearRegisteredBenchmarks(); }

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
  benchmarks->RegisterPrimitives();
  return benchmarks;
}

absl::Status NtlmBenchmarks::RecordExchange() {
  absl::Status status = recorded_.AcquireCredentials();
  if (status.ok()) status = recorded_.Authenticate();
  if (!status.ok()) return status;
  floor_ = CryptoFloor::Of(*InitSecurityInterfaceW(), recorded_);
  return floor_.status();
}

void NtlmBenchmarks::RegisterPrimitives() {
  // Nettle's way of setting an RC4 key, which the floor takes, and ours.
  benchmark::RegisterBenchmark("rc4/key_nettle", [](benchmark::State& state) {
    const std::array<uint8_t, 16> key = {1, 2, 3};
    arcfour_ctx context;
    for (auto _ : state) {
      arcfour_set_key(&context, key.size(), key.data());
      benchmark::DoNotOptimize(context);
    }
  })->Iterations(kRc4Keys);
  benchmark::RegisterBenchmark("rc4/key_ours", [](benchmark::State& state) {
    const std::array<uint8_t, 16> key = {1, 2, 3};
    for (auto _ : state) benchmark::DoNotOptimize(crypto::Rc4(key));
  })->Iterations(kRc4Keys);
}

void NtlmBenchmarks::RegisterHandshakes() {
  RegisterHandshake("ntlm/floor", [this] {
    benchmark::DoNotOptimize(floor_->Compute());
    return absl::OkStatus();
  });
  RegisterHandshake("ntlm/ours", [this] { return RunWhole(ours_); });
  RegisterHandshake("ntlm/ours_with_signatures", [this] {
    return RunWhole(ours_, &Handshake::ExchangeSignatures);
  });
  RegisterHandshake("spnego/ours", [this] { return RunWhole(negotiated_); });
  RegisterWarm("ntlm/warm", ours_);
  RegisterWarm("spnego/warm", negotiated_);
  RegisterHandshake("ntlm/floor_with_messages", [this] {
    benchmark::DoNotOptimize(floor_->Compute());
    benchmark::DoNotOptimize(floor_->ComputeMessages());
    return absl::OkStatus();
  });
  RegisterHandshake("ntlm/ours_with_messages", [this] {
    return RunWhole(ours_, &Handshake::ExchangeMessages);
  });
}

// The acceptor is told the NT hash of whoever comes: with a SAM file, it would
// read that in every handshake.
void NtlmBenchmarks::RegisterWinPr(const WinPr& winpr) {
  const WinPr::NtHash hash = winpr.Hash(kBenchPassword);
  winpr_ = std::make_unique<Handshake>(&winpr.table(), kPackage,
                                       ISC_REQ_CONFIDENTIALITY,
                                       [winpr, hash](CtxtHandle* acceptor) {
                                         return winpr.SetHash(acceptor, hash);
                                       });
  RegisterHandshake("ntlm/winpr", [this] { return RunWhole(*winpr_); });
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
