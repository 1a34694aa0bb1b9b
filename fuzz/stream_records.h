#ifndef SSPILAB_FUZZ_STREAM_RECORDS_H_
#define SSPILAB_FUZZ_STREAM_RECORDS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "core/sspi.h"
#include "fuzz/caller.h"
#include "fuzz/guarded_buffer.h"
#include "fuzz/stream.h"

namespace sspilab::fuzz {

// EncryptMessage and DecryptMessage as callers of streams call them, each call
// judged by what it says of the bytes around it (MissingIsRight, ExtraIsExact).
class Records {
 public:
  enum class Sealed : uint8_t {
    kWhole,
    // Nothing came of it.
    kNot,
    // There was no room for it on the wire.
    kLost,
  };
  // Seals `text`, and appends the record to `wire`.
  Sealed Seal(Caller& sender, absl::Span<const uint8_t> text, Stream& wire);

  struct Opened {
    SECURITY_STATUS status;
    // Gone with the next call.
    absl::Span<const uint8_t> text;
    // Bytes at the end of what was given that are still to be given to a call:
    // DecryptMessage, or, after SEC_I_RENEGOTIATE, the handshake's.
    size_t rest;
  };
  // Opens the record that `stream` begins with.
  Opened Open(Caller& receiver, absl::Span<const uint8_t> stream);

 private:
  GuardedBuffer<Stream::kCapacity> memory_;
};

// SCHANNEL_SHUTDOWN, SCHANNEL_RENEGOTIATE; a leg without a token must follow.
SECURITY_STATUS ApplyControl(Caller& caller, ULONG token_type);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_STREAM_RECORDS_H_
