#include "sim/bench/kerberos.h"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"
#include "core/wire/utf.h"
#include "sim/bench/measure.h"

namespace sspilab::sim {
namespace {

constexpr std::u16string_view kPackage = u"Kerberos";
constexpr std::string_view kRealm = "EXAMPLE.TEST";
constexpr std::string_view kService = "cifs/lab.example.test";

// About a millisecond a round, as in ntlm.cc.
constexpr int kExchanges = 100;

// So that tickets last as long as they are asked for, which is until 2037: a
// peer with the system's clock takes them, too.
constexpr int64_t kLongLife = int64_t{20} * 365 * 24 * 3600;

}  // namespace

KerberosBenchmarks::Type::Type(kerberos::Etype etype)
    : ours(InitSecurityInterfaceW(), kPackage,
           ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY) {
  world.options().kerberos.etypes = {etype};
  Entropy entropy = world.ForkEntropy();
  kerberos::Realm& realm = world.realms().Add(
      kRealm, entropy, {.etypes = {etype}, .max_ticket_life = kLongLife});
  realm.AddFromPassword(wire::Utf16ToUtf8Lossy(kBenchUser),
                        wire::Utf16ToUtf8Lossy(kBenchPassword));
  kerberos::Principal& server = realm.AddFromPassword("LAB$", "the machine's");
  server.aliases = {std::string(kService)};
  service_key = server.keys[0];
}

absl::Status KerberosBenchmarks::Type::Run(
    absl::Status (Handshake::*afterwards)()) {
  // Ten exchanges a second: the replay cache has those of some minutes.
  world.Advance(kFileTimeSecond / 10);
  absl::Status status = ours.Authenticate();
  if (status.ok() && afterwards != nullptr) status = (ours.*afterwards)();
  if (status.ok()) status = ours.DeleteContexts();
  return status;
}

KerberosBenchmarks::KerberosBenchmarks()
    : sha1_(kerberos::Etype::kAes256CtsHmacSha1),
      sha2_(kerberos::Etype::kAes256CtsHmacSha384) {}

KerberosBenchmarks::~KerberosBenchmarks() {
  benchmark::ClearRegisteredBenchmarks();
}

absl::StatusOr<std::unique_ptr<KerberosBenchmarks>> KerberosBenchmarks::New() {
  auto benchmarks = std::unique_ptr<KerberosBenchmarks>(new KerberosBenchmarks);
  absl::Status status = benchmarks->SetUp(benchmarks->sha1_);
  if (status.ok()) status = benchmarks->SetUp(benchmarks->sha2_);
  if (!status.ok()) return status;
  Register("kerberos", benchmarks->sha1_);
  Register("kerberos_sha2", benchmarks->sha2_);
  return benchmarks;
}

absl::Status KerberosBenchmarks::SetUp(Type& type) {
  // Contexts find it through their credentials.
  const ScopedWorld bound(&type.world);
  absl::Status status = type.ours.AcquireCredentials();
  // With this the initiator has its ticket.
  if (status.ok()) status = type.Run();
  if (!status.ok()) return status;
  const absl::StatusOr<KerberosExchange> exchange =
      KerberosExchange::Of(type.ours, type.service_key);
  if (!exchange.ok()) return exchange.status();
  absl::StatusOr<std::unique_ptr<KerberosFloor>> floor =
      KerberosFloor::New(*exchange, type.service_key);
  if (!floor.ok()) return floor.status();
  type.floor = *std::move(floor);

  const int64_t now = kerberos::FromFileTime(type.world.now()).time.seconds;
  absl::StatusOr<std::unique_ptr<MitGss>> mit = MitGss::New(
      {.client = absl::StrCat(wire::Utf16ToUtf8Lossy(kBenchUser), "@", kRealm),
       .service = absl::StrCat(kService, "@", kRealm),
       .etype = static_cast<int32_t>(type.service_key.type().etype),
       .service_key = type.service_key.bytes(),
       .session_key = exchange->session_key.bytes(),
       .ticket = exchange->ticket,
       .starttime = now,
       .endtime = exchange->endtime.seconds});
  if (absl::IsNotFound(mit.status())) {
    mit_status_ = mit.status();
    return absl::OkStatus();
  }
  if (!mit.ok()) return mit.status();
  type.mit = *std::move(mit);
  return absl::OkStatus();
}

void KerberosBenchmarks::Register(const std::string& prefix, Type& type) {
  const auto add = [&prefix](const char* name, auto body) {
    benchmark::RegisterBenchmark(
        (prefix + name).c_str(),
        [body](benchmark::State& state) { Measure(state, body); })
        ->Iterations(kExchanges);
  };
  add("/floor", [&type] {
    benchmark::DoNotOptimize(type.floor->Compute());
    return absl::OkStatus();
  });
  add("/ours", [&type] { return type.Run(); });
  if (type.mit != nullptr) {
    add("/mit", [&type] { return type.mit->Authenticate(); });
  }
  add("/ours_with_messages",
      [&type] { return type.Run(&Handshake::ExchangeMessages); });
}

}  // namespace sspilab::sim
