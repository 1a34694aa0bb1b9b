#ifndef SSPILAB_SIM_CREDENTIAL_FLAGS_H_
#define SSPILAB_SIM_CREDENTIAL_FLAGS_H_

#include "absl/types/span.h"
#include "sim/context_flags.h"

namespace sspilab::sim {

// More bits by name, for people who write scenarios.

// SP_PROT_*, without that prefix, for each role; "1.2" and "1.3" are both
// roles'.
absl::Span<const ContextFlag> TlsProtocolFlags();

// SCH_CRED_* and SCH_*, without SCH_.
absl::Span<const ContextFlag> SchannelFlags();

// MS-NLMP 2.2.2.5, "NTLMSSP_NEGOTIATE_SIGN".
absl::Span<const ContextFlag> NtlmFlags();

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_CREDENTIAL_FLAGS_H_
