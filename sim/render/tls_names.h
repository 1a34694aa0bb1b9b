#ifndef SSPILAB_SIM_RENDER_TLS_NAMES_H_
#define SSPILAB_SIM_RENDER_TLS_NAMES_H_

#include <cstdint>
#include <string>

namespace sspilab::sim {

// What the numbers in TLS messages mean, by IANA's registries "TLS Parameters"
// and "TLS ExtensionType Values": the name, or the number in hexadecimal where
// it is not known here.

std::string TlsVersionName(uint16_t version);    // "TLS 1.2"
std::string TlsCipherSuiteName(uint16_t suite);  // "TLS_AES_128_GCM_SHA256"
std::string TlsGroupName(uint16_t group);        // "x25519"
std::string TlsSignatureSchemeName(uint16_t scheme);  // "rsa_pss_rsae_sha256"
std::string TlsExtensionName(uint16_t type);          // "server_name"
std::string TlsHandshakeTypeName(uint8_t type);       // "ClientHello"
std::string TlsContentTypeName(uint8_t type);         // "Handshake"
std::string TlsAlertName(uint8_t description);        // "close_notify"

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_RENDER_TLS_NAMES_H_
