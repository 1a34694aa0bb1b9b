#include "core/credssp/credential.h"

#include <cstring>

#include "core/schannel/package.h"

namespace sspilab::credssp {
namespace {

// What a caller's pAuthData comes to.
struct Parts {
  const void* schannel = nullptr;
  const void* spnego = nullptr;
};

// A CREDSSP_CRED begins with its Type, which is below 64; what else a caller
// may pass begins with a version or with a pointer.
SECURITY_STATUS Split(const void* auth_data, Parts* parts) {
  if (auth_data == nullptr) return SEC_E_OK;
  ULONG type;
  std::memcpy(&type, auth_data, sizeof(type));
  switch (type) {
    case CredsspPasswordCreds:
    case CredsspSchannelCreds:
    case CredsspSubmitBufferBoth:
    case CredsspSubmitBufferBothOld: {
      CREDSSP_CRED both;
      std::memcpy(&both, auth_data, sizeof(both));
      *parts = {both.pSchannelCred, both.pSpnegoCred};
      return SEC_E_OK;
    }
    case CredsspCertificateCreds:
      // Smart cards: there are none here.
      return SEC_E_UNSUPPORTED_FUNCTION;
    default:
      parts->spnego = auth_data;
      return SEC_E_OK;
  }
}

}  // namespace

SECURITY_STATUS CredSspCredential::Acquire(const CredentialRequest& request) {
  Parts parts;
  SECURITY_STATUS status = Split(request.auth_data, &parts);
  if (status != SEC_E_OK) return status;
  CredentialRequest of_schannel = request;
  of_schannel.auth_data = parts.schannel;
  status =
      schannel::SchannelPackage().AcquireCredential(of_schannel, &schannel_);
  if (status != SEC_E_OK) return status;
  return identity_.Acquire(world(), request.use, parts.spnego);
}

SECURITY_STATUS CredSspCredential::QueryAttribute(ULONG attribute,
                                                  AttributeWriter& out) const {
  return identity_.credential().QueryAttribute(attribute, out);
}

}  // namespace sspilab::credssp
