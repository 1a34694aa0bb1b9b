#include "sim/status_gaps.h"

#include <algorithm>

namespace sspilab::sim {
namespace {

constexpr uint8_t Only(Package package) {
  return static_cast<uint8_t>(1 << static_cast<int>(package));
}

constexpr uint8_t kNegotiate = Only(Package::kNegotiate);
constexpr uint8_t kSchannel = Only(Package::kSchannel);
constexpr uint8_t kCredSsp = Only(Package::kCredSsp);
// Those that hand through what Kerberos says, and what TLS says.
constexpr uint8_t kOverKerberos = kNegotiate | kCredSsp;
constexpr uint8_t kOverTls = kSchannel | kCredSsp;

constexpr std::string_view kKerberos = "Kerberos causes it, which is not built";

constexpr StatusGap kGaps[] = {
    {{Call::kAcquireCredentialsHandle},
     kOverKerberos,
     {SEC_E_INVALID_UPN_NAME, SEC_E_SHUTDOWN_IN_PROGRESS},
     kKerberos},
    {{Call::kInitializeSecurityContext},
     kOverKerberos,
     {SEC_E_TIME_SKEW,
      SEC_E_SECURITY_QOS_FAILED,
      SEC_E_NO_TGT_REPLY,
      SEC_E_NO_IP_ADDRESSES,
      SEC_E_CRYPTO_SYSTEM_INVALID,
      SEC_E_MAX_REFERRALS_EXCEEDED,
      SEC_E_TOO_MANY_PRINCIPALS,
      SEC_E_NO_PA_DATA,
      SEC_E_PKINIT_NAME_MISMATCH,
      SEC_E_SMARTCARD_LOGON_REQUIRED,
      SEC_E_SHUTDOWN_IN_PROGRESS,
      SEC_E_KDC_INVALID_REQUEST,
      SEC_E_KDC_UNABLE_TO_REFER,
      SEC_E_KDC_UNKNOWN_ETYPE,
      SEC_E_UNSUPPORTED_PREAUTH,
      SEC_E_DELEGATION_REQUIRED,
      SEC_E_MULTIPLE_ACCOUNTS,
      SEC_E_NO_KERB_KEY,
      SEC_E_SMARTCARD_CERT_REVOKED,
      SEC_E_SMARTCARD_CERT_EXPIRED,
      SEC_E_ISSUING_CA_UNTRUSTED,
      SEC_E_ISSUING_CA_UNTRUSTED_KDC,
      SEC_E_REVOCATION_OFFLINE_C,
      SEC_E_REVOCATION_OFFLINE_KDC,
      SEC_E_PKINIT_CLIENT_FAILURE,
      SEC_E_KDC_CERT_EXPIRED,
      SEC_E_KDC_CERT_REVOKED,
      SEC_E_NO_S4U_PROT_SUPPORT,
      SEC_E_CROSSREALM_DELEGATION_FAILURE,
      SEC_E_INVALID_UPN_NAME},
     kKerberos},
    {{Call::kInitializeSecurityContext},
     kNegotiate,
     {SEC_E_DECRYPT_FAILURE, SEC_E_ENCRYPT_FAILURE, SEC_E_MUTUAL_AUTH_FAILED,
      SEC_E_CERT_WRONG_USAGE, SEC_E_DOWNGRADE_DETECTED,
      SEC_E_STRONG_CRYPTO_NOT_SUPPORTED},
     kKerberos},
    {{Call::kAcceptSecurityContext},
     kOverKerberos,
     {SEC_E_TIME_SKEW, SEC_E_WRONG_PRINCIPAL, SEC_E_NO_KERB_KEY,
      SEC_E_CRYPTO_SYSTEM_INVALID, SEC_E_KDC_UNKNOWN_ETYPE,
      SEC_E_MULTIPLE_ACCOUNTS, SEC_E_MUST_BE_KDC, SEC_E_SECURITY_QOS_FAILED},
     kKerberos},
    {{Call::kAcceptSecurityContext},
     kNegotiate,
     {SEC_E_DECRYPT_FAILURE, SEC_E_ENCRYPT_FAILURE},
     kKerberos},
    {{Call::kEncryptMessage}, kNegotiate, {SEC_E_ENCRYPT_FAILURE}, kKerberos},
    {{Call::kDecryptMessage}, kNegotiate, {SEC_E_DECRYPT_FAILURE}, kKerberos},

    {{Call::kInitializeSecurityContext, Call::kAcceptSecurityContext},
     kOverTls,
     {SEC_I_GENERIC_EXTENSION_RECEIVED, SEC_E_EXT_BUFFER_TOO_SMALL},
     "needs SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION, which is not built"},
    {{Call::kInitializeSecurityContext, Call::kAcceptSecurityContext},
     kOverTls,
     {SEC_I_MESSAGE_FRAGMENT},
     "DTLS alone sends a flight in pieces, and it is not built"},
    {{Call::kInitializeSecurityContext},
     kOverTls,
     {SEC_I_CONTINUE_NEEDED_MESSAGE_OK},
     "TLS False Start and early data, which are not built"},
    {{Call::kInitializeSecurityContext, Call::kAcceptSecurityContext},
     kOverTls,
     {SEC_I_SIGNATURE_NEEDED},
     "needs a key that the caller keeps, which is not built"},
};

}  // namespace

bool StatusGap::covers(Call call, Package package,
                       SECURITY_STATUS status) const {
  return (packages >> static_cast<int>(package) & 1) != 0 &&
         std::find(calls.begin(), calls.end(), call) != calls.end() &&
         std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

absl::Span<const StatusGap> StatusGaps() { return kGaps; }

}  // namespace sspilab::sim
