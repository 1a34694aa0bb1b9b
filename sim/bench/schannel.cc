#include "sim/bench/schannel.h"

#include <benchmark/benchmark.h>

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "core/tls/lab_certificates.h"
#include "core/wire/utf.h"
#include "sim/bench/handshake.h"
#include "sim/bench/measure.h"

namespace sspilab::sim {
namespace {

// About a millisecond a round, as in ntlm.cc.
constexpr int kHandshakes = 1;

SEC_WCHAR target[] = u"lab.example.test";
SEC_WCHAR terminal_service[] = u"TERMSRV/lab.example.test";
SEC_WCHAR schannel[] = UNISP_NAME_W;
SEC_WCHAR credssp[] = CREDSSP_NAME;

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

// What Schannel is to have: one version of TLS, whole handshakes each time, and
// perhaps a certificate, which must outlive it.
struct TlsCredentials {
  explicit TlsCredentials(DWORD protocols,
                          const OwnedCertificate* owned = nullptr) {
    parameters.grbitDisabledProtocols = ~protocols;
    credentials.dwVersion = SCH_CREDENTIALS_VERSION;
    credentials.dwFlags =
        SCH_CRED_DISABLE_RECONNECTS | SCH_CRED_NO_DEFAULT_CREDS;
    credentials.cTlsParameters = 1;
    credentials.pTlsParameters = &parameters;
    if (owned == nullptr) return;
    certificate.dwCertEncodingType = X509_ASN_ENCODING;
    certificate.pbCertEncoded = const_cast<BYTE*>(owned->certificate.data());
    certificate.cbCertEncoded = static_cast<DWORD>(owned->certificate.size());
    credentials.cCreds = 1;
    credentials.paCred = certificates;
  }
  TlsCredentials(const TlsCredentials&) = delete;
  TlsCredentials& operator=(const TlsCredentials&) = delete;

  CERT_CONTEXT certificate = {};
  PCCERT_CONTEXT certificates[1] = {&certificate};
  TLS_PARAMETERS parameters = {};
  SCH_CREDENTIALS credentials = {};
};

absl::StatusOr<CredHandle> Acquire(SEC_WCHAR* package, ULONG use,
                                   void* auth_data) {
  CredHandle credential;
  const SECURITY_STATUS status =
      AcquireCredentialsHandleW(nullptr, package, use, nullptr, auth_data,
                                nullptr, nullptr, &credential, nullptr);
  if (status != SEC_E_OK) {
    return absl::InternalError(absl::StrFormat(
        "AcquireCredentialsHandle(%s): 0x%08X", wire::Utf16ToUtf8Lossy(package),
        static_cast<uint32_t>(status)));
  }
  return credential;
}

}  // namespace

SchannelBenchmarks::Credentials::~Credentials() {
  if (has_client) FreeCredentialsHandle(&client);
  if (has_server) FreeCredentialsHandle(&server);
}

absl::Status SchannelBenchmarks::Credentials::Acquire(SEC_WCHAR* package,
                                                      void* client_auth_data,
                                                      void* server_auth_data) {
  absl::StatusOr<CredHandle> acquired =
      sim::Acquire(package, SECPKG_CRED_OUTBOUND, client_auth_data);
  if (!acquired.ok()) return acquired.status();
  client = *acquired;
  has_client = true;
  acquired = sim::Acquire(package, SECPKG_CRED_INBOUND, server_auth_data);
  if (!acquired.ok()) return acquired.status();
  server = *acquired;
  has_server = true;
  return absl::OkStatus();
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
  if (status.ok()) status = benchmarks->SetUpCredSsp();
  if (!status.ok()) return status;
  benchmarks->Register();
  return benchmarks;
}

absl::Status SchannelBenchmarks::SetUp(Version& version, int tls_version) {
  const Agreement& agreed =
      tls_version == TLS1_2_VERSION ? kAgreements[0] : kAgreements[1];
  const OwnedCertificate* certificate = world_.certificates().Default();
  TlsCredentials client(agreed.protocols);
  TlsCredentials server(agreed.protocols, certificate);
  if (absl::Status status = version.credentials.Acquire(
          schannel, &client.credentials, &server.credentials);
      !status.ok()) {
    return status;
  }
  version.ours.emplace(
      InitSecurityInterfaceW(),
      StreamHandshake::End{&version.credentials.client,
                           ISC_REQ_STREAM | ISC_REQ_CONFIDENTIALITY},
      StreamHandshake::End{&version.credentials.server,
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

// TLS 1.3 as above, and inside it NTLM in SPNEGO, and a delegated password.
absl::Status SchannelBenchmarks::SetUpCredSsp() {
  world_.accounts().Add(kBenchUser, kBenchDomain, kBenchPassword);
  BenchIdentity identity;
  TlsCredentials client_tls(SP_PROT_TLS1_3);
  TlsCredentials server_tls(SP_PROT_TLS1_3, world_.certificates().Default());
  CREDSSP_CRED client = {CredsspSubmitBufferBoth, &client_tls.credentials,
                         &identity.windows};
  CREDSSP_CRED server = {CredsspSubmitBufferBoth, &server_tls.credentials,
                         nullptr};
  if (absl::Status status =
          credssp_credentials_.Acquire(credssp, &client, &server);
      !status.ok()) {
    return status;
  }
  credssp_.emplace(InitSecurityInterfaceW(),
                   StreamHandshake::End{&credssp_credentials_.client,
                                        ISC_REQ_STREAM | ISC_REQ_DELEGATE},
                   StreamHandshake::End{&credssp_credentials_.server,
                                        ASC_REQ_STREAM | ASC_REQ_DELEGATE},
                   terminal_service);
  if (absl::Status status = credssp_->Connect(); !status.ok()) return status;
  return credssp_->DeleteContexts();
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
  benchmark::RegisterBenchmark("credssp/ours", [this](benchmark::State& state) {
    Measure(state, [this] {
      const absl::Status status = credssp_->Connect();
      return status.ok() ? credssp_->DeleteContexts() : status;
    });
  })->Iterations(kHandshakes);
  benchmark::RegisterBenchmark("schannel/bytewise", [this](benchmark::State&
                                                               state) {
    StreamHandshake& ours = *tls13_.ours;
    Measure(state, [&ours] {
      const absl::Status status = ours.Connect(1);
      return status.ok() ? ours.DeleteContexts() : status;
    });
    state.counters["calls_per_byte"] =
        static_cast<double>(ours.calls()) / static_cast<double>(ours.bytes());
  })->Iterations(kHandshakes);
}

}  // namespace sspilab::sim
