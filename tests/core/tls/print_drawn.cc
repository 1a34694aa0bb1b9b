// Prints what comes from entropy by way of OpenSSL, as hexadecimal digits, for
// two_processes_test to compare.

#include <cstdio>

#include "absl/status/statusor.h"
#include "core/certificates.h"
#include "core/entropy.h"
#include "core/tls/certificate_authority.h"

namespace sspilab::tls {
namespace {

void Print(const DerBytes& bytes) {
  for (const uint8_t byte : bytes) std::printf("%02x", byte);
  std::printf("\n");
}

int Main() {
  for (const KeyKind kind : {KeyKind::kP256, KeyKind::kRsa2048}) {
    const absl::StatusOr<OwnedCertificate> made =
        SelfSigned({.common_name = "process", .key = kind}, Entropy(1, 0));
    if (!made.ok()) return 1;
    Print(made->certificate);
    Print(made->private_key);
  }
  return 0;
}

}  // namespace
}  // namespace sspilab::tls

int main() { return sspilab::tls::Main(); }
