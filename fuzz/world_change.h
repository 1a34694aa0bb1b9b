#ifndef SSPILAB_FUZZ_WORLD_CHANGE_H_
#define SSPILAB_FUZZ_WORLD_CHANGE_H_

#include "core/world.h"
#include "sim/input/operation.h"
#include "sim/input/settings.h"

namespace sspilab::fuzz {

// sim::OperationKind::kChange: what becomes of a World, and of the realm in it,
// while an exchange is under way.
void ChangeWorld(const sim::Operation& operation, const sim::Settings& settings,
                 World& world);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_WORLD_CHANGE_H_
