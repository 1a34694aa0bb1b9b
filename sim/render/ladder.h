#ifndef SSPILAB_SIM_RENDER_LADDER_H_
#define SSPILAB_SIM_RENDER_LADDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/status.h"
#include "sim/caller.h"
#include "sim/trace.h"

namespace sspilab::sim {

// An exchange as a ladder: the sides' lifelines, their calls beside them, and
// between them what goes over the wire. Here is what it says, row by row;
// ladder_text.h and ladder_svg.h draw it.

// How a status or an ending is to be felt.
enum class Tone : uint8_t { kPlain, kGood, kWaiting, kBad };

struct LadderRow {
  enum class Kind : uint8_t {
    // Calls of `side`: `text` names them, `value` is the status; `note` is the
    // state in which its machine now is.
    kCall,
    // A message from `side` to the other: `text` is what it is, `value` how
    // long, `note` the fault that it meets.
    kMessage,
    // One line about the message above: `text` is the field, `value` its value.
    kField,
    // `side` asks a KDC, or is answered: `text` is the message, `value` how
    // long, `note` whose KDC.
    kKdcRequest,
    kKdcAnswer,
    // A piece of a faulted message arrives at `side`.
    kArrival,
    // The line on which `side` sends is closed.
    kClose,
  };

  Kind kind = Kind::kCall;
  Side side = Side::kClient;
  Tone tone = Tone::kPlain;
  std::string text;
  std::string value;
  std::string note;
  // kField: how deep inside the message.
  size_t depth = 0;
  // kCall: whether it is what the reader looks for (MarkCalls).
  bool marked = false;
  // Where the trace tells this, as indices of its events. A call: the steps of
  // machines inside it, and itself. A message: what it holds encrypted, and its
  // sending. An arrival: the receiving. A KDC's message:
  // itself.
  std::vector<size_t> events;
};

struct Ladder {
  // "client CLIENT".
  std::string client;
  std::string server;
  std::vector<LadderRow> rows;
};

Ladder MakeLadder(const Trace& trace);

// Marks the rows of `call` that returned `status`. How many there are.
size_t MarkCalls(Call call, SECURITY_STATUS status, Ladder* ladder);

Tone ToneOf(SECURITY_STATUS status);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_LADDER_H_
