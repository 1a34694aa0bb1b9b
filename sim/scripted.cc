#include "sim/scripted.h"

#include <algorithm>

namespace sspilab::sim {
namespace {

// Marks the handles that a script opens. Ours have a small number there, and
// other implementations an address.
constexpr ULONG_PTR kHandleMark = ~ULONG_PTR{0xFFFF};

constexpr ULONG kAttributeMask = SECBUFFER_ATTRMASK;

SecBuffer* Find(SecBufferDesc* description, ULONG type) {
  if (description == nullptr) {
    return nullptr;
  }
  SecBuffer* const end = description->pBuffers + description->cBuffers;
  SecBuffer* const found =
      std::find_if(description->pBuffers, end, [&](const SecBuffer& buffer) {
        return (buffer.BufferType & ~kAttributeMask) == type;
      });
  return found == end ? nullptr : found;
}

bool IsLeg(Call call) {
  return call == Call::kInitializeSecurityContext ||
         call == Call::kAcceptSecurityContext;
}

}  // namespace

bool Scripted::used_up() const {
  return std::all_of(script_.begin(), script_.end(),
                     [&](const ScriptStep& step) {
                       return count(step.call) >= std::max<size_t>(step.nth, 1);
                     });
}

SECURITY_STATUS Scripted::OnCall(const SspiCall& call,
                                 absl::FunctionRef<SECURITY_STATUS()> proceed) {
  const size_t nth = ++counts_[static_cast<size_t>(call.call)];
  const auto step =
      std::find_if(script_.begin(), script_.end(), [&](const ScriptStep& s) {
        return s.call == call.call && (s.nth == nth || s.nth == 0);
      });
  if (step != script_.end()) {
    return Follow(*step, call, proceed);
  }
  switch (call.call) {
    case Call::kFreeContextBuffer:
      return memory_.erase(call.memory) != 0 ? SEC_E_OK : proceed();
    case Call::kDeleteSecurityContext:
      return IsOurs(call.context) ? SEC_E_OK : proceed();
    case Call::kFreeCredentialsHandle:
      return IsOurs(call.credential) ? SEC_E_OK : proceed();
    default:
      return IsOurs(call.context) || IsOurs(call.credential)
                 ? SEC_E_UNSUPPORTED_FUNCTION
                 : proceed();
  }
}

void Scripted::Open(SecHandle* handle) {
  if (handle != nullptr) {
    *handle = {kHandleMark, ++last_handle_};
  }
}

bool Scripted::IsOurs(const SecHandle* handle) const {
  return handle != nullptr && handle->dwLower == kHandleMark;
}

bool Scripted::PutToken(const ScriptStep& step, const SspiCall& call) {
  SecBuffer* const buffer = Find(call.output, SECBUFFER_TOKEN);
  if (buffer == nullptr) {
    return step.token->empty();
  }
  const size_t size = step.token->size();
  if ((call.number & ISC_REQ_ALLOCATE_MEMORY) != 0 && size > 0) {
    auto memory = std::make_unique<std::vector<uint8_t>>(*step.token);
    buffer->pvBuffer = memory->data();
    memory_[buffer->pvBuffer] = std::move(memory);
  } else if (buffer->cbBuffer < size) {
    return false;
  } else {
    std::copy(step.token->begin(), step.token->end(),
              static_cast<uint8_t*>(buffer->pvBuffer));
  }
  buffer->cbBuffer = static_cast<ULONG>(size);
  return true;
}

SECURITY_STATUS Scripted::Follow(const ScriptStep& step, const SspiCall& call,
                                 absl::FunctionRef<SECURITY_STATUS()> proceed) {
  SECURITY_STATUS status = step.status.value_or(SEC_E_OK);
  if (step.world != nullptr) {
    step.world->memory().FailAt(step.failing_allocation);
  }
  if (step.real) {
    const SECURITY_STATUS real = proceed();
    status = step.status.value_or(real);
  }
  if (step.world != nullptr) {
    step.world->memory().FailAt(0);
  }
  if (step.token.has_value() && !PutToken(step, call)) {
    return SEC_E_BUFFER_TOO_SMALL;
  }
  if (IsLeg(call.call) && !step.real && !step.token.has_value() &&
      status >= 0) {
    // Room for a token is not one.
    if (SecBuffer* const buffer = Find(call.output, SECBUFFER_TOKEN)) {
      buffer->cbBuffer = 0;
    }
  }
  const std::optional<ULONG> rest =
      step.extra.has_value() ? step.extra : step.missing;
  SecBuffer* const empty = Find(call.input, SECBUFFER_EMPTY);
  if (rest.has_value() && empty != nullptr) {
    empty->BufferType =
        step.extra.has_value() ? SECBUFFER_EXTRA : SECBUFFER_MISSING;
    empty->cbBuffer = *rest;
    const SecBuffer* const message = Find(call.input, SECBUFFER_DATA);
    if (!IsLeg(call.call) && step.extra.has_value() && message != nullptr &&
        *rest <= message->cbBuffer) {
      empty->pvBuffer = static_cast<uint8_t*>(message->pvBuffer) +
                        (message->cbBuffer - *rest);
    }
  }
  if (call.attributes != nullptr) {
    if (!step.real) {
      *call.attributes = 0;
    }
    *call.attributes =
        step.attributes.value_or(*call.attributes) & ~step.withheld;
  }
  if (call.expiry != nullptr && (step.expiry.has_value() || !step.real)) {
    call.expiry->QuadPart =
        step.expiry.value_or(static_cast<LONGLONG>(kFileTimeNever));
  }
  if (!step.real && status >= 0) {
    if (call.call == Call::kAcquireCredentialsHandle) {
      Open(call.credential);
    } else if (call.new_context != nullptr && call.context == nullptr) {
      Open(call.new_context);
    } else if (call.new_context != nullptr) {
      *call.new_context = *call.context;
    }
  }
  return status;
}

}  // namespace sspilab::sim
