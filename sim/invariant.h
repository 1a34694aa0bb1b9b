#ifndef SSPILAB_SIM_INVARIANT_H_
#define SSPILAB_SIM_INVARIANT_H_

#include <cstdint>
#include <string_view>

namespace sspilab::sim {

// What must hold whatever an attacker, a wire or a caller does. Explorations
// and swarms judge by these.
enum class Invariant : uint8_t {
  kLegalStatus,
  kDeclaredTransition,
  kRepeatable,
  kFailureIsSilent,
  kFailureIsFinal,
  kNothingLeaked,
  kAlwaysAnEnd,
  kSameKey,
  kSameIdentity,
  kSamePackage,
  kSameFlags,
  kNoDowngrade,
  kSameProtocol,
  kSealIsChecked,
};
inline constexpr int kInvariantCount = 14;

// "SameKey".
std::string_view InvariantName(Invariant invariant);
// One sentence.
std::string_view InvariantSentence(Invariant invariant);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INVARIANT_H_
