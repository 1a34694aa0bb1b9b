#ifndef SSPILAB_SIM_INPUT_SETTINGS_H_
#define SSPILAB_SIM_INPUT_SETTINGS_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "absl/types/span.h"
#include "core/role.h"

namespace sspilab::sim {

// What the first bytes of an input decide: the Worlds that a run happens in,
// and how the callers in them behave. Every byte is a choice and every value
// of it is one, so that any bytes are settings; all zeros are two callers that
// go together, asking for nothing special. What a choice means to a package is
// its Profile's to say.

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
inline constexpr size_t kSmallRoomUnit = 8;

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
  // When told, but for the last token of all.
  kNotTheLast,
};
inline constexpr int kCompletings = 5;

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
  // What the machine's administrator has decided about the package.
  uint8_t policy[3];
  // A bit each for ISC_REQ_*, or ASC_REQ_*.
  uint8_t requirements[2];
  // kNoTimestamp and the like.
  uint8_t options;
  uint8_t completing;
  // Kind in the lower four bits; 0x10 and 0x20: not on the first leg, not on
  // the second; the other two bits: another kind on the second leg.
  uint8_t bindings;
  uint8_t output;
  // Of OutputShape::kTooSmall, in units of kSmallRoomUnit bytes.
  uint8_t small_room;
  uint8_t input;
  // The allocation that is refused, counted from 1; 0 for none.
  uint8_t refused_allocation;

  friend bool operator==(const SideSettings&, const SideSettings&) = default;

  OutputShape output_shape() const {
    return static_cast<OutputShape>(output % kOutputShapes);
  }
  InputShape input_shape() const {
    return static_cast<InputShape>(input % kInputShapes);
  }
  bool has(uint8_t option) const { return (options & option) != 0; }
  // What the caller passes on its leg number `leg`, counted from 0.
  Bindings BindingsOf(int leg) const;
  // The same on every leg.
  bool names_one_channel() const { return (bindings & 0xF0) == 0; }
  // Whether the caller passes what every package must take, and nothing is
  // refused to it: no reason of its own for failure.
  bool IsOrdinary() const;
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

struct Settings {
  uint8_t seed;
  uint8_t credential;
  uint8_t target;
  SideSettings initiator;
  SideSettings acceptor;

  friend bool operator==(const Settings&, const Settings&) = default;

  // Takes the settings off the front of `input`; what is missing is zero, and
  // what is one of a few is modulo their number.
  static Settings TakeFrom(absl::Span<const uint8_t>* input);
  absl::Span<const uint8_t> bytes() const {
    return {reinterpret_cast<const uint8_t*>(this), sizeof(*this)};
  }

  const SideSettings& side(Role role) const {
    return role == Role::kInitiator ? initiator : acceptor;
  }
};
static_assert(alignof(Settings) == 1 && std::is_trivially_copyable_v<Settings>);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INPUT_SETTINGS_H_
