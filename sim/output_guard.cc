#include "sim/output_guard.h"

#include <algorithm>
#include <cstring>

namespace sspilab::sim {
namespace {

constexpr size_t kGuard = 64;
constexpr size_t kLargest = size_t{1} << 20;
constexpr uint8_t kTrace = 0xC5;

bool IsTrace(uint8_t byte) { return byte == kTrace; }

}  // namespace

OutputGuard::OutputGuard(SecBufferDesc* output, bool (*guards)(ULONG type)) {
  if (output == nullptr || output->pBuffers == nullptr) {
    return;
  }
  for (ULONG i = 0; i < output->cBuffers; ++i) {
    SecBuffer& buffer = output->pBuffers[i];
    if (buffer.pvBuffer == nullptr || buffer.cbBuffer > kLargest ||
        !guards(buffer.BufferType)) {
      continue;
    }
    guarded_.push_back(
        {&buffer, buffer.pvBuffer, buffer.cbBuffer,
         std::vector<uint8_t>(buffer.cbBuffer + 2 * kGuard, kTrace)});
    buffer.pvBuffer = guarded_.back().memory.data() + kGuard;
  }
}

void OutputGuard::Restore() {
  for (Guarded& guarded : guarded_) {
    const auto begin = guarded.memory.begin() + kGuard;
    const auto end = begin + static_cast<ptrdiff_t>(guarded.size);
    overrun_ |= !std::all_of(guarded.memory.begin(), begin, IsTrace) ||
                !std::all_of(end, guarded.memory.end(), IsTrace);
    // What was not written stays as the caller had it.
    size_t written = guarded.size;
    while (written > 0 && IsTrace(begin[static_cast<ptrdiff_t>(written) - 1])) {
      --written;
    }
    written_ |= written > 0;
    SecBuffer& buffer = *guarded.buffer;
    const bool replaced = buffer.pvBuffer != &*begin;
    // A token may end in bytes that look like traces.
    if (written > 0 && buffer.cbBuffer <= guarded.size && !replaced) {
      written = std::max<size_t>(written, buffer.cbBuffer);
    }
    std::copy_n(begin, written, static_cast<uint8_t*>(guarded.original));
    if (!replaced) {
      buffer.pvBuffer = guarded.original;
    }
  }
}

}  // namespace sspilab::sim
