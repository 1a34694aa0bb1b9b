#ifndef SSPILAB_CORE_SCHANNEL_SETTINGS_H_
#define SSPILAB_CORE_SCHANNEL_SETTINGS_H_

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "core/schannel/cipher_suites.h"
#include "core/schannel/policy.h"
#include "core/sspi.h"

namespace sspilab::schannel {

// What a caller asks of a credential, whichever of Windows' structures it is
// in: SCHANNEL_CRED or SCH_CREDENTIALS.
struct Settings {
  // DER, the caller's memory.
  absl::InlinedVector<absl::Span<const uint8_t>, 2> certificates;
  // SP_PROT_*, one side's bits only.
  uint32_t protocols = 0;
  // In order of preference; at least one.
  std::vector<const CipherSuite*> suites;
  uint32_t minimum_strength = 0;  // Of those, in bits.
  uint32_t maximum_strength = 0;
  uint32_t session_lifespan = 0;  // ms
  uint32_t flags = 0;             // SCH_CRED_*, SCH_*
};

// Reads `auth_data`, or what counts where it is null. `side` is
// SP_PROT_TLS1_X_CLIENT or ..._SERVER.
//   SEC_E_UNKNOWN_CREDENTIALS: a structure of no known version, or one that
//     contradicts itself.
//   SEC_E_ALGORITHM_MISMATCH: nothing is left of the protocols or ciphers.
//   SEC_E_UNSUPPORTED_FUNCTION: asks for what is not there: certificates by
//     hash, DTLS, pre-shared keys, no encryption, switches of single algorithms
//     other than ciphers.
[[nodiscard]] SECURITY_STATUS ReadSettings(const void* auth_data, uint32_t side,
                                           const SchannelPolicy& policy,
                                           Settings* settings);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_SETTINGS_H_
