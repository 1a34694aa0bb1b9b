#include "core/tls/reading.h"

#include <openssl/err.h>

#include "absl/status/statusor.h"
#include "core/certificates.h"
#include "core/entropy.h"
#include "core/tls/certificate_authority.h"
#include "gtest/gtest.h"

namespace sspilab::tls {
namespace {

OwnedCertificate Issued() {
  auto root =
      CertificateAuthority::Root({.common_name = "root"}, Entropy(1, 0));
  EXPECT_TRUE(root.ok());
  auto issued =
      root->Issue({.common_name = "lab.ex", .server_authentication = true});
  EXPECT_TRUE(issued.ok());
  return *issued;
}

TEST(Reading, TheSameBytesAreReadOnce) {
  const OwnedCertificate issued = Issued();
  const X509Ptr first = ReadCertificate(issued.certificate);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(ReadCertificate(issued.certificate), first);
  const KeyPtr key = ReadPrivateKey(issued.private_key);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(ReadPrivateKey(issued.private_key), key);
  EXPECT_EQ(X509_check_private_key(first.get(), key.get()), 1);
}

TEST(Reading, WhatWasReadOutlivesWhatIsKept) {
  const X509Ptr first = ReadCertificate(Issued().certificate);
  ASSERT_NE(first, nullptr);
  auto root = CertificateAuthority::Root({.common_name = "r"}, Entropy(2, 0));
  ASSERT_TRUE(root.ok());
  // More than are kept.
  for (int i = 0; i < 100; ++i) {
    const auto other = root->Issue({.common_name = "other"});
    ASSERT_TRUE(other.ok());
    ASSERT_NE(ReadCertificate(other->certificate), nullptr);
  }
  EXPECT_NE(X509_get_subject_name(first.get()), nullptr);
  const X509Ptr again = ReadCertificate(Issued().certificate);
  ASSERT_NE(again, nullptr);
  EXPECT_NE(again, first);
  EXPECT_EQ(X509_cmp(again.get(), first.get()), 0);
}

TEST(Reading, BytesThatAreNoneAreNull) {
  OwnedCertificate issued = Issued();
  EXPECT_EQ(ReadCertificate({}), nullptr);
  EXPECT_EQ(ReadPrivateKey({}), nullptr);
  issued.certificate.pop_back();
  issued.private_key.pop_back();
  EXPECT_EQ(ReadCertificate(issued.certificate), nullptr);
  EXPECT_EQ(ReadPrivateKey(issued.private_key), nullptr);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace sspilab::tls
