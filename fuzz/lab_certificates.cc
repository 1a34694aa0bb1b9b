#include "fuzz/lab_certificates.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "core/entropy.h"
#include "core/tls/certificate_authority.h"
#include "fuzz/uncounted.h"

namespace sspilab::fuzz {
namespace {

using tls::CertificateAuthority;
using tls::CertificateRequest;

// Without certificates there is nothing to fuzz.
template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "fuzz: no certificates: %s\n",
                 result.status().ToString().c_str());
    std::abort();
  }
  return *std::move(result);
}

struct Certificates {
  DerBytes acceptor_root;
  DerBytes initiator_root;
  std::array<std::optional<OwnedCertificate>, kAcceptorCertificates> acceptor;
  std::array<std::optional<OwnedCertificate>, kInitiatorCertificates> initiator;
};

Certificates Make() {
  const Uncounted once;
  CertificateAuthority root =
      Must(CertificateAuthority::Root({.common_name = "root"}, Entropy(1, 0)));
  CertificateAuthority intermediate =
      Must(root.Intermediate({.common_name = "intermediate"}));
  CertificateAuthority clients = Must(
      CertificateAuthority::Root({.common_name = "clients"}, Entropy(2, 0)));
  CertificateAuthority unknown = Must(
      CertificateAuthority::Root({.common_name = "unknown"}, Entropy(3, 0)));
  const CertificateRequest server = {.common_name = "lab.ex",
                                     .dns_names = {"lab.ex"},
                                     .server_authentication = true};
  CertificateRequest expired = server;
  expired.valid_from -= 2 * tls::kDay;
  expired.valid_to = expired.valid_from + tls::kDay;
  CertificateRequest other = server;
  other.common_name = "other.ex";
  other.dns_names = {"other.ex"};
  const CertificateRequest client = {.common_name = "alice",
                                     .client_authentication = true};

  Certificates made;
  made.acceptor_root = root.certificate();
  made.initiator_root = clients.certificate();
  made.acceptor = {Must(root.Issue(server)),
                   Must(intermediate.Issue(server)),
                   Must(root.Issue(expired)),
                   Must(root.Issue(other)),
                   Must(tls::SelfSigned(server, Entropy(4, 0))),
                   Must(root.Issue(client)),
                   std::nullopt,
                   std::nullopt,
                   std::nullopt};
  made.initiator = {std::nullopt, Must(clients.Issue(client)),
                    Must(unknown.Issue(client)), Must(clients.Issue(server)),
                    std::nullopt};
  // Behind the others, which have their bytes from the same streams.
  CertificateAuthority department =
      Must(clients.Intermediate({.common_name = "department"}));
  made.initiator[4] = Must(department.Issue(client));
  made.acceptor[7] = made.acceptor[0];
  made.acceptor[7]->private_key = made.acceptor[1]->private_key;
  made.acceptor[8] = made.acceptor[0];
  made.acceptor[8]->chain = {{0x30, 0x00}};
  return made;
}

}  // namespace

void FurnishWithCertificates(uint8_t number, Role role, World& world) {
  static const Certificates& made = *new Certificates(Make());
  const bool initiates = role == Role::kInitiator;
  const std::optional<OwnedCertificate>& own =
      initiates ? made.initiator[number % made.initiator.size()]
                : made.acceptor[number % made.acceptor.size()];
  if (own.has_value()) world.certificates().Add(*own);
  world.certificates().Trust(initiates ? made.acceptor_root
                                       : made.initiator_root);
}

}  // namespace sspilab::fuzz
