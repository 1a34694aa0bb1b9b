#include "core/schannel/settings.h"

#include <algorithm>
#include <string_view>

namespace sspilab::schannel {
namespace {

constexpr uint32_t kUnsupportedFlags =
    SCH_USE_PRESHAREDKEY_ONLY | SCH_USE_DTLS_ONLY | SCH_ALLOW_NULL_ENCRYPTION;

std::u16string_view TextOf(const UNICODE_STRING& text) {
  if (text.Buffer == nullptr) return {};
  return {reinterpret_cast<const char16_t*>(text.Buffer),
          text.Length / sizeof(char16_t)};
}

// One entry of TLS_PARAMETERS.pDisabledCrypto: takes away what it names. Bit
// lengths of 0 name all.
SECURITY_STATUS Disable(const CRYPTO_SETTINGS& disabled, Settings* settings) {
  if (disabled.eAlgorithmUsage != TlsParametersCngAlgUsageCipher ||
      TextOf(disabled.strCngAlgId) != u"AES" ||
      (disabled.cChainingModes != 0 &&
       disabled.rgstrChainingModes == nullptr) ||
      disabled.cChainingModes > SCH_CRED_MAX_SUPPORTED_CHAINING_MODES) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  bool gcm = disabled.cChainingModes == 0;
  bool cbc = gcm;
  for (DWORD i = 0; i < disabled.cChainingModes; ++i) {
    const std::u16string_view mode = TextOf(disabled.rgstrChainingModes[i]);
    gcm |= mode == u"ChainingModeGCM";
    cbc |= mode == u"ChainingModeCBC";
  }
  const uint32_t most =
      disabled.dwMaxBitLength == 0 ? UINT32_MAX : disabled.dwMaxBitLength;
  std::erase_if(settings->suites, [&](const CipherSuite* suite) {
    return (suite->chaining == Chaining::kGcm ? gcm : cbc) &&
           suite->bits >= disabled.dwMinBitLength && suite->bits <= most;
  });
  return SEC_E_OK;
}

// The members that SCHANNEL_CRED and SCH_CREDENTIALS have in common.
template <typename Credentials>
SECURITY_STATUS ReadCommon(const Credentials& from, Settings* settings) {
  if (from.cCreds > SCH_CRED_MAX_SUPPORTED_CERTS ||
      (from.cCreds != 0 && from.paCred == nullptr)) {
    return SEC_E_UNKNOWN_CREDENTIALS;
  }
  if ((from.dwFlags & kUnsupportedFlags) != 0 ||
      from.dwCredFormat != SCH_CRED_FORMAT_CERT_CONTEXT) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  for (DWORD i = 0; i < from.cCreds; ++i) {
    const CERT_CONTEXT* certificate = from.paCred[i];
    if (certificate == nullptr || certificate->pbCertEncoded == nullptr) {
      return SEC_E_UNKNOWN_CREDENTIALS;
    }
    settings->certificates.emplace_back(certificate->pbCertEncoded,
                                        certificate->cbCertEncoded);
  }
  if (from.dwSessionLifespan != 0) {
    settings->session_lifespan = from.dwSessionLifespan;
  }
  settings->flags = from.dwFlags;
  return SEC_E_OK;
}

SECURITY_STATUS Read(const SCHANNEL_CRED& from, Settings* settings) {
  if (from.grbitEnabledProtocols != 0) {
    settings->protocols &= from.grbitEnabledProtocols;
  }
  const DWORD most = from.dwMaximumCipherStrength == 0
                         ? UINT32_MAX
                         : from.dwMaximumCipherStrength;
  std::erase_if(settings->suites, [&](const CipherSuite* suite) {
    return suite->bits < from.dwMinimumCipherStrength || suite->bits > most;
  });
  return ReadCommon(from, settings);
}

SECURITY_STATUS Read(const SCH_CREDENTIALS& from, Settings* settings) {
  if (from.cTlsParameters > SCH_CRED_MAX_SUPPORTED_PARAMETERS ||
      (from.cTlsParameters != 0 && from.pTlsParameters == nullptr)) {
    return SEC_E_UNKNOWN_CREDENTIALS;
  }
  for (DWORD i = 0; i < from.cTlsParameters; ++i) {
    const TLS_PARAMETERS& parameters = from.pTlsParameters[i];
    // Parameters for certain application protocols only.
    if (parameters.cAlpnIds != 0) return SEC_E_UNSUPPORTED_FUNCTION;
    if (parameters.cDisabledCrypto > SCH_CRED_MAX_SUPPORTED_CRYPTO_SETTINGS ||
        (parameters.cDisabledCrypto != 0 &&
         parameters.pDisabledCrypto == nullptr)) {
      return SEC_E_UNKNOWN_CREDENTIALS;
    }
    settings->protocols &= ~parameters.grbitDisabledProtocols;
    for (DWORD j = 0; j < parameters.cDisabledCrypto; ++j) {
      const SECURITY_STATUS status =
          Disable(parameters.pDisabledCrypto[j], settings);
      if (status != SEC_E_OK) return status;
    }
  }
  return ReadCommon(from, settings);
}

}  // namespace

SECURITY_STATUS ReadSettings(const void* auth_data, uint32_t side,
                             const SchannelPolicy& policy, Settings* settings) {
  settings->protocols = policy.enabled_protocols & side;
  settings->session_lifespan = policy.cache_time;
  for (const CipherSuite& suite : kCipherSuites) {
    settings->suites.push_back(&suite);
  }
  SECURITY_STATUS status = SEC_E_OK;
  if (auth_data != nullptr) {
    // Which structure it is, its first word tells.
    switch (*static_cast<const DWORD*>(auth_data)) {
      case SCHANNEL_CRED_VERSION:
        status = Read(*static_cast<const SCHANNEL_CRED*>(auth_data), settings);
        break;
      case SCH_CREDENTIALS_VERSION:
        status =
            Read(*static_cast<const SCH_CREDENTIALS*>(auth_data), settings);
        break;
      default:
        return SEC_E_UNKNOWN_CREDENTIALS;
    }
  }
  if (status != SEC_E_OK) return status;
  // A suite is of no use without its protocol, nor a protocol without a suite.
  const auto drop = [&](bool tls13, uint32_t protocols) {
    const auto of_protocol = [tls13](const CipherSuite* suite) {
      return suite->tls13 == tls13;
    };
    if (std::none_of(settings->suites.begin(), settings->suites.end(),
                     of_protocol)) {
      settings->protocols &= ~protocols;
    }
    if ((settings->protocols & protocols) == 0) {
      std::erase_if(settings->suites, of_protocol);
    }
  };
  drop(true, SP_PROT_TLS1_3);
  drop(false, SP_PROT_TLS1_2);
  settings->protocols &= SP_PROT_TLS1_2 | SP_PROT_TLS1_3;
  if (settings->suites.empty()) return SEC_E_ALGORITHM_MISMATCH;
  const auto [weakest, strongest] =
      std::minmax_element(settings->suites.begin(), settings->suites.end(),
                          [](const CipherSuite* a, const CipherSuite* b) {
                            return a->bits < b->bits;
                          });
  settings->minimum_strength = (*weakest)->bits;
  settings->maximum_strength = (*strongest)->bits;
  return SEC_E_OK;
}

}  // namespace sspilab::schannel
