#ifndef SSPILAB_CORE_CERTIFICATES_H_
#define SSPILAB_CORE_CERTIFICATES_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/types/span.h"

namespace sspilab {

using DerBytes = std::vector<uint8_t>;

// A certificate that the machine has a private key for: Windows' "MY" store.
struct OwnedCertificate {
  DerBytes certificate;  // X.509.
  DerBytes private_key;  // PKCS #8, not encrypted.
  // What is sent along: the issuer, its issuer... without the root.
  std::vector<DerBytes> chain;
};

// The certificates of a machine. Bytes, and nothing else: who reads them judges
// them. What was added stays where it is for as long as the store lives.
class CertificateStore {
 public:
  const OwnedCertificate& Add(OwnedCertificate certificate);
  // A root whose signature is believed.
  void Trust(DerBytes root);

  // The first that was added, whatever it is good for; null where there is
  // none.
  const OwnedCertificate* Default() const;
  // By the certificate's own bytes; null where the machine has no key for it.
  const OwnedCertificate* Find(absl::Span<const uint8_t> certificate) const;
  const std::deque<OwnedCertificate>& owned() const { return owned_; }
  const std::deque<DerBytes>& roots() const { return roots_; }

 private:
  std::deque<OwnedCertificate> owned_;
  std::deque<DerBytes> roots_;
};

}  // namespace sspilab

#endif  // SSPILAB_CORE_CERTIFICATES_H_
