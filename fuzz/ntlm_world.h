#ifndef SSPILAB_FUZZ_NTLM_WORLD_H_
#define SSPILAB_FUZZ_NTLM_WORLD_H_

#include <array>
#include <cstdint>

#include "core/role.h"
#include "core/sspi.h"
#include "core/world.h"
#include "fuzz/people.h"
#include "sim/input/settings.h"

// What NTLM makes of the settings, alone or inside another package.
namespace sspilab::fuzz {

// LmCompatibilityLevel: SideSettings::policy[0], counted on from Windows'
// default.
inline int NtlmLevelOf(const sim::SideSettings& side) {
  return (side.policy[0] + 3) % 6;
}

// Names, clock, logon and NTLM's policy of one side's machine.
WorldOptions NtlmOptionsOf(const sim::Settings& settings, Role role,
                           Verification verification);

// Whether the credential is right, both callers are ordinary and what NTLM is
// asked for cannot stand in the way. `initiator_requirements` and the other are
// as the package gets them.
bool NtlmMustComplete(const sim::Settings& settings,
                      uint32_t initiator_requirements,
                      uint32_t acceptor_requirements);

// SEC_WINNT_AUTH_IDENTITY, of the settings' credential.
class Identity {
 public:
  explicit Identity(const sim::Settings& settings);
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  // Null where the caller gives none.
  void* get() { return given_ ? &identity_ : nullptr; }

 private:
  template <typename Char>
  void Set(std::array<std::array<Char, 64>, 3>& texts);

  const CredentialKind& kind_;
  const bool given_;
  SEC_WINNT_AUTH_IDENTITY_W identity_ = {};
  // Not initialized: what is read is written first.
  std::array<std::array<char16_t, 64>, 3> wide_;
  std::array<std::array<char, 64>, 3> narrow_;
};

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_NTLM_WORLD_H_
