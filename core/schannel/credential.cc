#include "core/schannel/credential.h"

#include <openssl/err.h>

#include <optional>
#include <utility>

#include "core/entropy.h"
#include "core/schannel/settings.h"
#include "core/tls/library.h"
#include "core/tls/reading.h"

namespace sspilab::schannel {
namespace {

constexpr FileTime kMillisecond = kFileTimeSecond / 1000;

}  // namespace

SchannelCredential::SchannelCredential(World& world,
                                       const SecurityPackage& package,
                                       uint32_t use)
    : Credential(world, package, use),
      cache_id_(world.tls_sessions().NewCredentialId()) {}

SchannelCredential::~SchannelCredential() {
  world().tls_sessions().EraseCredential(cache_id_);
}

SECURITY_STATUS SchannelCredential::LoadCertificates(
    absl::Span<const absl::Span<const uint8_t>> wanted) {
  const CertificateStore& store = world().certificates();
  std::vector<const OwnedCertificate*> found;
  for (const absl::Span<const uint8_t> der : wanted) {
    const OwnedCertificate* owned = store.Find(der);
    if (owned == nullptr) {
      // Windows tells what is no certificate from one without its key.
      return tls::ReadCertificate(der) == nullptr ? SEC_E_UNKNOWN_CREDENTIALS
                                                  : SEC_E_NO_CREDENTIALS;
    }
    found.push_back(owned);
  }
  // A server cannot do without.
  if (found.empty() && inbound()) {
    if (store.Default() == nullptr) return SEC_E_NO_CREDENTIALS;
    found.push_back(store.Default());
  }
  for (const OwnedCertificate* owned : found) {
    std::optional<OwnCertificate> certificate = OwnCertificate::Parse(*owned);
    if (!certificate.has_value() || !certificate->UseIn(ssl_ctx_.get())) {
      ERR_clear_error();
      return SEC_E_UNKNOWN_CREDENTIALS;
    }
    certificates_.push_back(*std::move(certificate));
  }
  return SEC_E_OK;
}

SECURITY_STATUS SchannelCredential::Configure(
    const CredentialRequest& request) {
  // Schannel's credentials have one direction.
  if (inbound() && outbound()) return SEC_E_NO_CREDENTIALS;
  if (tls::Library() == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  const Role role = inbound() ? Role::kAcceptor : Role::kInitiator;
  const SchannelPolicy& policy = world().options().schannel;
  Settings settings;
  SECURITY_STATUS status =
      ReadSettings(request.auth_data,
                   inbound() ? SP_PROT_TLS1_X_SERVER : SP_PROT_TLS1_X_CLIENT,
                   policy, &settings);
  if (status != SEC_E_OK) return status;
  // For the keys of tickets, which are not used.
  Entropy entropy(world().options().seed, UINT64_MAX);
  const tls::EntropyScope scope(&entropy);
  ssl_ctx_ =
      NewSslContext(role, settings, policy, world().observer() != nullptr);
  if (ssl_ctx_ == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  status = LoadCertificates(settings.certificates);
  if (status != SEC_E_OK) return status;
  protocols_ = settings.protocols;
  minimum_strength_ = settings.minimum_strength;
  maximum_strength_ = settings.maximum_strength;
  flags_ = settings.flags;
  session_lifespan_ = FileTime{settings.session_lifespan} * kMillisecond;
  RefreshRoots();
  return SEC_E_OK;
}

void SchannelCredential::RefreshRoots() {
  const std::deque<DerBytes>& roots = world().certificates().roots();
  absl::MutexLock lock(&mutex_);
  for (; roots_read_ < roots.size(); ++roots_read_) {
    const tls::X509Ptr root = tls::ReadCertificate(roots[roots_read_]);
    // One that is no certificate vouches for nothing.
    if (root == nullptr ||
        X509_STORE_add_cert(SSL_CTX_get_cert_store(ssl_ctx_.get()),
                            root.get()) != 1) {
      ERR_clear_error();
    }
  }
}

SECURITY_STATUS SchannelCredential::QueryAttribute(ULONG attribute,
                                                   AttributeWriter& out) const {
  switch (attribute) {
    case SECPKG_ATTR_SUPPORTED_PROTOCOLS:
      return out.Put(
          SecPkgCred_SupportedProtocols{.grbitProtocol = protocols_});
    case SECPKG_ATTR_CIPHER_STRENGTHS:
      return out.Put(SecPkgCred_CipherStrengths{
          .dwMinimumCipherStrength = minimum_strength_,
          .dwMaximumCipherStrength = maximum_strength_});
    default:
      return SEC_E_UNSUPPORTED_FUNCTION;
  }
}

}  // namespace sspilab::schannel
