// The life of a context: InitializeSecurityContext, AcceptSecurityContext,
// CompleteAuthToken, ApplyControlToken, DeleteSecurityContext, export, import.

#include <optional>
#include <string>
#include <utility>

#include "core/context_buffer.h"
#include "core/impersonation.h"
#include "core/interface_internal.h"
#include "core/packages.h"

namespace sspilab {

void ReportConcurrentUse(const CtxtHandle& handle) {
  const ContextTable::Pin context =
      Contexts().Find(handle, ContextTable::Access::kShared);
  // It may be gone by now; then there is nobody to tell.
  if (!context.ok()) return;
  if (WorldObserver* observer = context->world().observer()) {
    observer->OnConcurrentUse();
  }
}

namespace {

static_assert(ISC_REQ_ALLOCATE_MEMORY == ASC_REQ_ALLOCATE_MEMORY &&
              ISC_RET_ALLOCATED_MEMORY == ASC_RET_ALLOCATED_MEMORY);

// The arguments that InitializeSecurityContext and AcceptSecurityContext have
// in common.
struct LegArguments {
  Role role;
  PCredHandle credential;
  PCtxtHandle context;
  std::u16string_view target;
  ULONG requirements;
  PSecBufferDesc input;
  PCtxtHandle new_context;
  PSecBufferDesc output;
  ULONG* attributes;
  PTimeStamp expiry;
};

// A failed leg sends nothing: a caller that looks at the length alone must not
// find the one it passed in. Calls that can be repeated change nothing.
void ClearToken(SecBuffer* token, SECURITY_STATUS status) {
  if (token != nullptr && !IsRetryable(status)) token->cbBuffer = 0;
}

// Runs one leg in `context` and gives the caller what came of it. `credential`
// is null in the first leg, whose context has its credential already.
SECURITY_STATUS RunLeg(const LegArguments& arguments, Context& context,
                       CredentialTable::Pin* credential) {
  BufferList input;
  BufferList output;
  if (!BufferList::View(arguments.input, &input) ||
      !BufferList::View(arguments.output, &output)) {
    return SEC_E_INVALID_TOKEN;
  }
  const bool allocate = (arguments.requirements & ISC_REQ_ALLOCATE_MEMORY) != 0;
  SecBuffer* const token = output.Find(SECBUFFER_TOKEN);
  OutputToken out(context.world(), token, allocate);
  SecBuffer* const alert_buffer = output.Find(SECBUFFER_ALERT);
  OutputToken alert(context.world(), alert_buffer, allocate);
  Leg leg{.credential = credential,
          .requirements = arguments.requirements,
          .target = arguments.target,
          .input = input,
          .output = out,
          .alert = alert_buffer == nullptr ? nullptr : &alert};
  const SECURITY_STATUS status = context.Advance(leg);
  if (IsError(status) && !leg.error_token) {
    ClearToken(token, status);
    return status;
  }
  out.Commit();
  alert.Commit();
  *arguments.attributes =
      leg.attributes | (allocate ? ISC_RET_ALLOCATED_MEMORY : 0);
  StoreTime(leg.expiry, arguments.expiry);
  return status;
}

bool IsUsable(const Credential& credential, Role role) {
  return role == Role::kInitiator ? credential.outbound()
                                  : credential.inbound();
}

// The first leg makes the context; it exists for the caller only if that leg
// did not fail.
SECURITY_STATUS FirstLeg(const LegArguments& arguments) {
  if (arguments.new_context == nullptr) return SEC_E_INVALID_PARAMETER;
  CredentialTable::Pin credential = FindCredential(arguments.credential);
  if (!credential.ok()) return HandleStatus(credential.error());
  if (!IsUsable(*credential, arguments.role)) return SEC_E_NO_CREDENTIALS;

  BudgetPtr<Context> context;
  const SecurityPackage& package = credential->package();
  SECURITY_STATUS status =
      package.NewContext(arguments.role, std::move(credential), &context);
  if (IsError(status)) return status;
  status = RunLeg(arguments, *context, nullptr);
  if (IsError(status)) return status;
  if (!Contexts().Insert(std::move(context), arguments.new_context)) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  return status;
}

SECURITY_STATUS NextLeg(const LegArguments& arguments) {
  // Copied: `context` and `new_context` may be one.
  const CtxtHandle handle = *arguments.context;
  const ContextTable::Pin context = FindContext(arguments.context);
  if (!context.ok()) return HandleStatus(context.error());
  if (context->role() != arguments.role) return SEC_E_INVALID_HANDLE;
  std::optional<CredentialTable::Pin> credential;
  if (arguments.credential != nullptr) {
    credential.emplace(FindCredential(arguments.credential));
    if (!credential->ok()) return HandleStatus(credential->error());
    if (&(*credential)->package() != &context->package()) {
      return SEC_E_INVALID_HANDLE;
    }
    if (!IsUsable(**credential, arguments.role)) return SEC_E_NO_CREDENTIALS;
  }
  const SECURITY_STATUS status = RunLeg(
      arguments, *context, credential.has_value() ? &*credential : nullptr);
  if (!IsError(status) && arguments.new_context != nullptr) {
    *arguments.new_context = handle;
  }
  return status;
}

SECURITY_STATUS AnyLeg(const LegArguments& arguments) {
  if (arguments.attributes == nullptr) return SEC_E_INVALID_PARAMETER;
  *arguments.attributes = 0;
  return arguments.context == nullptr ? FirstLeg(arguments)
                                      : NextLeg(arguments);
}

template <typename Char>
SECURITY_STATUS Initialize(PCredHandle credential, PCtxtHandle context,
                           const Char* target, ULONG requirements,
                           ULONG reserved1, PSecBufferDesc input,
                           ULONG reserved2, PCtxtHandle new_context,
                           PSecBufferDesc output, ULONG* attributes,
                           PTimeStamp expiry) {
  if (reserved1 != 0 || reserved2 != 0) return SEC_E_INVALID_PARAMETER;
  const TextArgument target_name(target);
  return AnyLeg({Role::kInitiator, credential, context, target_name.view(),
                 requirements, input, new_context, output, attributes, expiry});
}

// A call that takes a context and one buffer descriptor.
SECURITY_STATUS WithBuffers(
    PCtxtHandle handle, PSecBufferDesc descriptor,
    SECURITY_STATUS (Context::*function)(const BufferList&)) {
  const ContextTable::Pin context = FindContext(handle);
  if (!context.ok()) return HandleStatus(context.error());
  BufferList buffers;
  if (descriptor == nullptr || !BufferList::View(descriptor, &buffers)) {
    return SEC_E_INVALID_PARAMETER;
  }
  return ((*context).*function)(buffers);
}

SECURITY_STATUS Import(std::u16string_view package_name,
                       const SecBuffer* packed, PCtxtHandle handle) {
  if (packed == nullptr || handle == nullptr ||
      (packed->pvBuffer == nullptr && packed->cbBuffer != 0)) {
    return SEC_E_INVALID_PARAMETER;
  }
  const SecurityPackage* package = FindPackage(package_name);
  if (package == nullptr) return SEC_E_SECPKG_NOT_FOUND;
  BudgetPtr<Context> context;
  const SECURITY_STATUS status =
      package->Import(World::Current(), BytesOf(*packed), &context);
  if (IsError(status)) return status;
  return Contexts().Insert(std::move(context), handle)
             ? status
             : SEC_E_INSUFFICIENT_MEMORY;
}

}  // namespace
}  // namespace sspilab

using sspilab::Context;
using sspilab::ContextTable;

SECURITY_STATUS InitializeSecurityContextW(
    PCredHandle phCredential, PCtxtHandle phContext, SEC_WCHAR* pszTargetName,
    ULONG fContextReq, ULONG Reserved1, ULONG /*TargetDataRep*/,
    PSecBufferDesc pInput, ULONG Reserved2, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, ULONG* pfContextAttr, PTimeStamp ptsExpiry) {
  return sspilab::Initialize(phCredential, phContext, pszTargetName,
                             fContextReq, Reserved1, pInput, Reserved2,
                             phNewContext, pOutput, pfContextAttr, ptsExpiry);
}

SECURITY_STATUS InitializeSecurityContextA(
    PCredHandle phCredential, PCtxtHandle phContext, SEC_CHAR* pszTargetName,
    ULONG fContextReq, ULONG Reserved1, ULONG /*TargetDataRep*/,
    PSecBufferDesc pInput, ULONG Reserved2, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, ULONG* pfContextAttr, PTimeStamp ptsExpiry) {
  return sspilab::Initialize(phCredential, phContext, pszTargetName,
                             fContextReq, Reserved1, pInput, Reserved2,
                             phNewContext, pOutput, pfContextAttr, ptsExpiry);
}

SECURITY_STATUS AcceptSecurityContext(
    PCredHandle phCredential, PCtxtHandle phContext, PSecBufferDesc pInput,
    ULONG fContextReq, ULONG /*TargetDataRep*/, PCtxtHandle phNewContext,
    PSecBufferDesc pOutput, ULONG* pfContextAttr, PTimeStamp ptsExpiry) {
  return sspilab::AnyLeg({sspilab::Role::kAcceptor,
                          phCredential,
                          phContext,
                          {},
                          fContextReq,
                          pInput,
                          phNewContext,
                          pOutput,
                          pfContextAttr,
                          ptsExpiry});
}

SECURITY_STATUS CompleteAuthToken(PCtxtHandle phContext,
                                  PSecBufferDesc pToken) {
  return sspilab::WithBuffers(phContext, pToken, &Context::Complete);
}

SECURITY_STATUS ApplyControlToken(PCtxtHandle phContext,
                                  PSecBufferDesc pInput) {
  return sspilab::WithBuffers(phContext, pInput, &Context::ApplyControl);
}

SECURITY_STATUS DeleteSecurityContext(PCtxtHandle phContext) {
  if (phContext == nullptr) return SEC_E_INVALID_HANDLE;
  sspilab::HandleError error;
  if (sspilab::Contexts().Remove(*phContext, ContextTable::Access::kExclusive,
                                 &error)) {
    return SEC_E_OK;
  }
  if (error == sspilab::HandleError::kBusy) {
    sspilab::ReportConcurrentUse(*phContext);
  }
  return sspilab::HandleStatus(error);
}

SECURITY_STATUS FreeContextBuffer(void* pvContextBuffer) {
  // Windows takes null for freed already.
  if (pvContextBuffer == nullptr) return SEC_E_OK;
  return sspilab::FreeContextBufferMemory(pvContextBuffer)
             ? SEC_E_OK
             : SEC_E_INVALID_HANDLE;
}

SECURITY_STATUS ExportSecurityContext(PCtxtHandle phContext, ULONG fFlags,
                                      PSecBuffer pPackedContext,
                                      void** pToken) {
  if (pPackedContext == nullptr) return SEC_E_INVALID_PARAMETER;
  constexpr ULONG kKnown =
      SECPKG_CONTEXT_EXPORT_RESET_NEW | SECPKG_CONTEXT_EXPORT_DELETE_OLD;
  if ((fFlags & ~kKnown) != 0) return SEC_E_INVALID_PARAMETER;
  const ContextTable::Pin context = sspilab::FindContext(phContext);
  if (!context.ok()) return sspilab::HandleStatus(context.error());
  absl::Span<uint8_t> packed;
  const SECURITY_STATUS status =
      context->Export((fFlags & SECPKG_CONTEXT_EXPORT_RESET_NEW) != 0, &packed);
  if (sspilab::IsError(status)) return status;
  if ((fFlags & SECPKG_CONTEXT_EXPORT_DELETE_OLD) != 0) {
    // Cannot fail: the context is this call's alone. It goes with the pin.
    sspilab::HandleError error;
    (void)sspilab::Contexts().Remove(*phContext, ContextTable::Access::kShared,
                                     &error);
  }
  pPackedContext->BufferType = SECBUFFER_EMPTY;
  pPackedContext->cbBuffer = static_cast<ULONG>(packed.size());
  pPackedContext->pvBuffer = packed.data();
  if (pToken != nullptr) *pToken = nullptr;
  return SEC_E_OK;
}

SECURITY_STATUS ImportSecurityContextW(SEC_WCHAR* pszPackage,
                                       PSecBuffer pPackedContext,
                                       void* /*Token*/, PCtxtHandle phContext) {
  return sspilab::Import(sspilab::TextArgument(pszPackage).view(),
                         pPackedContext, phContext);
}

SECURITY_STATUS ImportSecurityContextA(SEC_CHAR* pszPackage,
                                       PSecBuffer pPackedContext,
                                       void* /*Token*/, PCtxtHandle phContext) {
  return sspilab::Import(sspilab::TextArgument(pszPackage).view(),
                         pPackedContext, phContext);
}
