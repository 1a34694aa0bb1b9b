#ifndef SSPILAB_SIM_CHECKER_INTERNAL_H_
#define SSPILAB_SIM_CHECKER_INTERNAL_H_

// What checker*.cc share. Nothing else includes this.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "sim/checker.h"
#include "sim/output_guard.h"

namespace sspilab::sim {

using Bytes = absl::Span<const uint8_t>;

class Checker::Tap final : public Interceptor {
 public:
  Tap(Checker* checker, Side side, SecurityFunctionTableW* inner)
      : Interceptor(inner), checker_(checker), side_(side) {}

 private:
  SECURITY_STATUS OnCall(
      const SspiCall& call,
      absl::FunctionRef<SECURITY_STATUS()> proceed) override {
    return checker_->OnCall(side_, call, proceed);
  }

  Checker* const checker_;
  const Side side_;
};

struct Checker::InCall {
  Side side;
  const SspiCall& call;
  size_t number;
  // Null where the call is about none, or about none that is known.
  CredentialRecord* credential = nullptr;
  ContextRecord* context = nullptr;
  // The first leg of a context that has no handle yet.
  bool first_leg = false;
  // This call came in while another thread was in the context.
  bool shares = false;

  // What of it the call may change, as it was.
  CtxtHandle context_before = {};
  CtxtHandle new_context_before = {};
  std::vector<uint8_t> input;
  std::vector<ULONG> output_sizes;
  std::vector<void*> output_memory;
  uint64_t live_allocations = 0;
  // Nobody else was in a call, so the World's figures are this call's.
  bool alone = false;
  const OutputGuard* guard = nullptr;

  bool is_leg() const {
    return call.call == Call::kInitializeSecurityContext ||
           call.call == Call::kAcceptSecurityContext;
  }
};

// What a status of a leg means for the caller.
enum class LegResult : uint8_t {
  kDone,
  kContinues,
  kIncomplete,  // More input.
  kAgain,       // The same call once more, with something else put right.
  kFailed,
};

inline LegResult ResultOf(SECURITY_STATUS status) {
  switch (status) {
    case SEC_E_OK:
    case SEC_I_COMPLETE_NEEDED:
    case SEC_I_LOCAL_LOGON:
      return LegResult::kDone;
    case SEC_I_CONTINUE_NEEDED:
    case SEC_I_COMPLETE_AND_CONTINUE:
    case SEC_I_CONTINUE_NEEDED_MESSAGE_OK:
    case SEC_I_MESSAGE_FRAGMENT:
    case SEC_I_SIGNATURE_NEEDED:
    case SEC_I_GENERIC_EXTENSION_RECEIVED:
      return LegResult::kContinues;
    case SEC_E_INCOMPLETE_MESSAGE:
      return LegResult::kIncomplete;
    case SEC_I_INCOMPLETE_CREDENTIALS:
    case SEC_E_BUFFER_TOO_SMALL:
      return LegResult::kAgain;
    default:
      return LegResult::kFailed;
  }
}

// Whether a context whose leg returned this can still go on as far as its
// package is concerned: the call was refused before the machine moved.
inline bool LeavesContextAlone(SECURITY_STATUS status) {
  switch (status) {
    case SEC_E_INVALID_HANDLE:
    case SEC_E_INVALID_PARAMETER:
    case SEC_E_INSUFFICIENT_MEMORY:
    case SEC_E_INTERNAL_ERROR:
    case SEC_E_OUT_OF_SEQUENCE:
    case SEC_E_UNSUPPORTED_FUNCTION:
    case SEC_E_WRONG_CREDENTIAL_HANDLE:
    case SEC_E_NO_CREDENTIALS:
      return true;
    default:
      return false;
  }
}

inline bool NeedsComplete(SECURITY_STATUS status) {
  return status == SEC_I_COMPLETE_NEEDED ||
         status == SEC_I_COMPLETE_AND_CONTINUE;
}

// Whether the package's tokens come as a stream, with SECBUFFER_EXTRA and
// SECBUFFER_MISSING.
inline bool IsStream(const ContextRecord& context) {
  return context.package == Package::kSchannel ||
         context.package == Package::kCredSsp;
}

inline bool IsMessage(Call call) {
  return call == Call::kMakeSignature || call == Call::kVerifySignature ||
         call == Call::kEncryptMessage || call == Call::kDecryptMessage;
}

inline absl::Span<SecBuffer> BuffersOf(const SecBufferDesc* description) {
  if (description == nullptr || description->pBuffers == nullptr) {
    return {};
  }
  return {description->pBuffers, description->cBuffers};
}

inline ULONG TypeOf(const SecBuffer& buffer) {
  return buffer.BufferType & ~ULONG{SECBUFFER_ATTRMASK};
}

// The first of that type, or null.
inline SecBuffer* FindBuffer(const SecBufferDesc* description, ULONG type) {
  for (SecBuffer& buffer : BuffersOf(description)) {
    if (TypeOf(buffer) == type) {
      return &buffer;
    }
  }
  return nullptr;
}

inline Bytes BytesOf(const SecBuffer* buffer) {
  if (buffer == nullptr || buffer->pvBuffer == nullptr) {
    return {};
  }
  return {static_cast<const uint8_t*>(buffer->pvBuffer), buffer->cbBuffer};
}

inline bool BeginsWith(Bytes bytes, Bytes prefix) {
  return bytes.size() >= prefix.size() &&
         bytes.subspan(0, prefix.size()) == prefix;
}

inline std::vector<uint8_t> Copy(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

// REQ and RET bits in one language: the bits of ISC_RET_*.
ULONG Normalized(Side side, ULONG flags);
// Of those: what protects, and is worth nothing if it is silently missing.
inline constexpr ULONG kSecurityFlags =
    ISC_RET_MUTUAL_AUTH | ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |
    ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY;
// "MUTUAL_AUTH, INTEGRITY".
std::string FlagNames(ULONG normalized);

// Requested, for security, and not granted by the last leg.
inline ULONG Lacks(const ContextRecord& context) {
  return Normalized(context.side, context.requested) &
         ~Normalized(context.side, context.granted) & kSecurityFlags;
}

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_CHECKER_INTERNAL_H_
