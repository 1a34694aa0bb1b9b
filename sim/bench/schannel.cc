#include "sim/bench/schannel.h"

#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "core/tls/lab_certificates.h"
#include "core/wire/utf.h"
#include "sim/bench/measure.h"

namespace sspilab::sim {
namespace {

// A millisecond or two a round, as in ntlm.cc.
constexpr int kHandshakes = 4;
constexpr int kBytewiseHandshakes = 1;

SEC_WCHAR target[] = u"lab.example.test";
SEC_WCHAR package[] = UNISP_NAME_W;

// What our credentials agree on when nothing is asked for, in OpenSSL's words.
struct Agreement {
  int version;
  DWORD protocols;
  DWORD cipher_suite;
  const char* cipher_suite_name;
};
constexpr Agreement kAgreements[] = {
    {TLS1_2_VERSION, SP_PROT_TLS1_2, 0xC02C, "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {TLS1_3_VERSION, SP_PROT_TLS1_3, 0x1302, "TLS_AES_256_GCM_SHA384"},
};
constexpr char kGroups[] = "X25519:P-256:P-384";

absl::StatusOr<CredHandle> Acquire(ULONG use, DWORD protocols,
                                   const OwnedCertificate* certificate) {
  CERT_CONTEXT context = {};
  PCCERT_CONTEXT contexts[] = {&context};
  TLS_PARAMETERS parameters = {};
  parameters.grbitDisabledProtocols = ~protocols;
  SCH_CREDENTIALS wanted = {};
  wanted.dwVersion = SCH_CREDENTIALS_VERSION;
  // Each handshake is a whole one.
  wanted.dwFlags = SCH_CRED_DISABLE_RECONNECTS | SCH_CRED_NO_DEFAULT_CREDS;
  wanted.cTlsParameters = 1;
  wanted.pTlsParameters = &parameters;
  if (certificate != nullptr) {
    context.dwCertEncodingType = X509_ASN_ENCODING;
    context.pbCertEncoded = const_cast<BYTE*>(certificate->certificate.data());
    context.cbCertEncoded = static_cast<DWORD>(certificate->certificate.size());
    wanted.cCreds = 1;
    wanted.paCred = contexts;
  }
  CredHandle credential;
  const SECURITY_STATUS status =
      AcquireCredentialsHandleW(nullptr, package, use, nullptr, &wanted,
                                nullptr, nullptr, &credential, nullptr);
  if (status != SEC_E_OK) {
    return absl::InternalError(
        absl::StrFormat("AcquireCredentialsHandle(Schannel): 0x%08X",
                        static_cast<uint32_t>(status)));
  }
  return credential;
}

}  // namespace

SchannelBenchmarks::Version::~Version() {
  ours.reset();
  if (has_client) FreeCredentialsHandle(&client);
  if (has_server) FreeCredentialsHandle(&server);
}

SchannelBenchmarks::~SchannelBenchmarks() {
  benchmark::ClearRegisteredBenchmarks();
}

absl::StatusOr<std::unique_ptr<SchannelBenchmarks>> SchannelBenchmarks::New() {
  auto benchmarks = std::unique_ptr<SchannelBenchmarks>(new SchannelBenchmarks);
  World& world = benchmarks->world_;
  // Contexts find it through their credentials.
  const ScopedWorld bound(&world);
  absl::Status status = tls::GiveServerCertificate(world, world);
  if (status.ok()) {
    status = benchmarks->SetUp(benchmarks->tls12_, TLS1_2_VERSION);
  }
  if (status.ok()) {
    status = benchmarks->SetUp(benchmarks->tls13_, TLS1_3_VERSION);
  }
  if (!status.ok()) return status;
  benchmarks->Register();
  return benchmarks;
}

absl::Status SchannelBenchmarks::SetUp(Version& version, int tls_version) {
  const Agreement& agreed =
      tls_version == TLS1_2_VERSION ? kAgreements[0] : kAgreements[1];
  const OwnedCertificate* certificate = world_.certificates().Default();
  const absl::StatusOr<CredHandle> client =
      Acquire(SECPKG_CRED_OUTBOUND, agreed.protocols, nullptr);
  if (!client.ok()) return client.status();
  version.client = *client;
  version.has_client = true;
  const absl::StatusOr<CredHandle> server =
      Acquire(SECPKG_CRED_INBOUND, agreed.protocols, certificate);
  if (!server.ok()) return server.status();
  version.server = *server;
  version.has_server = true;
  version.ours.emplace(
      InitSecurityInterfaceW(),
      StreamHandshake::End{&version.client,
                           ISC_REQ_STREAM | ISC_REQ_CONFIDENTIALITY},
      StreamHandshake::End{&version.server,
                           ASC_REQ_STREAM | ASC_REQ_CONFIDENTIALITY},
      target);

  if (absl::Status status = version.ours->Connect(); !status.ok()) {
    return status;
  }
  SecPkgContext_CipherInfo info = {};
  info.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
  const SECURITY_STATUS queried = QueryContextAttributesW(
      version.ours->initiator(), SECPKG_ATTR_CIPHER_INFO, &info);
  if (queried != SEC_E_OK || info.dwCipherSuite != agreed.cipher_suite) {
    return absl::InternalError(absl::StrFormat(
        "Schannel agreed on cipher suite 0x%04X, the floor is 0x%04X's",
        info.dwCipherSuite, agreed.cipher_suite));
  }
  if (absl::Status status = version.ours->DeleteContexts(); !status.ok()) {
    return status;
  }

  constexpr FileTime kUnixEpoch = 11'644'473'600 * kFileTimeSecond;
  absl::StatusOr<TlsFloor> floor =
      TlsFloor::New({.version = agreed.version,
                     .certificate = certificate,
                     .root = &world_.certificates().roots().front(),
                     .host = wire::Utf16ToUtf8Lossy(target),
                     .now = static_cast<int64_t>((world_.now() - kUnixEpoch) /
                                                 kFileTimeSecond),
                     .cipher_suite = agreed.cipher_suite_name,
                     .groups = kGroups});
  if (!floor.ok()) return floor.status();
  version.floor = *std::move(floor);
  return absl::OkStatus();
}

void SchannelBenchmarks::Register() {
  const auto add = [](const char* name, Version* version) {
    const std::string prefix = name;
    benchmark::RegisterBenchmark(
        (prefix + "/floor").c_str(),
        [version](benchmark::State& state) {
          Measure(state, [version] { return version->floor->Connect(); });
        })
        ->Iterations(kHandshakes);
    benchmark::RegisterBenchmark(
        (prefix + "/ours").c_str(),
        [version](benchmark::State& state) {
          Measure(state, [version] {
            const absl::Status status = version->ours->Connect();
            return status.ok() ? version->ours->DeleteContexts() : status;
          });
        })
        ->Iterations(kHandshakes);
  };
  add("schannel12", &tls12_);
  add("schannel", &tls13_);
  benchmark::RegisterBenchmark("schannel/bytewise", [this](benchmark::State&
                                                               state) {
    StreamHandshake& ours = *tls13_.ours;
    Measure(state, [&ours] {
      const absl::Status status = ours.Connect(1);
      return status.ok() ? ours.DeleteContexts() : status;
    });
    state.counters["calls_per_byte"] =
        static_cast<double>(ours.calls()) / static_cast<double>(ours.bytes());
  })->Iterations(kBytewiseHandshakes);
}

}  // namespace sspilab::sim
