#ifndef SSPILAB_CORE_CONTEXT_BUFFER_H_
#define SSPILAB_CORE_CONTEXT_BUFFER_H_

#include <cstddef>

namespace sspilab {

class World;

// Memory that goes to the caller and comes back through FreeContextBuffer. It
// is charged to a World, and known by address, so that FreeContextBuffer can
// tell it from any other pointer.

// Null when the World's budget refuses.
[[nodiscard]] void* NewContextBuffer(World& world, size_t size);

// False when `buffer` is not such memory, or not any more.
[[nodiscard]] bool FreeContextBufferMemory(void* buffer);

// Frees what callers of `world` have not given back.
void FreeContextBuffersOf(World& world);

}  // namespace sspilab

#endif  // SSPILAB_CORE_CONTEXT_BUFFER_H_
