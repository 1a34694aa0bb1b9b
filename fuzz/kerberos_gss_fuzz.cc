// What GSS-API puts around Kerberos' messages, and into the authenticator, can
// be written as it was read.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/kerberos/gss.h"
#include "core/kerberos/messages.h"
#include "fuzz/der_round_trip.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;
using kerberos::GssChecksum;
using kerberos::GssToken;

GuardedBuffer<kLongestDer>& Memory() {
  static GuardedBuffer<kLongestDer>& memory = *new GuardedBuffer<kLongestDer>;
  return memory;
}

void TryFraming(Bytes bytes) {
  const auto token = GssToken::Parse(bytes);
  if (!token.ok()) return;
  const size_t size = token->message.size();
  const size_t framed = kerberos::FramedSize(size, token->user_to_user);
  // Lengths may have come with more bytes than they need.
  RequireDer(framed <= bytes.size(), "it grows");
  const absl::Span<uint8_t> written = Memory().Lay(framed);
  const absl::Span<uint8_t> place =
      kerberos::WriteFraming(token->id, token->user_to_user, size, written);
  RequireDer(place.data() + place.size() == written.data() + written.size() &&
                 place.size() == size,
             "the message has another place");
  std::copy(token->message.begin(), token->message.end(), place.begin());
  RequireDer(Memory().intact(), "it wrote around its buffer");
  RequireDer(framed != bytes.size() || Bytes(written) == bytes,
             "DER is written otherwise");
  const auto again = GssToken::Parse(written);
  RequireDer(again.ok() && again->user_to_user == token->user_to_user &&
                 again->id == token->id && again->message == token->message,
             "it parses to another token");
}

// RFC 4121 4.1.1: what follows it may be an extension.
void TryChecksum(Bytes bytes) {
  const auto checksum = GssChecksum::Parse(bytes);
  if (!checksum.ok()) return;
  RequireDer(checksum->size() <= bytes.size(), "a checksum that grows");
  const absl::Span<uint8_t> written = Memory().Lay(checksum->size());
  checksum->WriteTo(written);
  RequireDer(Memory().intact(), "a checksum around its buffer");
  RequireDer(Bytes(written) == bytes.first(written.size()),
             "a checksum is written otherwise");
}

}  // namespace
}  // namespace sspilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sspilab::fuzz;
  if (size > kLongestDer) return 0;
  TryFraming({data, size});
  TryChecksum({data, size});
  return 0;
}
