#ifndef SSPILAB_CORE_KERBEROS_KDC_H_
#define SSPILAB_CORE_KERBEROS_KDC_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/entropy.h"
#include "core/kerberos/messages.h"
#include "core/kerberos/realm.h"
#include "core/kerberos/times.h"

namespace sspilab::kerberos {

// The key distribution centers of a World's realms: bytes in, bytes out (RFC
// 4120 3.1, 3.3). Another machine, as it were: what it allocates is not the
// caller's.
class Kdc {
 public:
  // `entropy` gives session keys and confounders. All must outlive the object.
  Kdc(const Realms& realms, PreciseTime now, Entropy& entropy)
      : realms_(realms), now_(now), entropy_(entropy) {}

  // What the KDC of `realm` says to an AS-REQ or a TGS-REQ: an AS-REP, a
  // TGS-REP, or a KRB-ERROR. Empty where there is no such realm, or it is not
  // reachable, and so nobody answers.
  std::vector<uint8_t> Answer(std::string_view realm, Bytes request);

 private:
  const Realms& realms_;
  const PreciseTime now_;
  Entropy& entropy_;
};

}  // namespace sspilab::kerberos

#endif  // SSPILAB_CORE_KERBEROS_KDC_H_
