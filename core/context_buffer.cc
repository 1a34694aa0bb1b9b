#include "core/context_buffer.h"

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "core/world.h"

namespace sspilab {
namespace {

struct Block {
  World* world;
  size_t size;
};

struct Registry {
  absl::Mutex mutex;
  absl::flat_hash_map<void*, Block> blocks ABSL_GUARDED_BY(mutex);
};

Registry& TheRegistry() {
  static Registry& registry = *new Registry;
  return registry;
}

}  // namespace

void* NewContextBuffer(World& world, size_t size) {
  void* memory = world.memory().Allocate(size);
  if (memory == nullptr) return nullptr;
  Registry& registry = TheRegistry();
  absl::MutexLock lock(&registry.mutex);
  registry.blocks[memory] = {&world, size};
  return memory;
}

bool FreeContextBufferMemory(void* buffer) {
  Registry& registry = TheRegistry();
  absl::MutexLock lock(&registry.mutex);
  const auto found = registry.blocks.find(buffer);
  if (found == registry.blocks.end()) return false;
  found->second.world->memory().Free(buffer, found->second.size);
  registry.blocks.erase(found);
  return true;
}

void FreeContextBuffersOf(World& world) {
  Registry& registry = TheRegistry();
  absl::MutexLock lock(&registry.mutex);
  absl::erase_if(registry.blocks, [&world](const auto& entry) {
    if (entry.second.world != &world) return false;
    world.memory().Free(entry.first, entry.second.size);
    return true;
  });
}

}  // namespace sspilab
