#include "sim/client.h"

namespace sspilab::sim {
namespace {

// The interface takes strings that it does not change without const.
SEC_WCHAR* Mutable(const std::u16string& text) {
  return const_cast<SEC_WCHAR*>(text.c_str());
}

unsigned short* IdentityText(const std::u16string& text) {
  return reinterpret_cast<unsigned short*>(Mutable(text));
}

}  // namespace

constinit const Caller::Role Client::kRole = {
    .side = Side::kClient,
    .sends = Direction::kToServer,
    .receives = Direction::kToClient,
    .call = "InitializeSecurityContextW",
    .req_allocate = ISC_REQ_ALLOCATE_MEMORY,
    .ret_extended_error = ISC_RET_EXTENDED_ERROR,
    .ret_confidentiality = ISC_RET_CONFIDENTIALITY,
    .ret_integrity = ISC_RET_INTEGRITY,
    .after_handshake = Phase::kReceiveVerdict,
    .after_query = Phase::kProtect,
    .after_received_verdict = Phase::kQuery,
    .after_sent_message = Phase::kReceiveMessage,
    .after_received_message = Phase::kDelete,
    .after_delete = Phase::kFreeCredentials,
};

Client::Client(const Endpoint& endpoint, Wire* wire)
    : Caller(kRole, endpoint, wire) {}

void Client::Begin(const ClientOptions* options) {
  client_options_ = options;
  has_credential_ = false;
  credential_ = {};
  Caller::Begin(&options->caller, Phase::kCallPackage);
}

SECURITY_STATUS Client::AcquireCredentials() {
  SEC_WINNT_AUTH_IDENTITY_W identity = {};
  if (client_options_->identity.has_value()) {
    const Identity& who = *client_options_->identity;
    identity.User = IdentityText(who.user);
    identity.UserLength = static_cast<ULONG>(who.user.size());
    identity.Domain = IdentityText(who.domain);
    identity.DomainLength = static_cast<ULONG>(who.domain.size());
    identity.Password = IdentityText(who.password);
    identity.PasswordLength = static_cast<ULONG>(who.password.size());
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
  }
  TimeStamp expiry = {};
  const SECURITY_STATUS status =
      AcquireIn(endpoint(), options().package, SECPKG_CRED_OUTBOUND,
                client_options_->identity.has_value() ? &identity : nullptr,
                &credential_, &expiry);
  has_credential_ = status >= 0;
  return status;
}

SECURITY_STATUS Client::FreeCredentials() {
  return has_credential_ ? table().FreeCredentialsHandle(&credential_)
                         : SEC_E_OK;
}

SECURITY_STATUS Client::CallPackage(SecBufferDesc* input,
                                    SecBufferDesc* output) {
  return table().InitializeSecurityContextW(
      &credential_, old_context(), Mutable(client_options_->target),
      options().requirements, 0, SECURITY_NATIVE_DREP, input, 0, new_context(),
      output, attributes(), expiry());
}

}  // namespace sspilab::sim
