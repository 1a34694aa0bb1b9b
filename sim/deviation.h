#ifndef SSPILAB_SIM_DEVIATION_H_
#define SSPILAB_SIM_DEVIATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/sspi_status.h"
#include "core/status.h"
#include "sim/caller.h"

namespace sspilab::sim {

// What a caller does otherwise than the reference callers (caller.h): a call
// with other arguments, or a call more. Data of a Scenario; deviator.h does it.

// Where: at one of the caller's own calls. As text "[before |after |instead of
// |during ]FUNCTION N", the function without its W or A.
struct DeviationPlace {
  enum class When : uint8_t {
    kIn,  // The call itself, with what the deviation says.
    kBefore,
    kAfter,
    kInstead,  // The caller gets the status of what is called in its place.
    // As if a second thread came in: when the call first makes a state machine
    // move.
    kDuring,
  };

  When when = When::kIn;
  Call call = Call::kInitializeSecurityContext;
  // Counted from 1, of this function and side, without what deviations add.
  uint32_t nth = 1;

  friend bool operator==(const DeviationPlace&,
                         const DeviationPlace&) = default;
};

std::string DeviationPlaceToString(const DeviationPlace& place);
absl::StatusOr<DeviationPlace> ParseDeviationPlace(std::string_view text);

// SECPKG_ATTR_* or SECPKG_CRED_ATTR_*. As text without SECPKG_ and, of the
// first kind, without ATTR_: "STREAM_SIZES", "CRED_ATTR_NAMES"; or a number.
struct AttributeNumber {
  uint32_t value = 0;

  friend bool operator==(const AttributeNumber&,
                         const AttributeNumber&) = default;
};

std::string AttributeNumberToString(AttributeNumber attribute);
absl::StatusOr<AttributeNumber> ParseAttributeNumber(std::string_view text);

// An argument that can be a null pointer.
enum class NullableArgument : uint8_t {
  kName,
  kCredential,
  kContext,
  kNewContext,
  kInput,
  kOutput,
  kAttributes,
  kMemory,
};
inline constexpr std::array<std::string_view, 8> kNullableArgumentNames = {
    "name",  "credential", "context",    "new_context",
    "input", "output",     "attributes", "memory"};

// "InitializeSecurityContext".
absl::StatusOr<Call> ParseCallName(std::string_view text);
absl::StatusOr<NullableArgument> ParseNullableArgument(std::string_view text);

// A status, "SEC_E_OK". SECURITY_STATUS itself is a plain number for C++.
struct StatusValue {
  SECURITY_STATUS value = SEC_E_OK;

  friend bool operator==(const StatusValue&, const StatusValue&) = default;
};

// A buffer of a call's input or output.
struct DeviantBuffer {
  uint32_t type = 0;  // SECBUFFER_*.
  // Empty: it holds `bytes`, then zeros. "caller": what the caller's first
  // buffer of this type holds in the call that this is about. "null": no
  // address, whatever its size. Else what an earlier call `save`d under this
  // name in its first buffer of this type.
  std::string of;
  std::vector<uint8_t> bytes;
  // Cut or lengthened by zeros; as long as what it holds where it is not said.
  std::optional<uint32_t> size;
  // The byte there has its lowest bit changed.
  std::optional<uint32_t> flip;

  friend bool operator==(const DeviantBuffer&, const DeviantBuffer&) = default;
};

// What is not said is as the caller has it, where the call is of the same
// function; of another one's, the caller's credential, context, package, target
// and requirements, and otherwise nothing.
struct Deviation {
  Side side = Side::kClient;
  DeviationPlace at;
  // The additional call. Without it `at` is about the caller's own, or nothing
  // is called there: only what stands below under "surroundings" happens, and
  // what it is instead of returns SEC_E_OK untried.
  std::optional<Call> call;

  // Arguments.
  // Package or target.
  std::optional<std::u16string> name;
  std::optional<AttributeNumber> attribute;
  // Requirements, use, quality of protection, export flags.
  std::optional<uint32_t> number;
  std::optional<uint32_t> sequence;
  // Both reserved arguments of InitializeSecurityContext, or the one of
  // ChangeAccountPassword.
  uint32_t reserved = 0;
  // Of AcquireCredentialsHandle: somebody else's logon session.
  uint64_t logon_id = 0;
  // A handle: "zero", "wrong" (no such handle was ever given out), "peer" (the
  // other side's), or by the name under which a call saved it. What the call of
  // that name did not make is zero.
  std::string credential;
  std::string context;
  std::vector<NullableArgument> null;
  std::optional<std::vector<DeviantBuffer>> input;
  // Where it says nothing of the caller's, ALLOCATE_MEMORY is not asked for.
  std::optional<std::vector<DeviantBuffer>> output;
  // ulVersion of both descriptors.
  uint32_t descriptor_version = 0;
  // pAuthData, or the value of an attribute that is set.
  std::optional<std::vector<uint8_t>> memory;
  // Of `memory`, or of the room for an attribute, which is then asked for by
  // the Ex form.
  std::optional<uint32_t> size;
  // The packed context for ImportSecurityContext: saved by an export.
  std::string packed;

  // The handle and the buffers that the call gave are known to later deviations
  // of either side under this name.
  std::string save;

  // Surroundings, from the call on, by the side's World.
  // Seconds by which the clock is put forward first.
  uint64_t advance = 0;
  std::optional<bool> authority_reachable;
  // This allocation of the call's fails, counted from 1; 0 is none.
  uint64_t failing_allocation = 0;

  // What the call is to return; anything will do where it is not said.
  std::optional<StatusValue> returns;

  friend bool operator==(const Deviation&, const Deviation&) = default;
};

// A deviation that was not done, or a call of one that returned something else
// than it is to.
struct DeviationSurprise {
  size_t deviation = 0;  // Its index.
  // "client, before InitializeSecurityContext 2: CompleteAuthToken".
  std::string where;
  std::string expected;
  std::string got;

  friend bool operator==(const DeviationSurprise&,
                         const DeviationSurprise&) = default;
};

// "client, before InitializeSecurityContext 2: CompleteAuthToken".
std::string DeviationToString(const Deviation& deviation);

// InvalidArgument for what cannot be done: it names the deviation by its number
// and its member, and says what would be right.
absl::Status CheckDeviations(absl::Span<const Deviation> deviations);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_DEVIATION_H_
