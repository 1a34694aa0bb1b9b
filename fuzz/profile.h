#ifndef SSPILAB_FUZZ_PROFILE_H_
#define SSPILAB_FUZZ_PROFILE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/role.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/world.h"
#include "fuzz/settings.h"

namespace sspilab::fuzz {

class Caller;

// The tokens of one exchange, in the order in which they passed.
using Tokens = absl::Span<const absl::Span<const uint8_t>>;

// What is one package's own in the runs that all packages share.
struct Profile {
  Package package;
  // As AcquireCredentialsHandle takes it.
  const char16_t* name;
  // A handshake has no more tokens, counting those of both sides.
  size_t max_tokens;
  // Tokens are pieces of a stream, as messages are later: a call may lack bytes
  // or leave some.
  bool stream;
  // Where one token ends and the next one begins, in the inputs of initiator
  // and acceptor targets, and whether it is part of the token. Empty: all is
  // one token.
  std::string_view separator;
  bool separator_is_token;
  // By bit of SideSettings::requirements; what is in `always` is always asked
  // for.
  std::array<uint32_t, 16> initiator_requirements;
  std::array<uint32_t, 16> acceptor_requirements;
  uint32_t always;
  // By Settings::target; null for none.
  absl::Span<const char16_t* const> targets;

  // The World of one side, and what is in it besides.
  WorldOptions (*options)(const Settings& settings, Role role,
                          Verification verification);
  void (*furnish)(const Settings& settings, Role role, World& world);
  // Calls `acquire` with the pAuthData that the settings choose.
  SECURITY_STATUS(*with_auth_data)
  (const Settings& settings, Role role, World& world,
   absl::FunctionRef<SECURITY_STATUS(void* auth_data)> acquire);

  // Whether an exchange over a wire that does nothing must succeed. True only
  // where that is beyond doubt.
  bool (*must_complete)(const Settings& settings);
  // Whether the acceptor's World knows the initiator by what it comes with.
  bool (*credential_is_right)(const Settings& settings);
  // Whether both sides can say the client's name in full.
  bool (*names_agree)(const Settings& settings);
  // ISC_RET_* and the ASC_RET_* that say the same, of which both sides have
  // both or neither.
  absl::Span<const std::array<ULONG, 2>> same_attributes;
  // Whether these tokens, had one of them been changed on its way, could not
  // have left both sides done.
  bool (*tokens_are_protected)(Tokens sent);
  // Requires what makes it right for a strict acceptor to be done (NoForgery).
  // The tokens are those that it received and sent.
  void (*require_proof)(Caller& acceptor, const Settings& settings,
                        Tokens tokens);

  // ISC_REQ_* or ASC_REQ_*.
  uint32_t RequirementsOf(const Settings& settings, Role role) const;
  const char16_t* TargetOf(const Settings& settings) const {
    return targets[settings.target % targets.size()];
  }
};

const Profile& NtlmProfile();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_PROFILE_H_
