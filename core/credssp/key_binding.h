#ifndef SSPILAB_CORE_CREDSSP_KEY_BINDING_H_
#define SSPILAB_CORE_CREDSSP_KEY_BINDING_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "core/role.h"

namespace sspilab::credssp {

// What ties the server's TLS key to what SPNEGO agreed on; encrypted, it is
// pubKeyAuth. As long as a key of RSA-2048 at most, usually.
using KeyBinding = absl::InlinedVector<uint8_t, 272>;

// What `sender` sends in `version` (MS-CSSP 3.1.5, steps 3 and 4). `nonce` is
// the client's and counts from version 5 on; `key` is the certificate's
// SubjectPublicKey.
[[nodiscard]] KeyBinding BindKey(uint32_t version, Role sender,
                                 absl::Span<const uint8_t> nonce,
                                 absl::Span<const uint8_t> key);

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_KEY_BINDING_H_
