// Certificates are judged by OpenSSL in its default library context, which has
// nothing of ours.

#include "core/tls/certificate_authority.h"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/certificates.h"
#include "core/entropy.h"
#include "core/tls/lab_certificates.h"
#include "core/tls/openssl_ptr.h"
#include "core/world.h"
#include "gtest/gtest.h"

namespace sspilab::tls {
namespace {

using Certificate = OpenSslPtr<X509, X509_free>;

constexpr time_t kGenesis = 1'704'067'200;  // kFileTimeGenesis for Unix.

Certificate Parse(const DerBytes& bytes) {
  const unsigned char* at = bytes.data();
  return Certificate(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())));
}

struct Judgement {
  std::string host = "www.example.test";
  time_t now = kGenesis + 60;
  int purpose = X509_PURPOSE_SSL_SERVER;
};

// X509_V_OK or what is wrong with `certificate` for one who believes in `root`.
int Verify(const OwnedCertificate& certificate, const DerBytes& root,
           const Judgement& judgement = {}) {
  const OpenSslPtr<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  const Certificate trusted = Parse(root);
  const Certificate leaf = Parse(certificate.certificate);
  if (trusted == nullptr || leaf == nullptr) return -1;
  X509_STORE_add_cert(store.get(), trusted.get());
  STACK_OF(X509)* chain = sk_X509_new_null();
  for (const DerBytes& link : certificate.chain) {
    sk_X509_push(chain, Parse(link).release());
  }
  const OpenSslPtr<X509_STORE_CTX, X509_STORE_CTX_free> verification(
      X509_STORE_CTX_new());
  X509_STORE_CTX_init(verification.get(), store.get(), leaf.get(), chain);
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(verification.get());
  X509_VERIFY_PARAM_set_time(param, judgement.now);
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_purpose(param, judgement.purpose);
  X509_VERIFY_PARAM_set1_host(param, judgement.host.data(),
                              judgement.host.size());
  const int right = X509_verify_cert(verification.get());
  const int error = X509_STORE_CTX_get_error(verification.get());
  sk_X509_pop_free(chain, X509_free);
  return right == 1 ? X509_V_OK : error;
}

CertificateAuthority Root(uint64_t seed = 1) {
  return CertificateAuthority::Root({.common_name = "Root"}, Entropy(seed, 0))
      .value();
}

CertificateRequest Server() {
  return {.common_name = "www",
          .dns_names = {"www.example.test", "*.lab.example.test"},
          .server_authentication = true};
}

TEST(CertificateAuthority, IssuesWhatOpenSslBelieves) {
  CertificateAuthority root = Root();
  const OwnedCertificate server = root.Issue(Server()).value();
  EXPECT_EQ(Verify(server, root.certificate()), X509_V_OK);
  EXPECT_TRUE(server.chain.empty()) << "the root is not sent";

  const auto judge = [&](const Judgement& judgement) {
    return Verify(server, root.certificate(), judgement);
  };
  EXPECT_EQ(judge({.host = "a.lab.example.test"}), X509_V_OK);
  EXPECT_EQ(judge({.host = "other.example.test"}),
            X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_EQ(judge({.now = kGenesis}), X509_V_OK);
  EXPECT_EQ(judge({.now = kGenesis - 1}), X509_V_ERR_CERT_NOT_YET_VALID);
  EXPECT_EQ(judge({.now = kGenesis + 366 * 86'400}),
            X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(judge({.purpose = X509_PURPOSE_SSL_CLIENT}),
            X509_V_ERR_INVALID_PURPOSE);
  EXPECT_EQ(Verify(server, Root(2).certificate()),
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
      << "another root of the same name has another key";
}

TEST(CertificateAuthority, AnIntermediateIsInTheChain) {
  CertificateAuthority root = Root();
  CertificateAuthority first = root.Intermediate({.common_name = "1"}).value();
  CertificateAuthority second =
      first.Intermediate({.common_name = "2"}).value();
  OwnedCertificate server = second.Issue(Server()).value();
  EXPECT_EQ(server.chain,
            (std::vector<DerBytes>{second.certificate(), first.certificate()}));
  EXPECT_EQ(Verify(server, root.certificate()), X509_V_OK);
  server.chain.pop_back();
  EXPECT_EQ(Verify(server, root.certificate()),
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

TEST(CertificateAuthority, AClientsCertificateIsForClients) {
  CertificateAuthority root = Root();
  const OwnedCertificate client = root.Issue({.common_name = "alice",
                                              .dns_names = {"www.example.test"},
                                              .client_authentication = true})
                                      .value();
  EXPECT_EQ(
      Verify(client, root.certificate(), {.purpose = X509_PURPOSE_SSL_CLIENT}),
      X509_V_OK);
  EXPECT_EQ(Verify(client, root.certificate()), X509_V_ERR_INVALID_PURPOSE);
}

TEST(CertificateAuthority, WithoutAPurposeAnyIsRight) {
  CertificateAuthority root = Root();
  CertificateRequest request = Server();
  request.server_authentication = false;
  const OwnedCertificate any = root.Issue(request).value();
  for (const int purpose : {X509_PURPOSE_SSL_CLIENT, X509_PURPOSE_SSL_SERVER}) {
    EXPECT_EQ(Verify(any, root.certificate(), {.purpose = purpose}), X509_V_OK);
  }
}

TEST(CertificateAuthority, KeyUsageIsWhatWasAskedFor) {
  CertificateAuthority root = Root();
  CertificateRequest request = Server();
  request.key_usage = KU_KEY_AGREEMENT | KU_KEY_ENCIPHERMENT;
  const OwnedCertificate made = root.Issue(request).value();
  const Certificate parsed = Parse(made.certificate);
  EXPECT_EQ(X509_get_key_usage(parsed.get()),
            unsigned{KU_KEY_AGREEMENT | KU_KEY_ENCIPHERMENT});
}

TEST(CertificateAuthority, TheKeyIsTheCertificates) {
  CertificateAuthority root = Root();
  for (const auto& [kind, type] :
       {std::pair(KeyKind::kP256, EVP_PKEY_EC),
        std::pair(KeyKind::kRsa2048, EVP_PKEY_RSA)}) {
    CertificateRequest request = Server();
    request.key = kind;
    const OwnedCertificate made = root.Issue(request).value();
    EXPECT_EQ(Verify(made, root.certificate()), X509_V_OK);
    const Certificate parsed = Parse(made.certificate);
    const unsigned char* at = made.private_key.data();
    const OpenSslPtr<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free> info(
        d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at,
                                static_cast<long>(made.private_key.size())));
    ASSERT_NE(info, nullptr);
    const OpenSslPtr<EVP_PKEY, EVP_PKEY_free> key(EVP_PKCS82PKEY(info.get()));
    ASSERT_NE(key, nullptr);
    EXPECT_EQ(EVP_PKEY_get_base_id(key.get()), type);
    EXPECT_EQ(X509_check_private_key(parsed.get(), key.get()), 1);
  }
}

TEST(CertificateAuthority, ASelfSignedOneIsBelievedOnlyAsARoot) {
  const OwnedCertificate alone = SelfSigned(Server(), Entropy(1, 0)).value();
  EXPECT_EQ(Verify(alone, Root().certificate()),
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  const Certificate parsed = Parse(alone.certificate);
  EXPECT_EQ(X509_verify(parsed.get(), X509_get0_pubkey(parsed.get())), 1);
}

TEST(CertificateAuthority, TheSameSeedGivesTheSameBytes) {
  const auto make = [](uint64_t seed) {
    CertificateAuthority root = Root(seed);
    CertificateAuthority inner =
        root.Intermediate({.common_name = "2"}).value();
    OwnedCertificate made = inner.Issue(Server()).value();
    made.chain.push_back(made.certificate);
    made.chain.push_back(made.private_key);
    made.chain.push_back(root.certificate());
    return made.chain;
  };
  const std::vector<DerBytes> once = make(1);
  const std::vector<DerBytes> other = make(2);
  EXPECT_EQ(once, make(1));
  for (size_t i = 0; i < once.size(); ++i) EXPECT_NE(once[i], other[i]) << i;
}

TEST(CertificateAuthority, SerialNumbersDifferAndArePositive) {
  CertificateAuthority root = Root();
  std::set<std::string> seen;
  for (int i = 0; i < 10; ++i) {
    const OwnedCertificate made = root.Issue(Server()).value();
    const Certificate parsed = Parse(made.certificate);
    const ASN1_INTEGER* serial = X509_get0_serialNumber(parsed.get());
    EXPECT_EQ(serial->type, V_ASN1_INTEGER) << "not negative";
    EXPECT_EQ(serial->length, 16);
    seen.emplace(reinterpret_cast<const char*>(serial->data),
                 static_cast<size_t>(serial->length));
  }
  EXPECT_EQ(seen.size(), 10u);
}

TEST(CertificateAuthority, TellsWhatX509CannotSay) {
  CertificateAuthority root = Root();
  CertificateRequest forever = Server();
  forever.valid_to = kFileTimeNever;
  EXPECT_EQ(root.Issue(forever).status().message(),
            "a certificate cannot be valid beyond the year 9999");
  CertificateRequest long_name = Server();
  long_name.common_name.assign(65, 'x');  // RFC 5280's ub-common-name is 64.
  EXPECT_EQ(root.Issue(long_name).status().code(), absl::StatusCode::kInternal);
  CertificateRequest ancient = Server();
  ancient.valid_from = 0;
  EXPECT_TRUE(root.Issue(ancient).ok()) << "1601 can be said";
}

TEST(LabCertificates, AServersIsForItsNameAndTheClientBelievesIt) {
  World server({.seed = 5});
  World client;
  ASSERT_TRUE(GiveServerCertificate(server, client).ok());
  ASSERT_EQ(client.certificates().roots().size(), 1u);
  ASSERT_NE(server.certificates().Default(), nullptr);
  const OwnedCertificate& given = *server.certificates().Default();
  const DerBytes& root = client.certificates().roots().front();
  EXPECT_EQ(Verify(given, root, {.host = "lab.example.test"}), X509_V_OK);
  EXPECT_EQ(Verify(given, root), X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_TRUE(server.certificates().roots().empty());
  EXPECT_EQ(client.certificates().Default(), nullptr);

  World again({.seed = 5});
  ASSERT_TRUE(GiveServerCertificate(again, client).ok());
  EXPECT_EQ(again.certificates().Default()->certificate, given.certificate);
  EXPECT_EQ(again.ForkEntropy().Next(), World({.seed = 5}).ForkEntropy().Next())
      << "no stream of the World's was taken";
}

TEST(LabCertificates, AClientsIsOfAnotherRoot) {
  World server;
  World client;
  ASSERT_TRUE(GiveServerCertificate(server, client).ok());
  ASSERT_TRUE(GiveClientCertificate(client, server, "alice").ok());
  const OwnedCertificate& given = *client.certificates().Default();
  EXPECT_NE(server.certificates().roots().front(),
            client.certificates().roots().front());
  const Judgement judgement = {.host = "", .purpose = X509_PURPOSE_SSL_CLIENT};
  EXPECT_EQ(Verify(given, server.certificates().roots().front(), judgement),
            X509_V_OK);
}

}  // namespace
}  // namespace sspilab::tls
