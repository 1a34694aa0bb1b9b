// Whom each end believes, what it says otherwise, and what it tells the peer.

#include <functional>
#include <string>
#include <vector>

#include "core/certificates.h"
#include "core/entropy.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/tls/certificate_authority.h"
#include "gtest/gtest.h"
#include "tests/core/schannel/tls_end.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::NewSchannelCred;
using testing::TlsCall;
using testing::TlsEnd;
using testing::TlsLab;
using tls::CertificateAuthority;
using tls::CertificateRequest;

CertificateAuthority NewRoot(uint64_t stream) {
  return *CertificateAuthority::Root({.common_name = "Test Root"},
                                     Entropy(stream, stream));
}

CertificateRequest ServerRequest() {
  return {.common_name = "lab.example.test",
          .dns_names = {"lab.example.test"},
          .server_authentication = true};
}

CERT_CONTEXT ContextOf(const OwnedCertificate& certificate) {
  CERT_CONTEXT context = {};
  context.dwCertEncodingType = X509_ASN_ENCODING;
  context.pbCertEncoded = const_cast<uint8_t*>(certificate.certificate.data());
  context.cbCertEncoded = static_cast<DWORD>(certificate.certificate.size());
  return context;
}

// Acquires `end`'s credential with `certificate` in it.
void AcquireWith(TlsEnd* end, const OwnedCertificate& certificate,
                 DWORD protocols = 0, DWORD flags = 0) {
  const CERT_CONTEXT context = ContextOf(certificate);
  PCCERT_CONTEXT list[] = {&context};
  SCHANNEL_CRED cred = NewSchannelCred();
  cred.cCreds = 1;
  cred.paCred = list;
  cred.grbitEnabledProtocols = protocols;
  cred.dwFlags = flags;
  ASSERT_EQ(end->Acquire(&cred), SEC_E_OK);
}

struct Case {
  const char* name;
  SECURITY_STATUS status;
  // What the server's certificate is.
  std::function<OwnedCertificate(TlsLab&)> certificate;
  std::function<void(TlsLab&)> change = [](TlsLab&) {};
};

OwnedCertificate Trusted(TlsLab& lab, const CertificateRequest& request) {
  CertificateAuthority root = NewRoot(1);
  lab.world.certificates().Trust(root.certificate());
  return *root.Issue(request);
}

const Case kCases[] = {
    {"fine", SEC_E_OK,
     [](TlsLab& lab) { return Trusted(lab, ServerRequest()); }},
    {"by an intermediate authority", SEC_E_OK,
     [](TlsLab& lab) {
       CertificateAuthority root = NewRoot(1);
       lab.world.certificates().Trust(root.certificate());
       return *root.Intermediate({.common_name = "Middle"})
                   ->Issue(ServerRequest());
     }},
    {"in other letters", SEC_E_OK,
     [](TlsLab& lab) { return Trusted(lab, ServerRequest()); },
     [](TlsLab& lab) { lab.client.target = u"LAB.Example.Test"; }},
    {"nobody knows the root", SEC_E_UNTRUSTED_ROOT,
     [](TlsLab&) { return *NewRoot(2).Issue(ServerRequest()); }},
    {"by itself", SEC_E_UNTRUSTED_ROOT,
     [](TlsLab&) { return *tls::SelfSigned(ServerRequest(), Entropy(3, 3)); }},
    {"too late", SEC_E_CERT_EXPIRED,
     [](TlsLab& lab) { return Trusted(lab, ServerRequest()); },
     [](TlsLab& lab) { lab.world.Advance(366 * tls::kDay); }},
    {"too early", SEC_E_CERT_EXPIRED,
     [](TlsLab& lab) { return Trusted(lab, ServerRequest()); },
     [](TlsLab& lab) { lab.world.set_now(kFileTimeGenesis - tls::kDay); }},
    {"another name", SEC_E_WRONG_PRINCIPAL,
     [](TlsLab& lab) { return Trusted(lab, ServerRequest()); },
     [](TlsLab& lab) { lab.client.target = u"other.example.test"; }},
    {"a name that begins like it", SEC_E_WRONG_PRINCIPAL,
     [](TlsLab& lab) { return Trusted(lab, ServerRequest()); },
     [](TlsLab& lab) { lab.client.target = u"lab.example.test.evil"; }},
    {"no name to compare", SEC_E_OK,
     [](TlsLab& lab) { return Trusted(lab, ServerRequest()); },
     [](TlsLab& lab) { lab.client.target.clear(); }},
    {"a client's", SEC_E_CERT_WRONG_USAGE,
     [](TlsLab& lab) {
       CertificateRequest request = ServerRequest();
       request.server_authentication = false;
       request.client_authentication = true;
       return Trusted(lab, request);
     }},
    {"everything is wrong: the gravest counts", SEC_E_UNTRUSTED_ROOT,
     [](TlsLab&) { return *NewRoot(2).Issue(ServerRequest()); },
     [](TlsLab& lab) {
       lab.world.Advance(366 * tls::kDay);
       lab.client.target = u"other";
     }},
};

// What the client comes to; `with_alert` is whether there was one to send.
SECURITY_STATUS Outcome(TlsLab& lab, bool* with_alert) {
  Bytes to_server, to_client;
  SECURITY_STATUS status = Feed(lab.client, {}, &to_server);
  if (status < 0) return status;
  if (Feed(lab.server, to_server, &to_client) < 0) return SEC_E_INTERNAL_ERROR;
  while (true) {
    const TlsCall call = lab.client.Leg(to_client);
    *with_alert = call.status < 0 && !call.token.empty();
    if (call.status < 0) {
      EXPECT_EQ((call.attributes & ISC_RET_EXTENDED_ERROR) != 0,
                (lab.client.requirements & ISC_REQ_EXTENDED_ERROR) != 0 &&
                    *with_alert);
      if (*with_alert) {
        // The server learns of it.
        const TlsCall told = lab.server.Leg(call.token);
        EXPECT_LT(told.status, 0);
        EXPECT_TRUE(MayReturn(Call::kAcceptSecurityContext, Package::kSchannel,
                              told.status))
            << StatusName(told.status);
      }
    }
    if (call.status != SEC_I_CONTINUE_NEEDED || call.note != SECBUFFER_EXTRA) {
      // In TLS 1.2 the server has the last word.
      return call.status == SEC_I_CONTINUE_NEEDED ? SEC_E_OK : call.status;
    }
    to_client.erase(to_client.begin(), to_client.end() - call.note_size);
  }
}

class Validation : public ::testing::TestWithParam<DWORD> {};
INSTANTIATE_TEST_SUITE_P(Of, Validation,
                         ::testing::Values(SP_PROT_TLS1_2, SP_PROT_TLS1_3));

TEST_P(Validation, SaysWhatIsWrong) {
  for (const Case& tested : kCases) {
    for (const bool extended : {false, true}) {
      SCOPED_TRACE(std::string(tested.name) + (extended ? ", told" : ""));
      TlsLab lab;
      const OwnedCertificate& mine =
          lab.world.certificates().Add(tested.certificate(lab));
      AcquireWith(&lab.server, mine, GetParam());
      ASSERT_EQ(lab.client.AcquireFor(GetParam()), SEC_E_OK);
      if (extended) lab.client.requirements |= ISC_REQ_EXTENDED_ERROR;
      tested.change(lab);
      bool with_alert = false;
      EXPECT_EQ(Outcome(lab, &with_alert), tested.status);
      EXPECT_EQ(with_alert, extended && tested.status != SEC_E_OK);
    }
  }
}

TEST_P(Validation, IsLeftToTheCallerWhereItSaysSo) {
  for (const Case& tested : kCases) {
    SCOPED_TRACE(tested.name);
    for (const bool by_flag : {false, true}) {
      TlsLab lab;
      const OwnedCertificate& mine =
          lab.world.certificates().Add(tested.certificate(lab));
      AcquireWith(&lab.server, mine, GetParam());
      ASSERT_EQ(lab.client.AcquireFor(
                    GetParam(), by_flag ? 0 : SCH_CRED_MANUAL_CRED_VALIDATION),
                SEC_E_OK);
      if (by_flag) lab.client.requirements |= ISC_REQ_MANUAL_CRED_VALIDATION;
      tested.change(lab);
      bool with_alert = false;
      EXPECT_EQ(Outcome(lab, &with_alert), SEC_E_OK);
    }
  }
}

TEST(Names, AreNotCheckedWhereTheCredentialSaysSo) {
  TlsLab lab;
  ASSERT_EQ(lab.client.AcquireFor(0, SCH_CRED_NO_SERVERNAME_CHECK), SEC_E_OK);
  ASSERT_EQ(lab.server.Acquire(), SEC_E_OK);
  lab.client.target = u"other.example.test";
  lab.Shake();
}

// A root that comes to be trusted after the credential was acquired.
TEST(Roots, ThatComeLaterCount) {
  TlsLab lab;
  CertificateAuthority root = NewRoot(9);
  const OwnedCertificate& mine =
      lab.world.certificates().Add(*root.Issue(ServerRequest()));
  AcquireWith(&lab.server, mine);
  ASSERT_EQ(lab.client.Acquire(), SEC_E_OK);
  bool with_alert = false;
  EXPECT_EQ(Outcome(lab, &with_alert), SEC_E_UNTRUSTED_ROOT);
  lab.client.CloseContext();
  lab.server.CloseContext();
  lab.world.certificates().Trust(root.certificate());
  lab.Shake();
}

TEST(Alerts, GoIntoABufferOfTheirOwnWhereThereIsOne) {
  TlsLab lab;
  lab.Acquire();
  lab.client.requirements |= ISC_REQ_EXTENDED_ERROR;
  lab.client.target = u"other.example.test";
  lab.client.alert_size = 100;
  Bytes to_server, to_client;
  ASSERT_EQ(Feed(lab.client, {}, &to_server), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(Feed(lab.server, to_server, &to_client), SEC_I_CONTINUE_NEEDED);
  TlsCall call;
  do {
    call = lab.client.Leg(to_client);
    to_client.erase(to_client.begin(), to_client.end() - call.note_size);
  } while (call.status == SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(call.status, SEC_E_WRONG_PRINCIPAL);
  EXPECT_TRUE(call.token.empty());
  EXPECT_FALSE(call.alert.empty());
  EXPECT_LT(lab.server.Leg(call.alert).status, 0);
}

TEST(Versions, WithoutACommonOne) {
  for (const bool extended : {false, true}) {
    TlsLab lab;
    ASSERT_EQ(lab.client.AcquireFor(SP_PROT_TLS1_2), SEC_E_OK);
    ASSERT_EQ(lab.server.AcquireFor(SP_PROT_TLS1_3), SEC_E_OK);
    if (extended) lab.server.requirements |= ASC_REQ_EXTENDED_ERROR;
    Bytes to_server = lab.client.Leg({}).token;
    const TlsCall call = lab.server.Leg(to_server);
    EXPECT_EQ(call.status, SEC_E_UNSUPPORTED_FUNCTION);
    EXPECT_EQ(call.token.empty(), !extended);
    if (!extended) continue;
    EXPECT_NE(call.attributes & ASC_RET_EXTENDED_ERROR, 0u);
    EXPECT_EQ(lab.client.Leg(call.token).status, SEC_E_UNSUPPORTED_FUNCTION);
  }
}

TEST(Algorithms, WithoutACommonOne) {
  TlsLab lab;
  SCHANNEL_CRED cred = NewSchannelCred();
  cred.grbitEnabledProtocols = SP_PROT_TLS1_2;
  cred.dwMaximumCipherStrength = 128;
  ASSERT_EQ(lab.client.Acquire(&cred), SEC_E_OK);
  cred.dwMaximumCipherStrength = 0;
  cred.dwMinimumCipherStrength = 256;
  ASSERT_EQ(lab.server.Acquire(&cred), SEC_E_OK);
  const Bytes hello = lab.client.Leg({}).token;
  EXPECT_EQ(lab.server.Leg(hello).status, SEC_E_ALGORITHM_MISMATCH);
}

// The server's side.
TEST_P(Validation, OfClients) {
  const struct {
    const char* name;
    SECURITY_STATUS status;
    bool for_clients;
    bool trusted;
    FileTime advance;
    DWORD server_flags;
  } kClients[] = {
      {"fine", SEC_E_OK, true, true, 0, 0},
      {"unknown root", SEC_E_UNTRUSTED_ROOT, true, false, 0, 0},
      {"unknown root, left to the caller", SEC_E_OK, true, false, 0,
       SCH_CRED_MANUAL_CRED_VALIDATION},
      {"a server's", SEC_E_CERT_WRONG_USAGE, false, true, 0, 0},
      {"too late", SEC_E_CERT_EXPIRED, true, true, 366 * tls::kDay, 0},
  };
  for (const auto& tested : kClients) {
    SCOPED_TRACE(tested.name);
    TlsLab lab;
    // So that the client shows what the server will not like.
    lab.world.options().schannel.send_trusted_issuer_list = false;
    CertificateAuthority root = NewRoot(4);
    if (tested.trusted) lab.world.certificates().Trust(root.certificate());
    CertificateRequest request = {.common_name = "alice"};
    request.client_authentication = tested.for_clients;
    request.server_authentication = !tested.for_clients;
    AcquireWith(&lab.client, lab.world.certificates().Add(*root.Issue(request)),
                GetParam(), SCH_CRED_MANUAL_CRED_VALIDATION);
    ASSERT_EQ(lab.server.AcquireFor(GetParam(), tested.server_flags), SEC_E_OK);
    lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
    lab.world.Advance(tested.advance);
    const testing::TlsOutcome outcome = RunTls(lab.client, lab.server);
    EXPECT_EQ(outcome.server, tested.status) << StatusName(outcome.server);
    PCCERT_CONTEXT shown = nullptr;
    if (tested.status == SEC_E_OK) {
      ASSERT_EQ(lab.server.Query(SECPKG_ATTR_REMOTE_CERT_CONTEXT, &shown),
                SEC_E_OK);
      FreeContextBuffer(const_cast<CERT_CONTEXT*>(shown));
    }
  }
}

}  // namespace
}  // namespace sspilab
