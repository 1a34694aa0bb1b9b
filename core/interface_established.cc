// What one does with a context that is there: attributes, impersonation,
// message protection.

#include <string>
#include <utility>

#include "core/impersonation.h"
#include "core/interface_internal.h"

namespace sspilab {
namespace {

SECURITY_STATUS QueryAttribute(PCtxtHandle handle, ULONG attribute,
                               void* buffer, size_t size, CharSet charset) {
  const ContextTable::Pin context = FindContext(handle);
  if (!context.ok()) return HandleStatus(context.error());
  if (buffer == nullptr) return SEC_E_INVALID_PARAMETER;
  AttributeWriter writer(context->world(), charset, buffer, size);
  return context->QueryAttribute(attribute, writer);
}

SECURITY_STATUS SetAttribute(PCtxtHandle handle, ULONG attribute,
                             const void* buffer, ULONG size) {
  const ContextTable::Pin context = FindContext(handle);
  if (!context.ok()) return HandleStatus(context.error());
  if (buffer == nullptr && size != 0) return SEC_E_INVALID_PARAMETER;
  return context->SetAttribute(attribute,
                               {static_cast<const uint8_t*>(buffer), size});
}

// Finds the context and checks the descriptor of a message, then calls
// `function(context, message)`.
template <typename Function>
SECURITY_STATUS WithMessage(PCtxtHandle handle, PSecBufferDesc descriptor,
                            Function function) {
  const ContextTable::Pin context = FindContext(handle);
  if (!context.ok()) return HandleStatus(context.error());
  BufferList message;
  if (descriptor != nullptr && BufferList::View(descriptor, &message)) {
    return function(*context, message);
  }
  // A package without the function says so of any message.
  const SECURITY_STATUS status = function(*context, BufferList());
  return status == SEC_E_UNSUPPORTED_FUNCTION ? status : SEC_E_INVALID_TOKEN;
}

}  // namespace
}  // namespace sspilab

using sspilab::AttributeWriter;
using sspilab::BufferList;
using sspilab::CharSet;
using sspilab::Context;
using sspilab::ContextTable;

SECURITY_STATUS QueryContextAttributesW(PCtxtHandle phContext,
                                        ULONG ulAttribute, void* pBuffer) {
  return sspilab::QueryAttribute(phContext, ulAttribute, pBuffer,
                                 AttributeWriter::kEnough, CharSet::kWide);
}

SECURITY_STATUS QueryContextAttributesA(PCtxtHandle phContext,
                                        ULONG ulAttribute, void* pBuffer) {
  return sspilab::QueryAttribute(phContext, ulAttribute, pBuffer,
                                 AttributeWriter::kEnough, CharSet::kAnsi);
}

SECURITY_STATUS QueryContextAttributesExW(PCtxtHandle phContext,
                                          ULONG ulAttribute, void* pBuffer,
                                          ULONG cbBuffer) {
  return sspilab::QueryAttribute(phContext, ulAttribute, pBuffer, cbBuffer,
                                 CharSet::kWide);
}

SECURITY_STATUS QueryContextAttributesExA(PCtxtHandle phContext,
                                          ULONG ulAttribute, void* pBuffer,
                                          ULONG cbBuffer) {
  return sspilab::QueryAttribute(phContext, ulAttribute, pBuffer, cbBuffer,
                                 CharSet::kAnsi);
}

SECURITY_STATUS SetContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute,
                                      void* pBuffer, ULONG cbBuffer) {
  return sspilab::SetAttribute(phContext, ulAttribute, pBuffer, cbBuffer);
}

SECURITY_STATUS SetContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute,
                                      void* pBuffer, ULONG cbBuffer) {
  return sspilab::SetAttribute(phContext, ulAttribute, pBuffer, cbBuffer);
}

SECURITY_STATUS ImpersonateSecurityContext(PCtxtHandle phContext) {
  const ContextTable::Pin context = sspilab::FindContext(phContext);
  if (!context.ok()) return sspilab::HandleStatus(context.error());
  std::u16string name;
  const SECURITY_STATUS status = context->PeerIdentity(&name);
  if (status == SEC_E_OK) {
    sspilab::Impersonate(std::move(name), context->DelegatedTicket());
  }
  return status;
}

SECURITY_STATUS RevertSecurityContext(PCtxtHandle phContext) {
  const ContextTable::Pin context = sspilab::FindContext(phContext);
  if (!context.ok()) return sspilab::HandleStatus(context.error());
  // Nothing to revert is no error: Microsoft's page knows none.
  sspilab::StopImpersonating();
  return SEC_E_OK;
}

SECURITY_STATUS QuerySecurityContextToken(PCtxtHandle phContext,
                                          HANDLE* Token) {
  const ContextTable::Pin context = sspilab::FindContext(phContext);
  if (!context.ok()) return sspilab::HandleStatus(context.error());
  if (Token == nullptr) return SEC_E_INVALID_PARAMETER;
  std::u16string name;
  const SECURITY_STATUS status = context->PeerIdentity(&name);
  if (status != SEC_E_OK) return status;
  // A token is a value here, not an object: there is no CloseHandle.
  *Token = reinterpret_cast<HANDLE>(phContext->dwLower);
  return SEC_E_OK;
}

SECURITY_STATUS MakeSignature(PCtxtHandle phContext, ULONG fQOP,
                              PSecBufferDesc pMessage, ULONG MessageSeqNo) {
  return sspilab::WithMessage(
      phContext, pMessage, [=](Context& context, const BufferList& message) {
        return context.MakeSignature(fQOP, message, MessageSeqNo);
      });
}

SECURITY_STATUS VerifySignature(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                ULONG MessageSeqNo, ULONG* pfQOP) {
  return sspilab::WithMessage(
      phContext, pMessage, [=](Context& context, const BufferList& message) {
        return context.VerifySignature(message, MessageSeqNo, pfQOP);
      });
}

SECURITY_STATUS EncryptMessage(PCtxtHandle phContext, ULONG fQOP,
                               PSecBufferDesc pMessage, ULONG MessageSeqNo) {
  return sspilab::WithMessage(
      phContext, pMessage, [=](Context& context, const BufferList& message) {
        return context.Encrypt(fQOP, message, MessageSeqNo);
      });
}

SECURITY_STATUS DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage,
                               ULONG MessageSeqNo, ULONG* pfQOP) {
  return sspilab::WithMessage(
      phContext, pMessage, [=](Context& context, const BufferList& message) {
        return context.Decrypt(message, MessageSeqNo, pfQOP);
      });
}
