#ifndef SSPILAB_SIM_AUTH_DATA_H_
#define SSPILAB_SIM_AUTH_DATA_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/certificates.h"
#include "core/sspi.h"

namespace sspilab::sim {

// Whom a caller is to be, where it does not use the logon of its World.
struct Identity {
  std::u16string user;
  std::u16string domain;
  std::u16string password;

  friend bool operator==(const Identity&, const Identity&) = default;
};

// When a caller puts a certificate into its credential.
enum class ShowsCertificate : uint8_t {
  kNever,
  kOnDemand,  // When it is told SEC_I_INCOMPLETE_CREDENTIALS.
  kAlways,
};
inline constexpr std::array<std::string_view, 3> kShowsCertificateNames = {
    "never", "on demand", "always"};

// What a caller says to Schannel or CredSSP besides.
struct TlsOptions {
  // The certificate is the first of its World.
  ShowsCertificate shows_certificate = ShowsCertificate::kNever;
  // SP_PROT_*; 0 leaves it to the machine.
  uint32_t protocols = 0;
  // SCH_CRED_* and SCH_*.
  uint32_t flags = 0;
  // ALPN, the preferred one first; not offered where there are none.
  std::vector<std::string> application_protocols;
};

// The pAuthData of AcquireCredentialsHandle, in the structure that the package
// takes. The arguments are not owned and must outlive it.
class AuthData {
 public:
  // `identity` and `certificate` may be null: none.
  AuthData(const std::u16string& package, const Identity* identity,
           const TlsOptions& tls, const OwnedCertificate* certificate);
  AuthData(const AuthData&) = delete;
  AuthData& operator=(const AuthData&) = delete;

  // Null where there is nothing to say.
  void* get() { return data_; }

 private:
  SEC_WINNT_AUTH_IDENTITY_W identity_ = {};
  CERT_CONTEXT certificate_ = {};
  PCCERT_CONTEXT certificates_[1] = {&certificate_};
  SCHANNEL_CRED schannel_ = {};
  CREDSSP_CRED credssp_ = {};
  void* data_ = nullptr;
};

// A SECBUFFER_APPLICATION_PROTOCOLS' contents (SEC_APPLICATION_PROTOCOLS) that
// offers `names` by ALPN; names that are empty or have more than 255 bytes are
// left out. Empty for none.
std::vector<uint8_t> ApplicationProtocols(
    const std::vector<std::string>& names);

}  // namespace sspilab::sim

#endif  // SSPILAB_SIM_AUTH_DATA_H_
