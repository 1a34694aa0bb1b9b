#include "core/schannel/application_protocols.h"

#include <cstddef>
#include <cstring>

#include "core/sspi.h"

namespace sspilab::schannel {
namespace {

// Names of 1 to 255 bytes, each behind its length.
bool IsNameList(absl::Span<const uint8_t> list) {
  for (size_t at = 0; at < list.size(); at += 1 + size_t{list[at]}) {
    if (list[at] == 0 || list[at] >= list.size() - at) return false;
  }
  return true;
}

}  // namespace

std::optional<absl::Span<const uint8_t>> AlpnListOf(
    absl::Span<const uint8_t> protocols) {
  ULONG size;
  if (protocols.size() < sizeof(size)) return std::nullopt;
  std::memcpy(&size, protocols.data(), sizeof(size));
  absl::Span<const uint8_t> rest = protocols.subspan(sizeof(size));
  if (size > rest.size()) return std::nullopt;
  rest = rest.subspan(0, size);
  absl::Span<const uint8_t> alpn;
  constexpr size_t kHeader =
      offsetof(SEC_APPLICATION_PROTOCOL_LIST, ProtocolList);
  while (!rest.empty()) {
    if (rest.size() < kHeader) return std::nullopt;
    uint32_t extension;
    uint16_t length;
    std::memcpy(&extension, rest.data(), sizeof(extension));
    std::memcpy(&length, rest.data() + sizeof(extension), sizeof(length));
    rest.remove_prefix(kHeader);
    if (length > rest.size()) return std::nullopt;
    if (extension == SecApplicationProtocolNegotiationExt_ALPN) {
      alpn = rest.subspan(0, length);
      if (!IsNameList(alpn)) return std::nullopt;
    }
    rest.remove_prefix(length);
  }
  return alpn;
}

}  // namespace sspilab::schannel
