#ifndef SSPILAB_FUZZ_STREAM_MESSAGES_H_
#define SSPILAB_FUZZ_STREAM_MESSAGES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "fuzz/caller.h"
#include "fuzz/stream.h"
#include "fuzz/stream_records.h"
#include "sim/input/operation.h"

namespace sspilab::fuzz {

// Messages between two callers whose contexts are done and protect a stream,
// over a wire that splits, coalesces and bends it as the operations say.
class StreamMessages {
 public:
  // What has arrived at each and was not taken by the handshake comes first.
  // `agreed`: nothing was changed on the wire so far.
  StreamMessages(Caller& initiator, Caller& acceptor, Stream& to_initiator,
                 Stream& to_acceptor, bool strict, bool agreed);

  // What happens to a stream, and nothing where the operation is another.
  void Take(const sim::Operation& operation);
  // A context was used outside of the exchange, and may have been told to end
  // it.
  void FallOutOfStep() {
    in_step_ = false;
    for (Direction& way : ways_) way.closed_by_sender = true;
  }
  // Whether all that was sent has arrived, and been opened.
  bool in_step() const {
    return in_step_ &&
           std::all_of(ways_.begin(), ways_.end(), [](const Direction& way) {
             return way.wire.bytes().empty() && !way.closed_by_sender;
           });
  }
  // What is on the wire arrives, and must do so whole.
  void Finish();

 private:
  static constexpr size_t kMaxText = 255;

  // One way, and what is known of it.
  struct Direction {
    Caller& from;
    Caller& to;
    Stream& inbox;
    Stream wire = {};
    // All that was sent and not yet opened.
    Stream text = {};
    uint8_t next_byte = 0;
    bool closed_by_sender = false;
    // The receiver opens nothing any more.
    bool ended = false;
  };

  Direction& Back(const Direction& way) {
    return ways_[&way == &ways_[0] ? 1 : 0];
  }

  // Seals a message and puts it on the wire.
  void Send(Direction& way, size_t size);
  // XORs a byte of what is on the wire.
  void Damage(Direction& way, size_t at, uint8_t damage);
  // `size` bytes at most of what is on the wire arrive, and are opened.
  void Deliver(Direction& way, size_t size);
  // Opens the first record. False when nothing more can be opened now.
  bool Open(Direction& way);
  // Lets the handshake have the first record, or none.
  void Leg(Direction& way, absl::Span<const uint8_t> input);
  void Control(Direction& way, ULONG token_type);

  const bool strict_;
  bool in_step_;
  Records records_;
  std::array<Direction, 2> ways_;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_STREAM_MESSAGES_H_
