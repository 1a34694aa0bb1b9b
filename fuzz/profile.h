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
#include "sim/input/settings.h"

namespace sspilab::fuzz {

class Caller;
class Watch;

// The tokens of one exchange, in the order in which they passed.
using Tokens = absl::Span<const absl::Span<const uint8_t>>;

// What passed between two callers: the tokens as they were sent and as they
// arrived, those of the one who began first and then in turn.
struct Passage {
  Tokens sent;
  Tokens arrived;
  bool acceptor_began;
  // Of streams: the bytes of each direction that the handshake took.
  size_t taken_by_initiator;
  size_t taken_by_acceptor;

  Role SenderOf(size_t token) const {
    return (token % 2 == 0) != acceptor_began ? Role::kInitiator
                                              : Role::kAcceptor;
  }
};

// A token on its way, and what there is to make its proofs from.
struct Proving {
  const sim::Settings& settings;
  // That of the acceptor, or of the initiator where it is alone.
  const World& world;
  Role from;
  // The tokens before it, as the acceptor received and sent them; and as the
  // initiator did.
  Tokens before;
  Tokens before_at_initiator;
  // As it was before it was changed.
  absl::Span<const uint8_t> sent;
};

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
  // An initiator that is done authenticates once more with a leg that has no
  // token (sim::OperationKind::kAgain).
  bool authenticates_again = false;
  // Whether a failed leg may hand out a token that says why.
  enum class Failures : uint8_t { kSilent, kToldWhenAsked, kTold };
  Failures failures;
  // SEC_E_BUFFER_TOO_SMALL comes before the token is looked at.
  bool room_comes_first;
  // By bit of SideSettings::requirements; what is in `always` is always asked
  // for.
  std::array<uint32_t, 16> initiator_requirements;
  std::array<uint32_t, 16> acceptor_requirements;
  uint32_t always;
  // By Settings::target; null for none.
  absl::Span<const char16_t* const> targets;

  // The World of one side, and what is in it besides.
  WorldOptions (*options)(const sim::Settings& settings, Role role,
                          Verification verification);
  void (*furnish)(const sim::Settings& settings, Role role, World& world);
  // Calls `acquire` with the pAuthData that the settings choose.
  SECURITY_STATUS(*with_auth_data)
  (const sim::Settings& settings, Role role, World& world,
   absl::FunctionRef<SECURITY_STATUS(void* auth_data)> acquire);

  // Whether the acceptor is called first, without a token. Null: never.
  bool (*acceptor_begins)(const sim::Settings& settings);
  // Whether an exchange over a wire that does nothing must succeed. True only
  // where that is beyond doubt.
  bool (*must_complete)(const sim::Settings& settings);
  // Whether the acceptor's World knows the initiator by what it comes with.
  bool (*credential_is_right)(const sim::Settings& settings);
  // Whether both sides can say the client's name in full.
  bool (*names_agree)(const sim::Settings& settings);
  // ISC_RET_* and the ASC_RET_* that say the same, of which both sides have
  // both or neither.
  absl::Span<const std::array<ULONG, 2>> same_attributes;
  // Whether these tokens, had one of them been changed on its way, could not
  // have left both sides done.
  bool (*tokens_are_protected)(Tokens sent);
  // Requires what makes it right for a strict acceptor to be done (NoForgery).
  // The tokens are those that it received and sent. Null: nothing to say.
  void (*require_proof)(Caller& acceptor, const sim::Settings& settings,
                        Tokens tokens);
  // Makes the proofs in a token anew, in place (sim::OperationKind::kProve).
  // Null: the package has none that can be made.
  void (*prove)(const Proving& proving, absl::Span<uint8_t> token);
  // Requires what is right of two that are done, in a strict run. Null: nothing
  // to say.
  void (*require_result)(Caller& initiator, Caller& acceptor,
                         const sim::Settings& settings);
  // Requires that what was changed on the wire could be changed without anyone
  // noticing, though both are done (NoForgery). Null: nothing to say.
  void (*require_noticed)(Watch& watch, const Passage& passage);

  // ISC_REQ_* or ASC_REQ_*.
  uint32_t RequirementsOf(const sim::Settings& settings, Role role) const;
  const char16_t* TargetOf(const sim::Settings& settings) const {
    return targets[settings.target % targets.size()];
  }
};

const Profile& NtlmProfile();
const Profile& NegotiateProfile();
const Profile& KerberosProfile();
const Profile& SchannelProfile();
const Profile& CredSspProfile();

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_PROFILE_H_
