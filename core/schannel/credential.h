#ifndef SSPILAB_CORE_SCHANNEL_CREDENTIAL_H_
#define SSPILAB_CORE_SCHANNEL_CREDENTIAL_H_

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/schannel/own_certificate.h"
#include "core/schannel/ssl_context.h"
#include "core/security_package.h"

namespace sspilab::schannel {

// What one end shows and allows. Certificates and keys are read here, once, and
// not in each handshake. Contexts of several threads may use it at a time.
class SchannelCredential : public Credential {
 public:
  SchannelCredential(World& world, const SecurityPackage& package,
                     uint32_t use);
  ~SchannelCredential() override;

  [[nodiscard]] SECURITY_STATUS Configure(const CredentialRequest& request);

  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;

  SSL_CTX* ssl_ctx() const { return ssl_ctx_.get(); }
  const std::vector<OwnCertificate>& certificates() const {
    return certificates_;
  }
  bool has_flag(uint32_t flag) const { return (flags_ & flag) != 0; }
  // How long its sessions may be taken up again, in FileTime's units.
  FileTime session_lifespan() const { return session_lifespan_; }
  // By which its sessions are found.
  uint64_t cache_id() const { return cache_id_; }

  // Believes the roots that the World trusts by now: none is ever taken away.
  void RefreshRoots();

 private:
  [[nodiscard]] SECURITY_STATUS LoadCertificates(
      absl::Span<const absl::Span<const uint8_t>> wanted);

  const uint64_t cache_id_;
  SslContextPtr ssl_ctx_;
  std::vector<OwnCertificate> certificates_;
  uint32_t protocols_ = 0;
  uint32_t minimum_strength_ = 0;
  uint32_t maximum_strength_ = 0;
  uint32_t flags_ = 0;
  FileTime session_lifespan_ = 0;
  absl::Mutex mutex_;
  size_t roots_read_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_CREDENTIAL_H_
