#include "core/certificates.h"

#include <utility>

namespace sspilab {

const OwnedCertificate& CertificateStore::Add(OwnedCertificate certificate) {
  return owned_.emplace_back(std::move(certificate));
}

void CertificateStore::Trust(DerBytes root) {
  roots_.push_back(std::move(root));
}

const OwnedCertificate* CertificateStore::Default() const {
  return owned_.empty() ? nullptr : &owned_.front();
}

const OwnedCertificate* CertificateStore::Find(
    absl::Span<const uint8_t> certificate) const {
  for (const OwnedCertificate& owned : owned_) {
    if (absl::MakeConstSpan(owned.certificate) == certificate) return &owned;
  }
  return nullptr;
}

}  // namespace sspilab
