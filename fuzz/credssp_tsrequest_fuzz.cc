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
  return 0;
}
