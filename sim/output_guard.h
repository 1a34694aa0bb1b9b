#ifndef SSPILAB_SIM_OUTPUT_GUARD_H_
#define SSPILAB_SIM_OUTPUT_GUARD_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/sspi.h"

namespace sspilab::sim {

// Puts memory of its own in place of a caller's output buffers for the time of
// one call, so that what the package writes, and where, can be seen. Buffers
// without memory, and absurdly large ones, are left alone.
class OutputGuard {
 public:
  // Guards the buffers of `output` (may be null) of which `guards(type)`.
  OutputGuard(SecBufferDesc* output, bool (*guards)(ULONG type));
  OutputGuard(const OutputGuard&) = delete;
  OutputGuard& operator=(const OutputGuard&) = delete;

  // After the call, once: the caller's buffers are in place again, and have
  // what was written.
  void Restore();

  // Whether a byte outside a buffer was written.
  bool overrun() const { return overrun_; }
  // Whether a byte within one was.
  bool written() const { return written_; }

 private:
  struct Guarded {
    SecBuffer* buffer;
    void* original;
    size_t size;
    std::vector<uint8_t> memory;
  };

  std::vector<Guarded> guarded_;
  bool overrun_ = false;
  bool written_ = false;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_OUTPUT_GUARD_H_
