#ifndef SSPILAB_SIM_TRACE_H_
#define SSPILAB_SIM_TRACE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "core/world.h"
#include "sim/caller.h"
#include "sim/scenario.h"
#include "sim/wire.h"

namespace sspilab::sim {

// What happened in a run, in order, and what was to be run. Renderers draw it;
// trace_json.h writes and reads it.

// A SecBuffer, copied. For SECBUFFER_MISSING there are no bytes, the number
// is all.
struct TraceBuffer {
  ULONG type = SECBUFFER_EMPTY;
  ULONG size = 0;
  std::vector<uint8_t> bytes;

  friend bool operator==(const TraceBuffer&, const TraceBuffer&) = default;
};

// One call of the SSPI. What a function does not have stays empty.
struct TraceCall {
  Side side = Side::kClient;
  // With its W where the table's slot has one.
  std::string function;
  // The package, or the target.
  std::u16string name;
  // fCredentialUse, fContextReq, ulAttribute or MessageSeqNo.
  uint32_t argument = 0;
  std::vector<TraceBuffer> input;
  SECURITY_STATUS status = SEC_E_OK;
  // What came out, where the status is not an error: tokens, messages, and
  // input buffers that became SECBUFFER_EXTRA or SECBUFFER_MISSING.
  std::vector<TraceBuffer> output;
  uint32_t attributes = 0;
  FileTime expiry = 0;

  friend bool operator==(const TraceCall&, const TraceCall&) = default;
};

// One event on the wire.
struct TraceWire {
  enum class What : uint8_t { kSend, kFault, kReceive, kClose };

  What what = What::kSend;
  Direction direction = Direction::kToServer;
  // The clock of the side that acts.
  FileTime time = 0;
  // kSend and kFault: which message.
  uint32_t leg = 0;
  // kSend and kReceive.
  MessageKind kind = MessageKind::kToken;
  std::vector<uint8_t> bytes;
  // kFault.
  Fault fault;

  friend bool operator==(const TraceWire&, const TraceWire&) = default;
};

// One step of one state machine, by name.
struct TraceTransition {
  Side side = Side::kClient;
  std::string machine;
  std::string from;
  std::string event;
  std::string to;
  SECURITY_STATUS status = SEC_E_OK;
  // Whether the machine's table has it.
  bool declared = true;

  friend bool operator==(const TraceTransition&,
                         const TraceTransition&) = default;
};

// What `side` sends encrypted in its next token.
struct TraceInner {
  Side side = Side::kClient;
  InnerMessage kind = InnerMessage::kTlsHandshake;
  std::vector<uint8_t> bytes;

  friend bool operator==(const TraceInner&, const TraceInner&) = default;
};

// A message to or from a KDC, within a call of `side`.
struct TraceKdc {
  enum class What : uint8_t { kRequest, kAnswer };

  Side side = Side::kClient;
  What what = What::kRequest;
  // Whose KDC.
  std::string realm;
  // The clock of the side.
  FileTime time = 0;
  // Empty for an answer that did not come.
  std::vector<uint8_t> bytes;

  friend bool operator==(const TraceKdc&, const TraceKdc&) = default;
};

// A line of the TLS key log, by which captures can be read. Both sides tell the
// same keys.
struct TraceKeyLog {
  Side side = Side::kClient;
  std::string line;

  friend bool operator==(const TraceKeyLog&, const TraceKeyLog&) = default;
};

// How it ended for one side.
struct TraceEnd {
  Side side = Side::kClient;
  Ending ending = Ending::kUnfinished;
  SECURITY_STATUS status = SEC_E_OK;
  // Of the session key, empty where there is none.
  std::string key_fingerprint;
  std::u16string identity;

  friend bool operator==(const TraceEnd&, const TraceEnd&) = default;
};

using TraceEvent = std::variant<TraceCall, TraceWire, TraceTransition,
                                TraceInner, TraceKdc, TraceKeyLog, TraceEnd>;

struct Trace {
  Scenario scenario;
  std::vector<TraceEvent> events;
};

// "TOKEN" for SECBUFFER_TOKEN; empty for a type that has no name.
std::string_view BufferTypeName(ULONG type);
// The other way round.
std::optional<ULONG> BufferTypeByName(std::string_view name);

// What people compare instead of a key: the first half of its SHA-256, in
// hexadecimal. Empty for an empty key.
std::string KeyFingerprint(absl::Span<const uint8_t> key);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TRACE_H_
