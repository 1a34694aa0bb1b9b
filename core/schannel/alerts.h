#ifndef SSPILAB_CORE_SCHANNEL_ALERTS_H_
#define SSPILAB_CORE_SCHANNEL_ALERTS_H_

#include <cstdint>

#include "core/schannel/transitions.h"
#include "core/sspi.h"

namespace sspilab::schannel {

// What a fatal alert (RFC 8446 6.2, RFC 5246 7.2.2) means to a context. From
// the page "Schannel Error Codes for TLS and SSL Alerts", by way of the
// statuses in transitions.h; what is not here is an illegal message there, too.
// The page has CRYPT_E_REVOKED for certificate_revoked, which is no status of
// SSPI's.
struct AlertRow {
  uint8_t alert;
  Event event;
};
inline constexpr AlertRow kAlerts[] = {
    {TLS1_ALERT_BAD_RECORD_MAC, Event::kMessageAltered},
    {TLS1_ALERT_DECRYPTION_FAILED, Event::kDecryptFailure},
    {TLS1_ALERT_DECOMPRESSION_FAIL, Event::kMessageAltered},
    {TLS1_ALERT_BAD_CERTIFICATE, Event::kCertificateUnknown},
    {TLS1_ALERT_UNSUPPORTED_CERT, Event::kCertificateUnknown},
    {TLS1_ALERT_CERTIFICATE_REVOKED, Event::kCertificateUnknown},
    {TLS1_ALERT_CERTIFICATE_EXPIRED, Event::kCertificateExpired},
    {TLS1_ALERT_CERTIFICATE_UNKNOWN, Event::kCertificateUnknown},
    {TLS1_ALERT_UNKNOWN_CA, Event::kUntrustedRoot},
    {TLS1_ALERT_ACCESS_DENIED, Event::kLogonDenied},
    {TLS1_ALERT_DECRYPT_ERROR, Event::kDecryptFailure},
    {TLS1_ALERT_PROTOCOL_VERSION, Event::kNoCommonVersion},
    {TLS1_ALERT_INSUFFIENT_SECURITY, Event::kNoCommonAlgorithm},
    {TLS1_ALERT_INTERNAL_ERROR, Event::kInternalError},
    {TLS1_ALERT_USER_CANCELED, Event::kPeerGaveUp},
    {TLS1_ALERT_NO_APP_PROTOCOL, Event::kNoCommonApplicationProtocol},
};

[[nodiscard]] constexpr Event EventOfAlertReceived(uint8_t alert) {
  for (const AlertRow& row : kAlerts) {
    if (row.alert == alert) return row.event;
  }
  return Event::kUnexpectedMessage;
}

// The same cause seen from the end that found it. OpenSSL says
// handshake_failure where there is nothing in common to agree on.
[[nodiscard]] constexpr Event EventOfAlertSent(uint8_t alert) {
  return alert == TLS1_ALERT_HANDSHAKE_FAILURE ? Event::kNoCommonAlgorithm
                                               : EventOfAlertReceived(alert);
}

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_ALERTS_H_
