#ifndef SSPILAB_FUZZ_DER_ROUND_TRIP_H_
#define SSPILAB_FUZZ_DER_ROUND_TRIP_H_

#include <optional>
#include <string_view>

#include "absl/types/span.h"
#include "core/wire/der.h"
#include "fuzz/guarded_buffer.h"
#include "fuzz/rules.h"

namespace sspilab::fuzz {

// Inputs longer than this are passed over.
inline constexpr size_t kLongestDer = 0x10000;

inline void RequireDer(bool holds, std::string_view what) {
  if (!holds) Fail(Rule::kRoundTrip, what);
}

// What `write` writes, in memory that the next call takes; it must be as long
// as `write` itself counts, and is at most `longest`.
template <typename Write>
absl::Span<const uint8_t> Written(Write write, size_t longest) {
  static GuardedBuffer<kLongestDer>& memory = *new GuardedBuffer<kLongestDer>;
  wire::DerWriter counter;
  write(counter);
  RequireDer(counter.ok() && counter.size() <= longest, "it grows");
  wire::DerWriter writer(memory.Lay(counter.size()));
  write(writer);
  RequireDer(memory.intact(), "it wrote around its buffer");
  RequireDer(writer.ok() && writer.size() == counter.size(),
             "it wrote another size");
  return writer.written();
}

// Parses `bytes` as a Message and, if it is one, writes and parses it again.
// Nothing if it is none. `write` takes a message and a DerWriter&; `same`
// compares two messages. Writing may add up to `slack` bytes.
template <typename Message, typename Write, typename Same>
std::optional<Message> DerRoundTrip(absl::Span<const uint8_t> bytes,
                                    Write write, Same same, size_t slack = 0) {
  if (bytes.size() + slack > kLongestDer) return std::nullopt;
  const auto first = Message::Parse(bytes);
  if (!first.ok()) return std::nullopt;
  const auto written =
      Written([&](wire::DerWriter& writer) { write(*first, writer); },
              bytes.size() + slack);
  const auto second = Message::Parse(written);
  RequireDer(second.ok() && same(*first, *second),
             second.ok() ? "it parses to another message"
                         : second.status().ToString());
  return *first;
}

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_DER_ROUND_TRIP_H_
