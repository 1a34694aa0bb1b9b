// What callers open and give back: credentials, contexts, memory.

#include <algorithm>
#include <cstring>
#include <map>

#include "absl/strings/str_cat.h"
#include "sim/attribute_shape.h"
#include "sim/checker_internal.h"

namespace sspilab::sim {
namespace {

bool IsValid(const SecHandle& handle) {
  return (handle.dwLower != 0 || handle.dwUpper != 0) &&
         (handle.dwLower != ~ULONG_PTR{0} || handle.dwUpper != ~ULONG_PTR{0});
}

}  // namespace

// The call's credential and context, and whether they are what the caller
// takes them for.
std::optional<SECURITY_STATUS> Checker::FindRecords(InCall& in) {
  SideState& side = state(in.side);
  const SspiCall& call = in.call;
  const bool makes_credential = call.call == Call::kAcquireCredentialsHandle;
  if (call.credential != nullptr && !makes_credential) {
    const auto found = side.credentials.find(HandleKey::Of(*call.credential));
    if (found == side.credentials.end()) {
      Break(RuleId::kHandleNeverOpened, in,
            "the credential comes from no AcquireCredentialsHandle");
    } else if (found->second.freed) {
      const bool again = call.call == Call::kFreeCredentialsHandle;
      Break(again ? RuleId::kDeletedTwice : RuleId::kUsedAfterDelete, in,
            absl::StrCat("the credential of call ", found->second.opened_by,
                         " was freed already"));
      return SEC_E_INVALID_HANDLE;
    } else {
      in.credential = &found->second;
    }
  }
  if (call.context != nullptr) {
    const auto found = side.contexts.find(HandleKey::Of(*call.context));
    if (found == side.contexts.end()) {
      Break(RuleId::kHandleNeverOpened, in,
            IsValid(*call.context)
                ? "no call of this side gave this context"
                : "the context is a handle that no call has filled");
    } else if (found->second.deleted) {
      const bool again = call.call == Call::kDeleteSecurityContext;
      Break(again ? RuleId::kDeletedTwice : RuleId::kUsedAfterDelete, in,
            absl::StrCat("the context of call ", found->second.opened_by,
                         " was deleted already"));
      return SEC_E_INVALID_HANDLE;
    } else {
      in.context = &found->second;
    }
    return std::nullopt;
  }
  if (in.is_leg() && call.new_context != nullptr) {
    // Bytes that the first leg could not use yet may be coming again.
    in.first_leg = true;
    ContextRecord& record = side.nascent[call.new_context];
    if (record.opened_by == 0) {
      record.opened_by = in.number;
      record.opened_in = call.call;
      record.side = in.side;
    }
    in.context = &record;
  }
  return std::nullopt;
}

void Checker::CheckReserved(const InCall& in) {
  if (in.call.reserved[0] != 0 || in.call.reserved[1] != 0) {
    Break(RuleId::kReservedNotZero, in,
          absl::StrCat("a reserved argument is ",
                       std::max(in.call.reserved[0], in.call.reserved[1])));
  }
  for (const SecBufferDesc* description : {in.call.input, in.call.output}) {
    if (description != nullptr && description->ulVersion != SECBUFFER_VERSION) {
      Break(RuleId::kReservedNotZero, in,
            absl::StrCat("ulVersion of a buffer descriptor is ",
                         description->ulVersion));
    }
  }
}

void Checker::BeforeFree(const InCall& in) {
  const HandleKey key = HandleKey::Of(*in.call.credential);
  for (const auto& [handle, record] : state(in.side).contexts) {
    // Where other credentials are asked for, the next leg brings them.
    if (!record.deleted && record.stage == Stage::kLegs &&
        record.last_status != SEC_I_INCOMPLETE_CREDENTIALS &&
        record.credential == key) {
      Break(RuleId::kCredentialFreedEarly, in,
            absl::StrCat("the context of call ", record.opened_by,
                         " has legs to come and needs it"));
    }
  }
}

std::optional<SECURITY_STATUS> Checker::BeforeFreeBuffer(InCall& in) {
  if (in.call.memory == nullptr) {
    return std::nullopt;
  }
  SideState& side = state(in.side);
  const auto found = side.buffers.find(in.call.memory);
  if (found == side.buffers.end()) {
    if (side.gave_unseen_memory) {
      return std::nullopt;
    }
    Break(RuleId::kBufferFreedWrongly, in,
          "no call of this side gave this memory");
    return SEC_E_INVALID_HANDLE;
  }
  if (found->second.freed) {
    Break(RuleId::kBufferFreedWrongly, in,
          absl::StrCat("the memory of call ", found->second.given_by,
                       " was freed already"));
    return SEC_E_INVALID_HANDLE;
  }
  return std::nullopt;
}

void Checker::Gave(const InCall& in, const void* memory) {
  if (memory != nullptr) {
    state(in.side).buffers[memory] = {in.number, in.call.call, in.side, false};
  }
}

// Which calls allocate for the caller, and where they say so. Null members are
// nothing to free.
void Checker::AfterMemory(const InCall& in, SECURITY_STATUS status) {
  const SspiCall& call = in.call;
  void* const memory = call.memory;
  if (call.call == Call::kFreeContextBuffer) {
    const auto found = state(in.side).buffers.find(memory);
    // A package that refuses its own memory is not the caller's fault.
    if (found != state(in.side).buffers.end()) {
      found->second.freed = true;
    }
    return;
  }
  if (in.is_leg()) {
    const absl::Span<SecBuffer> buffers = BuffersOf(call.output);
    for (size_t i = 0; i < buffers.size() && i < in.output_memory.size(); ++i) {
      if ((call.number & ISC_REQ_ALLOCATE_MEMORY) != 0 &&
          buffers[i].pvBuffer != in.output_memory[i]) {
        Gave(in, buffers[i].pvBuffer);
      }
    }
    return;
  }
  if (status < 0 || memory == nullptr) {
    return;
  }
  switch (call.call) {
    case Call::kEnumerateSecurityPackages:
    case Call::kQuerySecurityPackageInfo:
      Gave(in, *static_cast<PSecPkgInfoW*>(memory));
      break;
    case Call::kExportSecurityContext:
      Gave(in, static_cast<SecBuffer*>(memory)->pvBuffer);
      break;
    case Call::kQueryCredentialsAttributes:
      if (call.number == SECPKG_CRED_ATTR_NAMES) {
        Gave(in, static_cast<SecPkgCredentials_NamesW*>(memory)->sUserName);
      }
      break;
    case Call::kQueryContextAttributes: {
      const AttributeShape* const shape = FindAttributeShape(call.number);
      if (shape == nullptr) {
        // It may hold memory in places that are not looked into, and that may
        // have been given before.
        SideState& side = state(in.side);
        side.gave_unseen_memory = true;
        std::erase_if(side.buffers,
                      [](const auto& entry) { return entry.second.freed; });
        break;
      }
      for (const size_t offset : shape->memory) {
        const void* given = nullptr;
        std::memcpy(&given, static_cast<const uint8_t*>(memory) + offset,
                    sizeof(given));
        Gave(in, given);
      }
      break;
    }
    default:
      break;
  }
}

}  // namespace sspilab::sim
