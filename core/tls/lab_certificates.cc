#include "core/tls/lab_certificates.h"

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "core/certificates.h"
#include "core/entropy.h"
#include "core/tls/certificate_authority.h"
#include "core/wire/utf.h"

namespace sspilab::tls {
namespace {

// World::ForkEntropy counts its streams from 0; these are out of its way.
constexpr uint64_t kServerStream = 0xCE57'0000'0000'0001;
constexpr uint64_t kClientStream = 0xCE57'0000'0000'0002;

absl::Status Give(World& holder, World& believer, CertificateRequest request,
                  std::string root_name, uint64_t stream,
                  CertificateFlaw flaw) {
  request.valid_from = holder.now() - kDay;
  request.valid_to = holder.now() + 365 * kDay;
  if (flaw == CertificateFlaw::kWrongUsage) {
    std::swap(request.server_authentication, request.client_authentication);
  }
  CertificateRequest root = {.common_name = std::move(root_name),
                             .valid_from = request.valid_from,
                             .valid_to = request.valid_to};
  absl::StatusOr<CertificateAuthority> authority =
      CertificateAuthority::Root(root, Entropy(holder.options().seed, stream));
  if (!authority.ok()) return authority.status();
  absl::StatusOr<OwnedCertificate> issued = authority->Issue(request);
  if (!issued.ok()) return issued.status();
  holder.certificates().Add(*std::move(issued));
  if (flaw != CertificateFlaw::kUntrusted) {
    believer.certificates().Trust(authority->certificate());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status GiveServerCertificate(World& server, World& client,
                                   CertificateFlaw flaw) {
  const std::string name =
      wire::Utf16ToUtf8Lossy(server.options().names.dns_computer);
  return Give(
      server, client,
      {.common_name = name, .dns_names = {name}, .server_authentication = true},
      "SSPI Lab Server Root", kServerStream, flaw);
}

absl::Status GiveClientCertificate(World& client, World& server,
                                   std::string common_name,
                                   CertificateFlaw flaw) {
  return Give(
      client, server,
      {.common_name = std::move(common_name), .client_authentication = true},
      "SSPI Lab Client Root", kClientStream, flaw);
}

}  // namespace sspilab::tls
