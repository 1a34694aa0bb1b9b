#ifndef SSPILAB_CORE_TLS_LAB_CERTIFICATES_H_
#define SSPILAB_CORE_TLS_LAB_CERTIFICATES_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "core/world.h"

// Certificates for two machines that are to speak TLS and have nothing special
// to show. They are issued by a root of the Worlds' seed, valid from a day
// before the World's time until a year after it; the same Worlds get the same
// bytes. The Worlds may be one. No entropy of theirs is used up.
namespace sspilab::tls {

// What is wrong with a certificate that is given.
enum class CertificateFlaw : uint8_t {
  kNone,
  kUntrusted,   // Nobody believes in its root.
  kWrongUsage,  // It is for the other role only.
};
inline constexpr std::array<std::string_view, 3> kCertificateFlawNames = {
    "none", "untrusted", "wrong usage"};

// Gives `server` a certificate for its names.dns_computer, and `client` the
// belief in its root.
[[nodiscard]] absl::Status GiveServerCertificate(
    World& server, World& client,
    CertificateFlaw flaw = CertificateFlaw::kNone);

// Gives `client` a certificate for `common_name`, and `server` the belief in
// its root, which is not the server certificate's.
[[nodiscard]] absl::Status GiveClientCertificate(
    World& client, World& server, std::string common_name,
    CertificateFlaw flaw = CertificateFlaw::kNone);

}  // namespace sspilab::tls

#endif  // SSPILAB_CORE_TLS_LAB_CERTIFICATES_H_
