#ifndef SSPILAB_SIM_OUTPUT_GUARD_H_
#define SSPILAB_SIM_OUTPUT_GUARD_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/sspi.h"

namespace sspilab::sim {

// Puts memory of its own in place of a caller's buffers for the time of one
// call, so that what the package writes, and where, can be seen. Buffers
// without memory, and absurdly large ones, are left alone.
class OutputGuard {
 public:
  OutputGuard() = default;
  OutputGuard(const OutputGuard&) = delete;
  OutputGuard& operator=(const OutputGuard&) = delete;

  // Buffers of `output` (may be null) of which `guards(type)`, whose contents
  // mean nothing to the package: only what it writes comes back.
  void GuardOutput(SecBufferDesc* output, bool (*guards)(ULONG type));
  // Buffers of `message` (may be null) that are read and written where they
  // stand. Pointers into them stay pointers into them.
  void GuardInPlace(SecBufferDesc* message, bool (*guards)(ULONG type));
  // `*memory`, of that size; read and written.
  void GuardMemory(void** memory, size_t size);

  // After the call, once: the caller's buffers are in place again, and have
  // what was written.
  void Restore();

  // Whether a byte outside a buffer was written.
  bool overrun() const { return overrun_; }
  // Whether a byte within one of GuardOutput's was.
  bool written() const { return written_; }

 private:
  struct Guarded {
    // Where the caller says where its memory is.
    void** place;
    // Null for GuardMemory.
    SecBuffer* buffer;
    void* original;
    size_t size;
    bool in_place;
    std::vector<uint8_t> memory;

    uint8_t* begin();
  };

  void Guard(Guarded guarded);
  void RestoreOutput(Guarded& guarded);
  void RestoreInPlace(Guarded& guarded);

  std::vector<Guarded> guarded_;
  std::vector<SecBufferDesc*> messages_;
  bool overrun_ = false;
  bool written_ = false;
};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_OUTPUT_GUARD_H_
