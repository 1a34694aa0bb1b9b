#ifndef SSPILAB_SIM_CHECKER_RECORDS_H_
#define SSPILAB_SIM_CHECKER_RECORDS_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "sim/caller.h"

namespace sspilab::sim {

// What a Checker remembers. Nothing but checker*.cc includes this.

// A handle's bits, by which records are found.
struct HandleKey {
  ULONG_PTR lower = 0;
  ULONG_PTR upper = 0;

  static HandleKey Of(const SecHandle& handle) {
    return {handle.dwLower, handle.dwUpper};
  }
  friend auto operator<=>(const HandleKey&, const HandleKey&) = default;
};

struct CredentialRecord {
  // What MayReturn is asked about; nothing for a package that it does not know.
  std::optional<Package> package;
  size_t opened_by = 0;
  bool freed = false;
};

// Where a context is, by the statuses that the caller got.
enum class Stage : uint8_t { kLegs, kDone, kFailed };

// What must come first in a context's next input, and why.
enum class Owed : uint8_t {
  kNothing,
  kIncomplete,  // SEC_E_INCOMPLETE_MESSAGE: these bytes and more.
  kExtra,       // SECBUFFER_EXTRA: they were not taken.
  kSameAgain,   // SEC_I_INCOMPLETE_CREDENTIALS.
};

struct ContextRecord {
  Side side = Side::kClient;
  CtxtHandle handle = {};
  HandleKey credential;
  std::optional<Package> package;
  size_t opened_by = 0;
  Call opened_in = Call::kInitializeSecurityContext;
  // False while the first leg has not given a handle
  // (SEC_E_INCOMPLETE_MESSAGE, SEC_E_BUFFER_TOO_SMALL).
  bool open = false;
  bool deleted = false;

  Stage stage = Stage::kLegs;
  // Was done once, and may be handshaking again.
  bool was_done = false;
  SECURITY_STATUS last_status = SEC_E_OK;
  // After a failure that the package cannot take back.
  bool failed_for_good = false;
  // ApplyControlToken was called: the next legs make the closing token.
  bool closing = false;
  // DecryptMessage said SEC_I_RENEGOTIATE, and no leg has ended well since.
  bool renegotiates = false;
  uint32_t legs = 0;

  // REQ bits of the last leg; RET bits of it.
  ULONG requested = 0;
  ULONG granted = 0;
  // The first leg that went well without all that was requested.
  bool gave_less_before_the_last = false;

  // The token that came out last.
  std::vector<uint8_t> token;
  size_t token_of = 0;
  bool token_unsent = false;
  // What was sent since, and failures that excuse the caller from sending.
  std::vector<uint8_t> sent_since;
  size_t failures_before_token = 0;
  bool owes_complete = false;

  Owed owed = Owed::kNothing;
  std::vector<uint8_t> owed_bytes;
  size_t owed_since = 0;
  Call owed_by = Call::kInitializeSecurityContext;
  // SECBUFFER_MISSING's number, 0 where none was given.
  size_t missing = 0;
  // What the last input was, if all of it was taken.
  std::vector<uint8_t> taken;
  // What the transport showed since the last call with input.
  bool waited_since = false;
  bool used_since_done = false;

  // Message numbers, of what was protected and of what was unprotected.
  struct Numbers {
    bool any = false;
    ULONG last = 0;
  };
  std::array<Numbers, 2> numbers;

  std::vector<uint8_t> bindings;
  // The other side's context, once one's token was the other's input.
  std::optional<HandleKey> peer;
  // One of the other side's tokens has arrived here as it was made.
  bool heard_peer = false;
  bool compared = false;

  // Calls that are in it now, and whose.
  int users = 0;
};

// Memory that a package gave, by what.
struct BufferRecord {
  size_t given_by = 0;
  Call given_in = Call::kInitializeSecurityContext;
  Side side = Side::kClient;
  bool freed = false;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_CHECKER_RECORDS_H_
