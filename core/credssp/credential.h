#ifndef SSPILAB_CORE_CREDSSP_CREDENTIAL_H_
#define SSPILAB_CORE_CREDSSP_CREDENTIAL_H_

#include "core/credssp/identity.h"
#include "core/security_package.h"

namespace sspilab::credssp {

// A credential of Schannel's and one of Negotiate's (CREDSSP_CRED).
class CredSspCredential : public Credential {
 public:
  using Credential::Credential;

  // `auth_data` is a CREDSSP_CRED, or what Negotiate takes, or null.
  [[nodiscard]] SECURITY_STATUS Acquire(const CredentialRequest& request);

  SECURITY_STATUS QueryAttribute(ULONG attribute,
                                 AttributeWriter& out) const override;

  Credential& schannel() const { return *schannel_; }
  const ClientIdentity& identity() const { return identity_; }

 private:
  BudgetPtr<Credential> schannel_;
  ClientIdentity identity_;
};

}  // namespace sspilab::credssp

#endif  // SSPILAB_CORE_CREDSSP_CREDENTIAL_H_
