#ifndef SSPILAB_FUZZ_MESSAGE_ROUND_TRIP_H_
#define SSPILAB_FUZZ_MESSAGE_ROUND_TRIP_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/ntlm/av_pairs.h"
#include "fuzz/guarded_buffer.h"
#include "fuzz/rules.h"

namespace sspilab::fuzz {

// Room for six fields of 65535 bytes, whatever they overlap in the token, and
// the header. Every run begins with no more than its guards written.
using SerializedToken = GuardedBuffer<6 * 0x10000 + 128>;

inline void RequireRoundTrip(bool holds, std::string_view what) {
  if (!holds) Fail(Rule::kRoundTrip, what);
}

// Parses `token` as a Message and, if it is one, serializes and parses it
// again. Whether it is one.
template <typename Message>
bool RoundTrip(absl::Span<const uint8_t> token, Message* message) {
  static SerializedToken& memory = *new SerializedToken;
  const auto first = Message::Parse(token);
  if (!first.ok()) return false;
  *message = *first;
  const absl::Span<uint8_t> out = memory.Lay(first->SerializedSize());
  RequireRoundTrip(out.size() == first->SerializedSize(), "its size");
  const auto written = first->Serialize(out);
  RequireRoundTrip(memory.intact(), "it wrote around its buffer");
  RequireRoundTrip(
      written.ok() && *written == out.size(),
      written.ok() ? "it wrote another size" : written.status().ToString());
  const auto second = Message::Parse(out);
  RequireRoundTrip(second.ok() && *second == *first,
                   second.ok() ? "it parses to another message"
                               : second.status().ToString());
  return true;
}

// The same for a list of AV pairs.
inline void RoundTripAvPairs(absl::Span<const uint8_t> bytes) {
  static GuardedBuffer<0x10000>& memory = *new GuardedBuffer<0x10000>;
  const auto pairs = ntlm::AvPairs::Parse(bytes);
  if (!pairs.ok()) return;
  ntlm::AvPairsWriter writer(memory.Lay(pairs->bytes().size()));
  writer.Copy(*pairs);
  const auto written = writer.Finish();
  RequireRoundTrip(memory.intact(), "AV pairs around their buffer");
  RequireRoundTrip(written.ok() && *written == pairs->bytes().size(),
                   "AV pairs of another size");
}

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_MESSAGE_ROUND_TRIP_H_
