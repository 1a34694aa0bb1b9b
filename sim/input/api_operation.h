#ifndef SSPILAB_SIM_INPUT_API_OPERATION_H_
#define SSPILAB_SIM_INPUT_API_OPERATION_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "sim/input/record.h"

namespace sspilab::sim {

// The first bytes of an input of the fuzz target api.
struct ApiSettings {
  // Bits: the World has a realm, its NTLM leaves tokens to CompleteAuthToken,
  // nobody answers for the domain; who calls leaves all handles open, for the
  // World to close; a second thread comes into each context that is in a leg.
  uint8_t world;
  // The allocation that is refused, counted from 1; 0 for none.
  uint8_t refused_allocation;
  // Free: what an input's bytes add up to says which packages it has.
  uint8_t free;
};
inline constexpr uint8_t kApiHasRealm = 0x01;
inline constexpr uint8_t kApiCompletesTokens = 0x02;
inline constexpr uint8_t kApiNoAuthority = 0x04;
inline constexpr uint8_t kApiLeavesOpen = 0x08;
inline constexpr uint8_t kApiTwoThreads = 0x10;

// One call of the interface, as an input has it. Any bytes are one.
struct ApiOperation {
  // ApiCall, modulo kApiCalls.
  uint8_t call;
  // Which handle it is called with: HandleChoice in the upper five bits, the
  // number of one that was opened in the lower three.
  uint8_t handle;
  // The same, of the credential of a later leg; of a call that names a package,
  // which.
  uint8_t other;
  // What flags or number the call has: requirements (a bit each, as the package
  // has them in its Profile), use, fQOP, attribute. Of a control token, its
  // type and an alert's number; `place` is the number between them, an alert's
  // level or a session's flags.
  uint8_t number[2];
  // The buffers' types (kApiLists) of the input, or of a message. Of a
  // credential that is acquired, the second byte of SideSettings::policy.
  uint8_t list;
  // Those of the output. Of a credential, the third byte.
  uint8_t output;
  // What the first buffer that may hold something holds: ByteSource in the
  // upper four bits, the number of one in the lower four.
  uint8_t bytes;
  // A size, or where those bytes are changed.
  uint8_t place;
  // api_variation.
  uint8_t variation;
};
static_assert(sizeof(ApiOperation) == 10 && alignof(ApiOperation) == 1);

enum class ApiCall : uint8_t {
  kAcquireCredentialsHandle,
  kInitializeFirst,
  kAcceptFirst,
  kInitializeNext,
  kAcceptNext,
  kCompleteAuthToken,
  kQueryContextAttributes,
  kEncryptMessage,
  kDecryptMessage,
  kMakeSignature,
  kVerifySignature,
  kDeleteSecurityContext,
  kFreeCredentialsHandle,
  kExportSecurityContext,
  kImportSecurityContext,
  kFreeContextBuffer,
  kApplyControlToken,
  kSetContextAttributes,
  kImpersonateSecurityContext,
  kRevertSecurityContext,
  kQuerySecurityContextToken,
  kQueryCredentialsAttributes,
  kSetCredentialsAttributes,
  kAddCredentials,
  kEnumerateSecurityPackages,
  kQuerySecurityPackageInfo,
  kChangeAccountPassword,
};
inline constexpr int kApiCalls = 27;

// ApiOperation::handle, its upper five bits; all below are kOpened.
enum class HandleChoice : uint8_t {
  // One that was opened; perhaps it is closed by now.
  kOpened = 0,
  kNull = 24,
  // A credential's where a context's is due, and the other way round.
  kOfOtherKind,
  // One that was opened, with a bit changed.
  kOtherGeneration,
  kOtherKindBit,
  kUnusedBit,
  kOtherSlot,
  // Never made.
  kZeros,
  kOnes,
};

enum class ByteSource : uint8_t {
  // A token or message that came out, counted back from the last one; or an
  // exported context.
  kKept = 0,
  kKeptToo,
  kKeptAgain,
  // The same, with the byte at `place` changed, or cut off there.
  kKeptFlipped,
  kKeptCut,
  // Nothing.
  kNone,
  // `place` bytes, all the number.
  kFilled,
  // SEC_CHANNEL_BINDINGS.
  kBindings,
  // What a context of ready_contexts.h was packed as, whole or damaged.
  kReady,
  kReadyFlipped,
  // A leg's: as kKept, and what the call leaves of it in the next call, as long
  // as it asks for more. What comes out is one token.
  kKeptToEnd,
  // What the last leg left of its input: SECBUFFER_EXTRA, or all where it is to
  // come again.
  kRest,
};
inline constexpr int kByteSources = 12;

// ApiOperation::variation.
namespace api_variation {
inline constexpr uint8_t kAnsi = 0x01;
// ISC_REQ_ALLOCATE_MEMORY; the Ex form of a query.
inline constexpr uint8_t kAllocate = 0x02;
inline constexpr uint8_t kEx = 0x02;
// Null for something that the call must have, and for what it need not.
inline constexpr uint8_t kNullNeeded = 0x04;
inline constexpr uint8_t kNullOptional = 0x08;
// A reserved argument is not zero.
inline constexpr uint8_t kReserved = 0x10;
// A leg's new context goes to a handle of its own.
inline constexpr uint8_t kOtherHandle = 0x20;
// Room for `place` bytes only.
inline constexpr uint8_t kLittleRoom = 0x40;
// The descriptor's version is wrong.
inline constexpr uint8_t kWrongVersion = 0x80;
}  // namespace api_variation

// The same in names.
namespace api_fields {
inline constexpr std::string_view kWorld[] = {"has_realm", "completes_tokens",
                                              "no_authority", "leaves_open",
                                              "two_threads"};
inline constexpr RecordField kSettings[] = {
    {.name = "world", .names = kWorld, .is_bits = true},
    {.name = "refused_allocation"},
    {.name = "free"}};
static_assert(std::size(kSettings) == sizeof(ApiSettings));

inline constexpr std::string_view kCalls[] = {"acquire_credentials_handle",
                                              "initialize_first",
                                              "accept_first",
                                              "initialize_next",
                                              "accept_next",
                                              "complete_auth_token",
                                              "query_context_attributes",
                                              "encrypt_message",
                                              "decrypt_message",
                                              "make_signature",
                                              "verify_signature",
                                              "delete_security_context",
                                              "free_credentials_handle",
                                              "export_security_context",
                                              "import_security_context",
                                              "free_context_buffer",
                                              "apply_control_token",
                                              "set_context_attributes",
                                              "impersonate_security_context",
                                              "revert_security_context",
                                              "query_security_context_token",
                                              "query_credentials_attributes",
                                              "set_credentials_attributes",
                                              "add_credentials",
                                              "enumerate_security_packages",
                                              "query_security_package_info",
                                              "change_account_password"};
static_assert(std::size(kCalls) == kApiCalls);
inline constexpr std::string_view kHandles[] = {
    "opened",           "null",           "of_other_kind",
    "other_generation", "other_kind_bit", "unused_bit",
    "other_slot",       "zeros",          "ones"};
inline constexpr std::string_view kBytes[] = {
    "kept",     "kept_flipped", "kept_cut",      "none",        "filled",
    "bindings", "ready",        "ready_flipped", "kept_to_end", "rest"};
inline constexpr std::string_view kVariations[] = {
    "ansi",     "allocate_or_ex", "null_needed", "null_optional",
    "reserved", "other_handle",   "little_room", "wrong_version"};
inline constexpr RecordField kOperation[] = {
    {.name = "call", .names = kCalls},
    {.name = "handle",
     .names = kHandles,
     .number_bits = 3,
     .firsts = static_cast<unsigned>(HandleChoice::kNull)},
    {.name = "other"},
    {.name = "number_0"},
    {.name = "number_1"},
    {.name = "list"},
    {.name = "output"},
    {.name = "bytes",
     .names = kBytes,
     .number_bits = 4,
     .firsts = static_cast<unsigned>(ByteSource::kKeptFlipped)},
    {.name = "place"},
    {.name = "variation", .names = kVariations, .is_bits = true}};
static_assert(std::size(kOperation) == sizeof(ApiOperation));
}  // namespace api_fields

inline constexpr RecordFormat kApiFormat = {.target = "api",
                                            .settings = api_fields::kSettings,
                                            .operation = api_fields::kOperation,
                                            .most_operations = 24};

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_INPUT_API_OPERATION_H_
