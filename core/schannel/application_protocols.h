#ifndef SSPILAB_CORE_SCHANNEL_APPLICATION_PROTOCOLS_H_
#define SSPILAB_CORE_SCHANNEL_APPLICATION_PROTOCOLS_H_

#include <cstdint>
#include <optional>

#include "absl/types/span.h"

namespace sspilab::schannel {

// The ALPN list of a SEC_APPLICATION_PROTOCOLS, a view of it: as it goes into
// the handshake (RFC 7301 3.1 ProtocolNameList, without its length). Empty
// where there is none; nothing where the structure or the list contradicts
// itself.
[[nodiscard]] std::optional<absl::Span<const uint8_t>> AlpnListOf(
    absl::Span<const uint8_t> protocols);

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_APPLICATION_PROTOCOLS_H_
