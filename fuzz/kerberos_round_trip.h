#ifndef SSPILAB_FUZZ_KERBEROS_ROUND_TRIP_H_
#define SSPILAB_FUZZ_KERBEROS_ROUND_TRIP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/kerberos/messages.h"
#include "core/wire/der.h"
#include "fuzz/der_round_trip.h"

namespace sspilab::fuzz {

// Whether both say the same, element by element and judged without the
// messages' tables: BER may say in more bytes what DER says in fewer, flags may
// be more or fewer than 32, and a number may be 2^32 less.
bool SaysTheSame(absl::Span<const uint8_t> ber, absl::Span<const uint8_t> der);

// Whether there is but one way to write what `bytes` say, and this is it.
bool IsCanonical(absl::Span<const uint8_t> bytes);

template <typename Message>
struct MessageParser {
  static auto Parse(absl::Span<const uint8_t> bytes) {
    return kerberos::Parse<Message>(bytes);
  }
};
template <typename Element>
struct MessageParser<kerberos::List<Element>> {
  static auto Parse(absl::Span<const uint8_t> bytes) {
    return kerberos::ParseList<Element>(bytes);
  }
};

// Parses `bytes` as a Message and, if it is one, writes it, sees that it says
// the same, and parses it again. Nothing if it is none; the views are of
// `bytes`.
template <typename Message>
std::optional<Message> KerberosRoundTrip(absl::Span<const uint8_t> bytes) {
  // Flags and numbers may grow, each by less than itself.
  const size_t longest = 2 * bytes.size() + 8;
  if (longest > kLongestDer) return std::nullopt;
  auto first = MessageParser<Message>::Parse(bytes);
  if (!first.ok()) return std::nullopt;
  const auto write = [](const Message& message) {
    return [&message](wire::DerWriter& writer) {
      kerberos::Write(message, &writer);
    };
  };
  const absl::Span<const uint8_t> written = Written(write(*first), longest);
  // The same bytes parse to the same.
  if (written == bytes) return *std::move(first);
  RequireDer(SaysTheSame(bytes, written), "it says something else");
  // EncKDCRepPart's own tag may be another.
  RequireDer(!IsCanonical(bytes) || written.subspan(1) == bytes.subspan(1),
             "DER is written otherwise");
  const std::vector<uint8_t> der(written.begin(), written.end());
  const auto second = MessageParser<Message>::Parse(der);
  RequireDer(second.ok(), second.ok() ? "" : second.status().ToString());
  RequireDer(
      Written(write(*second), der.size()) == absl::Span<const uint8_t>(der),
      "it parses to another message");
  return *std::move(first);
}

// A kind of message, by its first byte.
struct MessageKind {
  wire::DerTag tag;
  void (*try_as)(absl::Span<const uint8_t> bytes);
};

// Tries `bytes` as the kinds whose tag they begin with. Where there is none, as
// one, by their size: none of the parsers takes it, but what it is compared
// with leads a fuzzer to a tag.
void TryKinds(absl::Span<const MessageKind> kinds,
              absl::Span<const uint8_t> bytes);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_KERBEROS_ROUND_TRIP_H_
