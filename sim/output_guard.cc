#include "sim/output_guard.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace sspilab::sim {
namespace {

constexpr size_t kGuard = 64;
constexpr size_t kLargest = size_t{1} << 20;
constexpr uint8_t kTrace = 0xC5;

bool IsTrace(uint8_t byte) { return byte == kTrace; }

}  // namespace

uint8_t* OutputGuard::Guarded::begin() { return memory.data() + kGuard; }

void OutputGuard::Guard(Guarded guarded) {
  if (guarded.original == nullptr || guarded.size > kLargest) {
    return;
  }
  guarded.memory.assign(guarded.size + 2 * kGuard, kTrace);
  if (guarded.in_place) {
    std::copy_n(static_cast<const uint8_t*>(guarded.original), guarded.size,
                guarded.begin());
  }
  guarded_.push_back(std::move(guarded));
  *guarded_.back().place = guarded_.back().begin();
}

void OutputGuard::GuardOutput(SecBufferDesc* output,
                              bool (*guards)(ULONG type)) {
  if (output == nullptr || output->pBuffers == nullptr) {
    return;
  }
  for (ULONG i = 0; i < output->cBuffers; ++i) {
    SecBuffer& buffer = output->pBuffers[i];
    if (guards(buffer.BufferType)) {
      Guard({&buffer.pvBuffer,
             &buffer,
             buffer.pvBuffer,
             buffer.cbBuffer,
             /*in_place=*/false,
             {}});
    }
  }
}

void OutputGuard::GuardInPlace(SecBufferDesc* message,
                               bool (*guards)(ULONG type)) {
  if (message == nullptr || message->pBuffers == nullptr) {
    return;
  }
  for (ULONG i = 0; i < message->cBuffers; ++i) {
    SecBuffer& buffer = message->pBuffers[i];
    if (guards(buffer.BufferType)) {
      Guard({&buffer.pvBuffer,
             &buffer,
             buffer.pvBuffer,
             buffer.cbBuffer,
             /*in_place=*/true,
             {}});
    }
  }
  messages_.push_back(message);
}

void OutputGuard::GuardMemory(void** memory, size_t size) {
  Guard({memory, nullptr, *memory, size, /*in_place=*/true, {}});
}

void OutputGuard::RestoreOutput(Guarded& guarded) {
  const uint8_t* const begin = guarded.begin();
  // What was not written stays as the caller had it.
  size_t written = guarded.size;
  while (written > 0 && IsTrace(begin[written - 1])) {
    --written;
  }
  written_ |= written > 0;
  SecBuffer& buffer = *guarded.buffer;
  const bool replaced = buffer.pvBuffer != begin;
  // A token may end in bytes that look like traces.
  if (written > 0 && buffer.cbBuffer <= guarded.size && !replaced) {
    written = std::max<size_t>(written, buffer.cbBuffer);
  }
  std::copy_n(begin, written, static_cast<uint8_t*>(guarded.original));
  if (!replaced) {
    buffer.pvBuffer = guarded.original;
  }
}

void OutputGuard::RestoreInPlace(Guarded& guarded) {
  uint8_t* const begin = guarded.begin();
  auto* const original = static_cast<uint8_t*>(guarded.original);
  std::copy_n(begin, guarded.size, original);
  const auto move_back = [&](void*& pointer) {
    auto* const at = static_cast<uint8_t*>(pointer);
    // Pointers to different things have no order but this one.
    if (!std::less<>()(at, begin) && !std::less<>()(begin + guarded.size, at)) {
      pointer = original + (at - begin);
    }
  };
  if (guarded.buffer == nullptr) {
    *guarded.place = original;
    return;
  }
  for (const SecBufferDesc* message : messages_) {
    for (ULONG i = 0; i < message->cBuffers; ++i) {
      move_back(message->pBuffers[i].pvBuffer);
    }
  }
}

void OutputGuard::Restore() {
  for (Guarded& guarded : guarded_) {
    const auto end = guarded.memory.end() - static_cast<ptrdiff_t>(kGuard);
    overrun_ |= !std::all_of(guarded.memory.begin(),
                             guarded.memory.begin() + kGuard, IsTrace) ||
                !std::all_of(end, guarded.memory.end(), IsTrace);
    if (guarded.in_place) {
      RestoreInPlace(guarded);
    } else {
      RestoreOutput(guarded);
    }
  }
}

}  // namespace sspilab::sim
