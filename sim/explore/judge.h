#ifndef SSPILAB_SIM_EXPLORE_JUDGE_H_
#define SSPILAB_SIM_EXPLORE_JUDGE_H_

#include <array>
#include <vector>

#include "sim/explore/one_side.h"
#include "sim/invariant.h"

namespace sspilab::sim {

// What both sides have to say when both are done, the client first.
using BothAgreed = std::array<const Agreed*, 2>;

// What does not hold of two sides that are done, where they would have had
// `undisturbed` without an attacker.
std::vector<Invariant> BrokenBy(const BothAgreed& both,
                                const BothAgreed& undisturbed);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_EXPLORE_JUDGE_H_
