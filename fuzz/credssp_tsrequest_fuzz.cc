// What parses as TSRequest can be written, parses to the same, and tells its
// size.

#include <optional>

#include "core/credssp/messages.h"
#include "fuzz/der_round_trip.h"

namespace sspilab::fuzz {
namespace {

using credssp::TsRequest;

bool IsSame(const TsRequest& a, const TsRequest& b) {
  return a.version == b.version && a.nego_tokens == b.nego_tokens &&
         a.auth_info == b.auth_info && a.pub_key_auth == b.pub_key_auth &&
         a.error_code == b.error_code && a.client_nonce == b.client_nonce;
}

void WriteTo(const TsRequest& message, wire::DerWriter& writer) {
  message.WriteTo(writer);
}

// X.690 8.1.3: the size that a SEQUENCE says that it has, whose length is one
// octet, or up to four behind one that says how many. Nothing of others, or
// where too little of it is there.
std::optional<size_t> SizeSaid(absl::Span<const uint8_t> begin) {
  if (begin.size() < 2 || begin[0] != 0x30) return std::nullopt;
  const size_t octets = begin[1] < 0x80 ? 0 : begin[1] & 0x7Fu;
  if (octets == 0) {
    if (begin[1] == 0x80) return std::nullopt;
    return size_t{2} + begin[1];
  }
  if (octets > 4 || begin.size() < 2 + octets) return std::nullopt;
  size_t size = 0;
  for (const uint8_t octet : begin.subspan(2, octets))
    size = size * 256 + octet;
  return 2 + octets + size;
}

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab::fuzz;
  const absl::Span<const uint8_t> bytes(data, size);
  const auto request = DerRoundTrip<TsRequest>(bytes, WriteTo, IsSame);
  // The receiver of a stream asks again and again, with more bytes each time.
  for (size_t have = 0; have <= size && have < 8; ++have) {
    const auto told = sspilab::credssp::TsRequestSize(bytes.subspan(0, have));
    RequireDer(!request.has_value() || !told.has_value() || *told == size,
               "it tells another size");
  }
  const auto told = sspilab::credssp::TsRequestSize(bytes);
  RequireDer(!request.has_value() || told == size, "it does not tell its size");
  RequireDer(told == SizeSaid(bytes), "its header says another size");
  return 0;
}
