#include "core/world.h"

#include <utility>

#include "core/context_buffer.h"
#include "core/handles.h"

namespace sspilab {
namespace {

thread_local World* current_world = nullptr;

}  // namespace

World::World(WorldOptions options)
    : options_(std::move(options)), now_(options_.now) {
  // The last stream: contexts take theirs from the first on.
  Entropy(options_.seed, UINT64_MAX).Fill(absl::MakeSpan(machine_id_));
}

World::~World() {
  // Most Worlds end with every handle closed; nothing to look for then.
  if (memory_.live_allocations() == 0) return;
  CloseHandlesOf(*this);
  FreeContextBuffersOf(*this);
}

World& World::Default() {
  static World& world = *new World;
  return world;
}

World& World::Current() {
  return current_world != nullptr ? *current_world : Default();
}

ScopedWorld::ScopedWorld(World* world)
    : previous_(std::exchange(current_world, world)) {}

ScopedWorld::~ScopedWorld() { current_world = previous_; }

}  // namespace sspilab
