#ifndef SSPILAB_SIM_TRANSPORT_H_
#define SSPILAB_SIM_TRANSPORT_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace sspilab::sim {

// The connection that a loop under test has with its peer. It keeps messages
// together unless ForEachSplit takes them apart.
class Transport {
 public:
  virtual ~Transport() = default;
  // Bytes as the package made them; if they go out in another form (base64, a
  // header), give them here as they were.
  virtual void Send(absl::Span<const uint8_t> bytes) = 0;
  // Some bytes of the next message that has arrived, at most room.size(). 0
  // when nothing will come any more: the peer has closed, or waits itself.
  virtual size_t Receive(absl::Span<uint8_t> room) = 0;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_TRANSPORT_H_
