#ifndef SSPILAB_CORE_SCHANNEL_CIPHER_SUITES_H_
#define SSPILAB_CORE_SCHANNEL_CIPHER_SUITES_H_

#include <cstdint>
#include <string_view>

namespace sspilab::schannel {

enum class Chaining : uint8_t { kGcm, kCbc };

// A cipher suite as far as Schannel's callers choose among them.
struct CipherSuite {
  // OpenSSL's name for it.
  std::string_view name;
  bool tls13;
  uint32_t bits;
  Chaining chaining;
};

// The suites that Windows Server 2022 enables by default, in its order, without
// those of finite-field Diffie-Hellman.
inline constexpr CipherSuite kCipherSuites[] = {
    {"TLS_AES_256_GCM_SHA384", true, 256, Chaining::kGcm},
    {"TLS_AES_128_GCM_SHA256", true, 128, Chaining::kGcm},
    {"ECDHE-ECDSA-AES256-GCM-SHA384", false, 256, Chaining::kGcm},
    {"ECDHE-ECDSA-AES128-GCM-SHA256", false, 128, Chaining::kGcm},
    {"ECDHE-RSA-AES256-GCM-SHA384", false, 256, Chaining::kGcm},
    {"ECDHE-RSA-AES128-GCM-SHA256", false, 128, Chaining::kGcm},
    {"ECDHE-ECDSA-AES256-SHA384", false, 256, Chaining::kCbc},
    {"ECDHE-ECDSA-AES128-SHA256", false, 128, Chaining::kCbc},
    {"ECDHE-RSA-AES256-SHA384", false, 256, Chaining::kCbc},
    {"ECDHE-RSA-AES128-SHA256", false, 128, Chaining::kCbc},
    {"ECDHE-ECDSA-AES256-SHA", false, 256, Chaining::kCbc},
    {"ECDHE-ECDSA-AES128-SHA", false, 128, Chaining::kCbc},
    {"ECDHE-RSA-AES256-SHA", false, 256, Chaining::kCbc},
    {"ECDHE-RSA-AES128-SHA", false, 128, Chaining::kCbc},
    {"AES256-GCM-SHA384", false, 256, Chaining::kGcm},
    {"AES128-GCM-SHA256", false, 128, Chaining::kGcm},
    {"AES256-SHA256", false, 256, Chaining::kCbc},
    {"AES128-SHA256", false, 128, Chaining::kCbc},
    {"AES256-SHA", false, 256, Chaining::kCbc},
    {"AES128-SHA", false, 128, Chaining::kCbc},
};

}  // namespace sspilab::schannel

#endif  // SSPILAB_CORE_SCHANNEL_CIPHER_SUITES_H_
