#include "fuzz/profile.h"

namespace sspilab::fuzz {

uint32_t Profile::RequirementsOf(const sim::Settings& settings,
                                 Role role) const {
  const sim::SideSettings& side = settings.side(role);
  const auto& table =
      role == Role::kInitiator ? initiator_requirements : acceptor_requirements;
  const unsigned mask = side.requirements[0] | side.requirements[1] << 8;
  uint32_t requirements = always;
  for (size_t bit = 0; bit < table.size(); ++bit) {
    if ((mask >> bit & 1) != 0) requirements |= table[bit];
  }
  return requirements;
}

}  // namespace sspilab::fuzz
