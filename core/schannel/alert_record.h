#ifndef SSPILAB_CORE_SCHANNEL_ALERT_RECORD_H_
#define SSPILAB_CORE_SCHANNEL_ALERT_RECORD_H_

#include <openssl/types.h>

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "core/role.h"

namespace sspilab::schannel {

// Alerts of the caller's choice (SCHANNEL_ALERT_TOKEN). OpenSSL sends its own
// only, so these are made beside it.
using AlertRecord = absl::InlinedVector<uint8_t, 64>;

// Before there are keys.
[[nodiscard]] AlertRecord PlainAlert(uint8_t level, uint8_t number);

// Whether keys can be had: in TLS 1.2 with GCM. Those of TLS 1.3 OpenSSL keeps
// to itself.
[[nodiscard]] bool CanSealAlert(const SSL* ssl);

// RFC 5246 6.2.3.3, RFC 5288 3: as record `sequence` of this end, under a
// `nonce` that no other record has. Nothing for lack of memory.
[[nodiscard]] std::optional<AlertRecord> SealAlert(SSL* ssl, Role role,
                                                   uint64_t sequence,
                                                   uint64_t nonce,
                                                   uint8_t level,
                                                   uint8_t number);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_ALERT_RECORD_H_
