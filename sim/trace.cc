#include "sim/trace.h"

#include <algorithm>
#include <iterator>

#include "sim/digest.h"

namespace sspilab::sim {
namespace {

// By value, from SECBUFFER_EMPTY.
constexpr std::string_view kBufferTypes[] = {
    "EMPTY",
    "DATA",
    "TOKEN",
    "PKG_PARAMS",
    "MISSING",
    "EXTRA",
    "STREAM_TRAILER",
    "STREAM_HEADER",
    "NEGOTIATION_INFO",
    "PADDING",
    "STREAM",
    "MECHLIST",
    "MECHLIST_SIGNATURE",
    "TARGET",
    "CHANNEL_BINDINGS",
    "CHANGE_PASS_RESPONSE",
    "TARGET_HOST",
    "ALERT",
    "APPLICATION_PROTOCOLS",
    "SRTP_PROTECTION_PROFILES",
    "SRTP_MASTER_KEY_IDENTIFIER",
    "TOKEN_BINDING",
    "PRESHARED_KEY",
    "PRESHARED_KEY_IDENTITY",
    "DTLS_MTU",
    "SEND_GENERIC_TLS_EXTENSION",
    "SUBSCRIBE_GENERIC_TLS_EXTENSION",
    "FLAGS",
    "TRAFFIC_SECRETS",
};
static_assert(std::size(kBufferTypes) == SECBUFFER_TRAFFIC_SECRETS + 1);

}  // namespace

std::string_view BufferTypeName(ULONG type) {
  return type < std::size(kBufferTypes) ? kBufferTypes[type] : "";
}

std::optional<ULONG> BufferTypeByName(std::string_view name) {
  const auto* it =
      std::find(std::begin(kBufferTypes), std::end(kBufferTypes), name);
  if (it == std::end(kBufferTypes)) {
    return std::nullopt;
  }
  return static_cast<ULONG>(it - std::begin(kBufferTypes));
}

std::string KeyFingerprint(absl::Span<const uint8_t> key) {
  return key.empty() ? "" : Sha256Hex(key).substr(0, 32);
}

}  // namespace sspilab::sim
