#include "sim/documented_statuses.h"

namespace sspilab::sim {
namespace {

constexpr std::string_view kService =
    "How a Windows Sockets Service Authenticates a Client";
constexpr std::string_view kClient =
    "InitializeSecurityContext (CredSSP) function";

constexpr DocumentedStatus OfService(SECURITY_STATUS status) {
  return {Call::kAcceptSecurityContext, Package::kNegotiate, status, kService};
}

constexpr DocumentedStatus OfClient(SECURITY_STATUS status) {
  return {Call::kInitializeSecurityContext, Package::kCredSsp, status, kClient};
}

constexpr DocumentedStatus kDocumented[] = {
    // GenServerContext, what it compares ssStatus with.
    OfService(SEC_I_COMPLETE_NEEDED),
    OfService(SEC_I_COMPLETE_AND_CONTINUE),
    OfService(SEC_I_CONTINUE_NEEDED),

    // Return value, the codes of success.
    OfClient(SEC_E_INCOMPLETE_MESSAGE),
    OfClient(SEC_E_OK),
    OfClient(SEC_I_COMPLETE_AND_CONTINUE),
    OfClient(SEC_I_COMPLETE_NEEDED),
    OfClient(SEC_I_CONTINUE_NEEDED),
    OfClient(SEC_I_INCOMPLETE_CREDENTIALS),
    // Return value, the codes of failure.
    OfClient(SEC_E_INSUFFICIENT_MEMORY),
    OfClient(SEC_E_INTERNAL_ERROR),
    OfClient(SEC_E_INVALID_HANDLE),
    OfClient(SEC_E_INVALID_TOKEN),
    OfClient(SEC_E_LOGON_DENIED),
    OfClient(SEC_E_NO_AUTHENTICATING_AUTHORITY),
    OfClient(SEC_E_NO_CREDENTIALS),
    OfClient(SEC_E_TARGET_UNKNOWN),
    OfClient(SEC_E_UNSUPPORTED_FUNCTION),
    OfClient(SEC_E_WRONG_PRINCIPAL),
    OfClient(SEC_E_DELEGATION_POLICY),
    OfClient(SEC_E_POLICY_NLTM_ONLY),
    OfClient(SEC_E_MUTUAL_AUTH_FAILED),
};

}  // namespace

absl::Span<const DocumentedStatus> DocumentedStatuses() { return kDocumented; }

}  // namespace sspilab::sim
