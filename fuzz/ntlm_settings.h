#ifndef SSPILAB_FUZZ_NTLM_SETTINGS_H_
#define SSPILAB_FUZZ_NTLM_SETTINGS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "absl/types/span.h"
#include "core/accounts.h"
#include "core/role.h"
#include "core/world.h"

namespace sspilab::fuzz {

// What the first bytes of an input decide: the Worlds that a run happens in,
// and how the callers in them behave. Every byte is a choice and every value
// of it is one, so that any bytes are settings; all zeros are two callers that
// go together, asking for nothing special.

// How a caller offers room for the token that comes out.
enum class OutputShape : uint8_t {
  kAmple,
  kAllocated,
  // Too little at first; ample when that is what the call says.
  kTooSmall,
  kNoDescriptor,
  kNoTokenBuffer,
  kReadOnly,
  kNullPointer,
  kWrongVersion,
};
inline constexpr int kOutputShapes = 8;

// How a caller passes the token that came in.
enum class InputShape : uint8_t {
  kToken,
  kAmongOthers,
  kTwoTokens,
  kReadOnly,
  kNoDescriptor,
  kNoTokenBuffer,
  kNullPointer,
  kWrongVersion,
};
inline constexpr int kInputShapes = 8;

// What a caller does about CompleteAuthToken.
enum class Completing : uint8_t {
  kWhenTold,
  kNever,
  // With a token of another size first.
  kWrongTokenFirst,
  // Also when no status asks for it.
  kAlways,
};
inline constexpr int kCompletings = 4;

enum class Bindings : uint8_t {
  kNone,
  kUnique,
  kEndpoint,
  kEmpty,
  kTooShort,
  kInitiatorOutside,
  kApplicationOutside,
  kNullPointer,
};
inline constexpr int kBindingsKinds = 8;

struct SideSettings {
  // LmCompatibilityLevel, counted on from 3.
  uint8_t level;
  // Index of the minimum security.
  uint8_t minimum_security;
  // A bit each for flags that the side has never heard of.
  uint8_t unsupported;
  // A bit each for ISC_REQ_*, or ASC_REQ_*.
  uint8_t requirements[2];
  // kCompletesTokens and the like.
  uint8_t options;
  uint8_t completing;
  // Kind in the lower four bits; 0x10 and 0x20: not on the first leg, not on
  // the second; the other two bits: another kind on the second leg.
  uint8_t bindings;
  uint8_t output;
  // Of OutputShape::kTooSmall, in units of 8 bytes.
  uint8_t small_room;
  uint8_t input;
  // The allocation that is refused, counted from 1; 0 for none.
  uint8_t refused_allocation;
};

// SideSettings::options.
inline constexpr uint8_t kCompletesTokens = 0x01;
inline constexpr uint8_t kNoTimestamp = 0x02;
inline constexpr uint8_t kNoDomain = 0x04;
inline constexpr uint8_t kAuthorityUnreachable = 0x08;
inline constexpr uint8_t kClockAhead = 0x10;
inline constexpr uint8_t kNoDnsNames = 0x20;
// Calls with the context after a leg has failed, and after the last.
inline constexpr uint8_t kPersists = 0x40;
inline constexpr uint8_t kFreesCredentialEarly = 0x80;

struct NtlmSettings {
  uint8_t seed;
  uint8_t credential;
  uint8_t target;
  SideSettings initiator;
  SideSettings acceptor;

  // Takes the settings off the front of `input`; what is missing is zero.
  static NtlmSettings TakeFrom(absl::Span<const uint8_t>* input);
  absl::Span<const uint8_t> bytes() const {
    return {reinterpret_cast<const uint8_t*>(this), sizeof(*this)};
  }

  const SideSettings& side(Role role) const {
    return role == Role::kInitiator ? initiator : acceptor;
  }
  // Whether an exchange over a wire that does nothing must succeed. True only
  // where that is beyond doubt.
  bool MustComplete() const;
};
static_assert(alignof(NtlmSettings) == 1 &&
              std::is_trivially_copyable_v<NtlmSettings>);

// Whose name the initiator comes with.
struct CredentialKind {
  std::u16string_view user;
  std::u16string_view domain;
  std::u16string_view password;
  enum class Given : uint8_t { kByCaller, kByCallerAnsi, kByLogon, kNot };
  Given given = Given::kByCaller;
  // The name that the acceptor's World knows it by: "" for not at all.
  std::u16string_view known_as;
  std::u16string_view authority;
  std::u16string_view known_password;
  AccountState state = AccountState::kEnabled;

  bool IsRight() const {
    return !known_as.empty() && password == known_password &&
           state == AccountState::kEnabled;
  }
};
const CredentialKind& CredentialOf(const NtlmSettings& settings);

// The World of one side, without its accounts.
WorldOptions OptionsOf(const NtlmSettings& settings, Role role,
                       Verification verification);
// The accounts of the acceptor's World.
void AddAccounts(const NtlmSettings& settings, World& world);

// ISC_REQ_* or ASC_REQ_*.
uint32_t RequirementsOf(const NtlmSettings& settings, Role role);
// Null for none.
const char16_t* TargetOf(const NtlmSettings& settings);
Bindings BindingsOf(const SideSettings& side, int leg);

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_NTLM_SETTINGS_H_
