#ifndef SSPILAB_FUZZ_API_OPERATION_H_
#define SSPILAB_FUZZ_API_OPERATION_H_

#include <cstddef>
#include <cstdint>

namespace sspilab::fuzz {

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
  // has them in its Profile), use, fQOP, attribute.
  uint8_t number[2];
  // The buffers' types (kApiLists) of the input, or of a message.
  uint8_t list;
  // Those of the output.
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
};
inline constexpr int kByteSources = 10;

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

}  // namespace sspilab::fuzz

#endif  // SSPILAB_FUZZ_API_OPERATION_H_
