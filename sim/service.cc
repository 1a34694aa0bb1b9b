#include "sim/service.h"

namespace sspilab::sim {

Service::~Service() { Stop(); }

SECURITY_STATUS Service::Start(const CallerOptions& options) {
  if (started_) {
    return SEC_E_OK;
  }
  const bool shows = options.tls.shows_certificate != ShowsCertificate::kNever;
  AuthData auth_data(options.package, nullptr, options.tls,
                     shows ? CertificateOf(endpoint_) : nullptr);
  TimeStamp expiry = {};
  const SECURITY_STATUS status =
      AcquireIn(endpoint_, options.package, SECPKG_CRED_INBOUND,
                auth_data.get(), &credential_, &expiry);
  started_ = status >= 0;
  return status;
}

SECURITY_STATUS Service::Stop() {
  if (!started_) {
    return SEC_E_OK;
  }
  started_ = false;
  return endpoint_.table->FreeCredentialsHandle(&credential_);
}

constinit const Caller::Role ServiceConnection::kRole = {
    .side = Side::kServer,
    .sends = Direction::kToClient,
    .receives = Direction::kToServer,
    .call = "AcceptSecurityContext",
    .req_allocate = ASC_REQ_ALLOCATE_MEMORY,
    .ret_extended_error = ASC_RET_EXTENDED_ERROR,
    .ret_confidentiality = ASC_RET_CONFIDENTIALITY,
    .ret_integrity = ASC_RET_INTEGRITY,
    .ret_stream = ASC_RET_STREAM,
    .after_handshake = Phase::kQuery,
    .after_query = Phase::kSendVerdict,
    .after_received_verdict = Phase::kDelete,
    .after_sent_message = Phase::kReceiveShutdown,
    .after_received_message = Phase::kProtect,
    .after_sent_shutdown = Phase::kDelete,
    .after_received_shutdown = Phase::kShutDown,
    .after_delete = Phase::kClose,
};

ServiceConnection::ServiceConnection(Service* service, Wire* wire)
    : Caller(kRole, service->endpoint(), wire), service_(service) {}

void ServiceConnection::Begin(const CallerOptions* options) {
  // Connectionless, the client has nothing to say before the challenge
  // (MS-NLMP 1.3.1.2): its request alone makes the service begin.
  const bool begins = (options->requirements & ASC_REQ_DATAGRAM) != 0;
  Caller::Begin(options, begins ? Phase::kCallPackage : Phase::kReceiveToken);
}

// Once for all connections (mistake 8, see service.h).
SECURITY_STATUS ServiceConnection::AcquireCredentials() {
  return service_->Start(options());
}

// The requirements are what the service needs, not what the client happened to
// ask for (mistake 13).
SECURITY_STATUS ServiceConnection::CallPackage(SecBufferDesc* input,
                                               SecBufferDesc* output) {
  return table().AcceptSecurityContext(
      service_->credential(), old_context(), input, options().requirements,
      SECURITY_NATIVE_DREP, new_context(), output, attributes(), expiry());
}

}  // namespace sspilab::sim
