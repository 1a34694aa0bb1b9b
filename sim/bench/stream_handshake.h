#ifndef SSPILAB_SIM_BENCH_STREAM_HANDSHAKE_H_
#define SSPILAB_SIM_BENCH_STREAM_HANDSHAKE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "core/sspi.h"

namespace sspilab::sim {

// Both ends of one exchange of a package whose tokens are a stream, Schannel or
// CredSSP, through a function table: what a call did not take is given to the
// next one. Nothing here allocates.
//
// An error says which call gave which status; the destructor closes what is
// open. Credentials are whoever's makes this, and must outlive it.
class StreamHandshake {
 public:
  struct End {
    CredHandle* credential = nullptr;
    ULONG requirements = 0;
  };
  // The target is the initiator's, zero-terminated, and must outlive this.
  StreamHandshake(PSecurityFunctionTableW table, End initiator, End acceptor,
                  SEC_WCHAR* target);
  StreamHandshake(const StreamHandshake&) = delete;
  StreamHandshake& operator=(const StreamHandshake&) = delete;
  ~StreamHandshake();

  // Until both ends say SEC_E_OK.
  absl::Status Connect() { return Connect(SIZE_MAX); }
  // The same where bytes come `piece` by `piece`, and a call is made for each.
  absl::Status Connect(size_t piece);
  absl::Status DeleteContexts();

  // Of the last Connect: calls that were given bytes, and the bytes sent.
  uint64_t calls() const { return calls_; }
  uint64_t bytes() const { return bytes_; }

  CtxtHandle* initiator() { return &initiator_.context; }
  CtxtHandle* acceptor() { return &acceptor_.context; }

 private:
  struct Side {
    End end;
    bool is_initiator = false;
    CtxtHandle context = {};
    bool has_context = false;
    bool done = false;
    // What the other end has sent, not yet taken: from `begin` to `end`.
    std::array<uint8_t, 16 * 1024> inbox;
    size_t inbox_begin = 0;
    size_t inbox_end = 0;
  };

  // One call of `side`, with the first `size` bytes of its inbox. What it says
  // goes to the other's inbox.
  SECURITY_STATUS Call(Side& side, size_t size);
  // As many calls as its inbox is good for.
  absl::Status Advance(Side& side, size_t piece);

  SecurityFunctionTableW& table_;
  SEC_WCHAR* target_;
  Side initiator_;
  Side acceptor_;
  uint64_t calls_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_BENCH_STREAM_HANDSHAKE_H_
