#include "core/security_package.h"

namespace sspilab {

// What Windows says where a package has no such function.

SECURITY_STATUS Credential::Add(const CredentialRequest&) {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Credential::QueryAttribute(ULONG, AttributeWriter&) const {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::Complete(const BufferList&) {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::ApplyControl(const BufferList&) {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::QueryAttribute(ULONG, AttributeWriter&) const {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::SetAttribute(ULONG, absl::Span<const uint8_t>) {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::MakeSignature(ULONG, const BufferList&, ULONG) {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::VerifySignature(const BufferList&, ULONG, ULONG*) {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::Encrypt(ULONG, const BufferList&, ULONG) {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::Decrypt(const BufferList&, ULONG, ULONG*) {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::PeerIdentity(std::u16string*) const {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS Context::Export(bool, absl::Span<uint8_t>*) const {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS SecurityPackage::Import(World&, absl::Span<const uint8_t>,
                                        BudgetPtr<Context>*) const {
  return SEC_E_UNSUPPORTED_FUNCTION;
}

SECURITY_STATUS CompleteInside(Context& context, SECURITY_STATUS status,
                               const BufferList& token) {
  if (status != SEC_I_COMPLETE_NEEDED &&
      status != SEC_I_COMPLETE_AND_CONTINUE) {
    return status;
  }
  const SECURITY_STATUS completed = context.Complete(token);
  if (completed != SEC_E_OK) return completed;
  return status == SEC_I_COMPLETE_AND_CONTINUE ? SEC_I_CONTINUE_NEEDED
                                               : SEC_E_OK;
}

}  // namespace sspilab
