// The floor does the whole of a handshake, certificate's check included.

#include "sim/bench/tls_floor.h"

#include <string>

#include "absl/status/status.h"
#include "core/certificates.h"
#include "core/entropy.h"
#include "core/tls/certificate_authority.h"
#include "gtest/gtest.h"

namespace sspilab::sim {
namespace {

constexpr int64_t kNow = 1'704'067'260;  // A minute after kFileTimeGenesis.

class TlsFloorTest : public ::testing::Test {
 protected:
  TlsFloorTest() {
    tls::CertificateAuthority authority =
        tls::CertificateAuthority::Root({.common_name = "Root"}, Entropy(1, 0))
            .value();
    certificate_ = authority
                       .Issue({.common_name = "lab.example.test",
                               .dns_names = {"lab.example.test"}})
                       .value();
    root_ = authority.certificate();
  }

  // What Connect says of a floor with these options.
  absl::Status Connect(TlsFloor::Options options) {
    options.certificate = &certificate_;
    options.root = &root_;
    options.groups = "X25519:P-256";
    absl::StatusOr<TlsFloor> floor = TlsFloor::New(options);
    if (!floor.ok()) return floor.status();
    const absl::Status status = floor->Connect();
    bytes_ = floor->bytes();
    return status;
  }

  OwnedCertificate certificate_;
  DerBytes root_;
  uint64_t bytes_ = 0;
};

TEST_F(TlsFloorTest, Connects) {
  EXPECT_EQ(Connect({.version = TLS1_3_VERSION,
                     .host = "lab.example.test",
                     .now = kNow,
                     .cipher_suite = "TLS_AES_256_GCM_SHA384"}),
            absl::OkStatus());
  // The certificate is a part of it.
  EXPECT_GT(bytes_, certificate_.certificate.size() + 500);
  EXPECT_EQ(Connect({.version = TLS1_2_VERSION,
                     .host = "lab.example.test",
                     .now = kNow,
                     .cipher_suite = "ECDHE-ECDSA-AES256-GCM-SHA384"}),
            absl::OkStatus());
}

TEST_F(TlsFloorTest, LooksAtTheCertificate) {
  const TlsFloor::Options right = {.host = "lab.example.test",
                                   .now = kNow,
                                   .cipher_suite = "TLS_AES_256_GCM_SHA384"};
  EXPECT_EQ(Connect(right), absl::OkStatus());
  TlsFloor::Options wrong = right;
  wrong.host = "other.example.test";
  EXPECT_FALSE(Connect(wrong).ok());
  wrong = right;
  wrong.now = 0;
  EXPECT_FALSE(Connect(wrong).ok());
  root_ =
      tls::CertificateAuthority::Root({.common_name = "Root"}, Entropy(2, 0))
          ->certificate();
  EXPECT_FALSE(Connect(right).ok());
}

TEST_F(TlsFloorTest, SaysWhatCannotBeSet) {
  EXPECT_FALSE(Connect({.cipher_suite = "no such suite"}).ok());
}

}  // namespace
}  // namespace sspilab::sim
