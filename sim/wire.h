#ifndef SSPILAB_SIM_WIRE_H_
#define SSPILAB_SIM_WIRE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace sspilab::sim {

// Which way a message goes.
enum class Direction : uint8_t { kToServer, kToClient };
inline constexpr std::array<std::string_view, 2> kDirectionNames = {
    "to-server", "to-client"};

// What is in a message. The callers' own protocol around the tokens: a real
// one has something of the kind, a status line or a packet type.
enum class MessageKind : uint8_t { kToken, kVerdict, kProtected };
inline constexpr std::array<std::string_view, 3> kMessageKindNames = {
    "token", "verdict", "protected"};

// kMessage keeps what is sent together together, as datagrams or HTTP headers
// do. kStream carries bytes only, as a socket does, and the readers find the
// messages again themselves.
enum class WireForm : uint8_t { kMessage, kStream };
inline constexpr std::array<std::string_view, 2> kWireFormNames = {"message",
                                                                   "stream"};

// What can go wrong with one message on its way.
enum class FaultKind : uint8_t {
  kSplit,     // Arrives in two pieces, the second beginning at `offset`.
  kCoalesce,  // Waits for the next message of its direction; both arrive as
              // one.
  kTruncate,  // Loses everything from `offset` on.
};
inline constexpr std::array<std::string_view, 3> kFaultKindNames = {
    "split", "coalesce", "truncate"};

struct Fault {
  FaultKind kind = FaultKind::kSplit;
  Direction direction = Direction::kToServer;
  // Which message of that direction, counted from 1, verdicts included.
  uint32_t leg = 1;
  // Bytes from the message's start; in stream form its header counts. An
  // offset at or behind the end changes nothing.
  uint32_t offset = 0;

  friend bool operator==(const Fault&, const Fault&) = default;
};

// KIND:DIRECTION:LEG[:OFFSET], e.g. "truncate:to-server:2:64". The error names
// what is wrong and what would be right.
absl::StatusOr<Fault> ParseFault(std::string_view text);
std::string FaultToString(const Fault& fault);

// A message's header in stream form: kind (1 byte), length of what follows
// (4 bytes, little-endian).
inline constexpr size_t kStreamHeaderSize = 5;

// What one Receive gave.
struct Delivery {
  // In message form; in stream form the reader takes it from the header.
  MessageKind kind = MessageKind::kToken;
  absl::Span<const uint8_t> bytes;
};

// Sees what the wire does. `leg` counts the messages of a direction from 1.
class WireObserver {
 public:
  virtual ~WireObserver() = default;
  // The message as its sender gave it.
  virtual void OnSend(Direction direction, uint32_t leg, MessageKind kind,
                      absl::Span<const uint8_t> payload) = 0;
  // The plan touches the message that was just sent.
  virtual void OnFault(const Fault& fault) = 0;
  // A piece as its reader gets it.
  virtual void OnReceive(Direction direction, const Delivery& delivery) = 0;
  virtual void OnClose(Direction direction) = 0;
};

// Two one-way lines between a client and a server, in memory.
//
//   1. Without faults, what is received on a line is what was sent on it:
//      the same bytes in the same order, in message form with the same borders.
//   2. A fault touches one message, that of its direction and leg; where
//      several faults name the same message they act in the order of the plan.
//   3. Nothing arrives before it was sent. A message that a fault holds back
//      arrives with the next one of its direction, or at Flush or Close.
//   4. Closing ends one line for good: what was sent before still arrives, and
//      then the reader is told that nothing more will come.
//   5. The wire looks at nothing but its plan: not at the bytes, not at a
//   clock.
class Wire {
 public:
  explicit Wire(WireForm form = WireForm::kMessage) : form_(form) {}

  // Begins anew, with memory kept. `plan` is not owned.
  void Reset(WireForm form, absl::Span<const Fault> plan);

  // Not owned; may be null. Outlives Reset.
  void set_observer(WireObserver* observer) { observer_ = observer; }

  WireForm form() const { return form_; }

  // On a closed line it goes nowhere, as into a broken pipe.
  void Send(Direction direction, MessageKind kind,
            absl::Span<const uint8_t> payload);

  // The next piece that has arrived, or nothing. The bytes are valid until the
  // next Send in the same direction.
  [[nodiscard]] std::optional<Delivery> Receive(Direction direction);

  void Close(Direction direction);
  // Whether the line is closed and all of it was received.
  bool AtEnd(Direction direction) const;

  // Lets go of what coalescing holds back. False when it held nothing.
  bool Flush();

  // Messages sent so far.
  uint32_t sent(Direction direction) const { return line(direction).sent; }

 private:
  // Some of a line's bytes, which arrive at once.
  struct Piece {
    MessageKind kind;
    size_t begin;
    size_t end;
  };
  struct Line {
    std::vector<uint8_t> bytes;
    std::vector<Piece> pieces;
    size_t received = 0;   // Pieces that the reader has.
    size_t arrived = 0;    // Pieces that the reader may have.
    uint32_t sent = 0;     // Messages.
    bool holding = false;  // The last piece waits for company.
    bool closed = false;
  };
  // The message that a fault acts on: the last pieces of a line.
  struct Message {
    Line& line;
    size_t first_piece;
    size_t begin;
  };
  using ApplyFault = void (*)(Message& message, uint32_t offset);
  static const std::array<ApplyFault, kFaultKindNames.size()> kApplyFault;

  Line& line(Direction direction) {
    return lines_[static_cast<size_t>(direction)];
  }
  const Line& line(Direction direction) const {
    return lines_[static_cast<size_t>(direction)];
  }

  WireForm form_;
  absl::Span<const Fault> plan_;
  WireObserver* observer_ = nullptr;
  std::array<Line, 2> lines_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_WIRE_H_
