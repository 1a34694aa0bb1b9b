#ifndef SSPILAB_CORE_SCHANNEL_CERTIFICATE_CHECK_H_
#define SSPILAB_CORE_SCHANNEL_CERTIFICATE_CHECK_H_

#include <openssl/types.h>

#include <optional>
#include <string>

#include "core/schannel/transitions.h"
#include "core/world.h"

namespace sspilab::schannel {

// Checks the peer's certificates by the roots of their store and the clock of
// the World, and that they are `target`'s, a name or an address; an empty one
// is not compared. Nothing where all is well; the gravest that is wrong
// otherwise, which is then the error of `chain`, too.
[[nodiscard]] std::optional<Event> CheckCertificates(X509_STORE_CTX* chain,
                                                     FileTime now,
                                                     const std::string& target);

// A time of a certificate; kFileTimeNever where it cannot be read.
[[nodiscard]] FileTime FileTimeOf(const ASN1_TIME* time);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_CERTIFICATE_CHECK_H_
