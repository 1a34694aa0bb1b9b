#ifndef SSPILAB_SIM_WIRE_H_
#define SSPILAB_SIM_WIRE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/world.h"
#include "sim/fault.h"

namespace sspilab::sim {

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

// A message's header in stream form: kind (1 byte), length of what follows
// (4 bytes, little-endian).
inline constexpr size_t kStreamHeaderSize = 5;

// Where a field is in a token.
struct FieldPlace {
  size_t offset;
  size_t size;
};
// Finds a field by its path; nothing where the token has none of that name. The
// wire knows nothing of tokens itself.
using FieldFinder = std::optional<FieldPlace> (*)(
    absl::Span<const uint8_t> token, std::string_view path);

// What was sent in a session, by direction and in order.
struct SentMessages {
  struct Message {
    MessageKind kind;
    std::vector<uint8_t> payload;
  };
  std::array<std::vector<Message>, 2> by_direction;
};

// What an attacker has written down: where replay, splice and swap take their
// bytes from.
struct EarlierSessions {
  // Between the same two callers.
  SentMessages same_roles;
  // Between the same two machines, the service on the client's.
  SentMessages swapped_roles;
};

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
  // The plan has changed the message that was just sent, or what becomes of
  // it.
  virtual void OnFault(const Fault& fault) = 0;
  // A piece as its reader gets it.
  virtual void OnReceive(Direction direction, const Delivery& delivery) = 0;
  virtual void OnClose(Direction direction) = 0;
};

// Two one-way lines between a client and a server, in memory.
//
//   1. Without faults, what is received on a line is what was sent on it:
//      the same bytes in the same order, in message form with the same borders.
//   2. A fault touches one message, that of its direction and leg. Where
//      several name the same message, those that change bytes act in the order
//      of the plan; of those that say where it goes (drop, reorder, reflect)
//      the last one counts; a duplicate is one of the message as it finally is.
//   3. Nothing arrives before it was sent. A message that a fault holds back
//      arrives with, or after, the next one of its direction, or at Flush or
//      Close.
//   4. Closing ends one line for good: what was sent before still arrives, and
//      then the reader is told that nothing more will come.
//   5. What happens depends on the plan, on what was sent, and on the earlier
//      sessions. Only a FieldFinder looks into tokens, and only for a fault
//      that names a field. The wire has no clock: it says how long what it did
//      has taken, and whoever has the clocks advances them.
class Wire {
 public:
  explicit Wire(WireForm form = WireForm::kMessage) : form_(form) {}

  // Begins anew, with memory kept. `plan` is not owned.
  void Reset(WireForm form, absl::Span<const Fault> plan);

  // These outlive Reset. Not owned; may be null.
  void set_observer(WireObserver* observer) { observer_ = observer; }
  // Without it, faults that name a field change nothing.
  void set_field_finder(FieldFinder finder) { find_field_ = finder; }
  // Without them, faults that need them change nothing.
  void set_earlier_sessions(const EarlierSessions* sessions) {
    earlier_ = sessions;
  }

  WireForm form() const { return form_; }

  // On a closed line it goes nowhere, as into a broken pipe.
  void Send(Direction direction, MessageKind kind,
            absl::Span<const uint8_t> payload);

  // The next piece that has arrived, or nothing. The bytes are valid until the
  // next Send, Flush or Close.
  [[nodiscard]] std::optional<Delivery> Receive(Direction direction);

  void Close(Direction direction);
  // Whether the line is closed and all of it was received.
  bool AtEnd(Direction direction) const;

  // Lets go of what is held back. False when nothing was.
  bool Flush();

  // How long messages were on their way, by their faults, since it was last
  // asked.
  FileTime TakeDelay() { return std::exchange(delay_, 0); }

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
    // What comes after the next message, header included.
    std::vector<SentMessages::Message> late;
  };
  enum class Fate : uint8_t { kArrives, kDropped, kLate, kReflected };
  // The message that a fault acts on: the last pieces of a line, and all that
  // is behind `begin`.
  struct Message {
    Line& line;
    MessageKind kind;
    size_t first_piece;
    size_t begin;
    Fate fate = Fate::kArrives;
    bool twice = false;
    bool coalesces = false;

    size_t size() const { return line.bytes.size() - begin; }
  };
  // Acts on a message that was not lost. `place` is 0 for kinds without one.
  // False when nothing changes.
  using ApplyFault = bool (*)(Wire& wire, Message& message, const Fault& fault,
                              size_t place);
  static const std::array<ApplyFault, kFaultKindNames.size()> kApplyFault;

  // The place of `fault` in the message, or nothing where it has none.
  std::optional<size_t> PlaceOf(const Message& message,
                                const Fault& fault) const;
  // Puts what an earlier session has there in the place of the message's bytes
  // `from` on. False when that session has no such leg.
  bool Replace(Message& message, const SentMessages EarlierSessions::*session,
               const Fault& fault, size_t from) const;
  // Puts a message, in stream form with its header, behind the line's bytes.
  void AppendMessage(Line& line, MessageKind kind,
                     absl::Span<const uint8_t> payload) const;
  // Sends the message where it belongs now that the plan has been through it.
  void Settle(Direction direction, const Message& message);
  // Puts bytes on their way, as one piece.
  static void Deliver(Line& line, MessageKind kind,
                      absl::Span<const uint8_t> bytes);
  // Lets go of what is held back. False when nothing was.
  static bool Release(Line& line);

  Line& line(Direction direction) {
    return lines_[static_cast<size_t>(direction)];
  }
  const Line& line(Direction direction) const {
    return lines_[static_cast<size_t>(direction)];
  }

  WireForm form_;
  absl::Span<const Fault> plan_;
  WireObserver* observer_ = nullptr;
  FieldFinder find_field_ = nullptr;
  const EarlierSessions* earlier_ = nullptr;
  FileTime delay_ = 0;
  std::array<Line, 2> lines_;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_WIRE_H_
