#include "fuzz/tls_flow.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fuzz/oracles.h"
#include "fuzz/records.h"

namespace sspilab::fuzz {
namespace {

using Bytes = absl::Span<const uint8_t>;

// What of the records in `stream` is protected by a handshake that ended well,
// each byte with its record's type: not their versions (RFC 8446 5.1), not
// where one in the clear ends and the next begins, not ChangeCipherSpec (RFC
// 8446 5, "MUST simply drop it"), not alerts in the clear.
std::vector<std::pair<uint8_t, uint8_t>> ProtectedBytes(Bytes stream) {
  constexpr uint8_t kChangeCipherSpec = 20, kAlert = 21;
  std::vector<std::pair<uint8_t, uint8_t>> bytes;
  while (stream.size() >= kRecordHeader && MissingFrom(stream) == 0) {
    const size_t size = RecordSize(stream);
    if (stream[0] != kChangeCipherSpec && stream[0] != kAlert) {
      for (const uint8_t byte :
           stream.subspan(kRecordHeader, size - kRecordHeader)) {
        bytes.emplace_back(stream[0], byte);
      }
    }
    stream.remove_prefix(size);
  }
  return bytes;
}

std::vector<uint8_t> FlowFrom(Role sender, const Passage& passage,
                              Tokens tokens) {
  std::vector<uint8_t> flow;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (passage.SenderOf(i) != sender) continue;
    flow.insert(flow.end(), tokens[i].begin(), tokens[i].end());
  }
  return flow;
}

}  // namespace

void RequireTlsNoticed(Watch& watch, const Passage& passage) {
  for (const Role sender : {Role::kInitiator, Role::kAcceptor}) {
    const std::vector<uint8_t> sent = FlowFrom(sender, passage, passage.sent);
    std::vector<uint8_t> taken = FlowFrom(sender, passage, passage.arrived);
    taken.resize(std::min(taken.size(), sender == Role::kInitiator
                                            ? passage.taken_by_acceptor
                                            : passage.taken_by_initiator));
    const auto was_sent = ProtectedBytes(sent);
    const auto was_taken = ProtectedBytes(taken);
    watch.Require(
        was_taken.size() <= was_sent.size() &&
            std::equal(was_taken.begin(), was_taken.end(), was_sent.begin()),
        Rule::kNoForgery, "a record of the handshake was changed");
  }
}

}  // namespace sspilab::fuzz
