#include "sim/client.h"

namespace sspilab::sim {
namespace {

// The interface takes strings that it does not change without const.
SEC_WCHAR* Mutable(const std::u16string& text) {
  return const_cast<SEC_WCHAR*>(text.c_str());
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
    .ret_stream = ISC_RET_STREAM,
    .after_handshake = Phase::kReceiveVerdict,
    .after_query = Phase::kProtect,
    .after_received_verdict = Phase::kQuery,
    .after_sent_message = Phase::kReceiveMessage,
    .after_received_message = Phase::kShutDown,
    .after_sent_shutdown = Phase::kReceiveShutdown,
    .after_received_shutdown = Phase::kDelete,
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

SECURITY_STATUS Client::Acquire(const OwnedCertificate* certificate,
                                CredHandle* credential) {
  const std::optional<Identity>& identity = client_options_->identity;
  AuthData auth_data(options().package,
                     identity.has_value() ? &*identity : nullptr, options().tls,
                     certificate);
  TimeStamp expiry = {};
  return AcquireIn(endpoint(), options().package, SECPKG_CRED_OUTBOUND,
                   auth_data.get(), credential, &expiry);
}

SECURITY_STATUS Client::AcquireCredentials() {
  const bool shows =
      options().tls.shows_certificate == ShowsCertificate::kAlways;
  const SECURITY_STATUS status =
      Acquire(shows ? CertificateOf(endpoint()) : nullptr, &credential_);
  has_credential_ = status >= 0;
  return status;
}

SECURITY_STATUS Client::AcquireMoreCredentials() {
  const OwnedCertificate* certificate = CertificateOf(endpoint());
  if (options().tls.shows_certificate != ShowsCertificate::kOnDemand ||
      certificate == nullptr) {
    return SEC_E_OK;
  }
  CredHandle better = {};
  const SECURITY_STATUS status = Acquire(certificate, &better);
  if (status < 0) {
    return status;
  }
  // The context has its own hold on the old one.
  const SECURITY_STATUS freed = table().FreeCredentialsHandle(&credential_);
  credential_ = better;
  return freed;
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
