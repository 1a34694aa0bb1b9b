// Each status of the two tables of page "InitializeSecurityContext (CredSSP)",
// for a cause that its receiver would recognise.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "core/tls/certificate_authority.h"
#include "core/tls/lab_certificates.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/lab.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::CredSspLab;
using testing::DelegatedTo;
using testing::Identity;

// A client that is told by its server.
struct ToldLab : CredSspLab {
  ToldLab() { server.requirements |= ASC_REQ_EXTENDED_ERROR; }
};

TEST(CredSspStatuses, Ok) {
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  const auto sent = lab.Run();
  EXPECT_EQ(lab.client.status, SEC_E_OK);
  // The last token was the client's, and the server needed it.
  EXPECT_TRUE(sent.back().by_client);
  EXPECT_EQ(lab.server.status, SEC_E_OK);
}

TEST(CredSspStatuses, IncompleteMessage) {
  CredSspLab lab;
  lab.AcquireClient();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  lab.client.inbox = {0x16, 3, 3, 0, 9, 1};
  EXPECT_EQ(lab.client.Call(&token), SEC_E_INCOMPLETE_MESSAGE);
  EXPECT_EQ(lab.client.missing, 8U);
}

TEST(CredSspStatuses, ContinueNeededAlsoWithoutAToken) {
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_FALSE(token.empty());
  lab.server.inbox = token;
  ASSERT_EQ(lab.server.Call(&token), SEC_I_CONTINUE_NEEDED);
  lab.client.inbox = token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_TRUE(token.empty());
}

// Tokens that only CompleteAuthToken makes fit to be sent.
TEST(CredSspStatuses, CompleteAndContinueThenCompleteNeeded) {
  CredSspLab lab;
  lab.client_policy().complete_auth_token = true;
  lab.server_policy().complete_auth_token = true;
  lab.AcquireServer();
  lab.AcquireClient();
  std::vector<SECURITY_STATUS> statuses;
  testing::Converse(lab.client, lab.server, [&](bool by_client, Bytes*) {
    statuses.push_back(by_client ? lab.client.status : lab.server.status);
  });
  EXPECT_EQ(lab.client.status, SEC_I_COMPLETE_NEEDED);
  EXPECT_EQ(lab.server.status, SEC_E_OK);
  EXPECT_NE(
      std::count(statuses.begin(), statuses.end(), SEC_I_COMPLETE_AND_CONTINUE),
      0);
  EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
}

TEST(CredSspStatuses, UnfinishedTokensAreRefusedByThePeer) {
  CredSspLab lab;
  lab.client_policy().complete_auth_token = true;
  lab.client.complete = false;
  lab.Run();
  EXPECT_EQ(lab.client.status, SEC_I_COMPLETE_AND_CONTINUE);
  EXPECT_EQ(lab.server.status, SEC_E_INVALID_TOKEN);
  Bytes token(3);
  EXPECT_EQ(lab.client.Complete(&token), SEC_E_INVALID_TOKEN);
  EXPECT_EQ(lab.client.Call(&token), SEC_E_OUT_OF_SEQUENCE);
}

// The server wants a certificate; its issuers are told; another credential goes
// on.
TEST(CredSspStatuses, IncompleteCredentialsThenGoOnWithACertificate) {
  for (const uint32_t tls : {SP_PROT_TLS1_2, SP_PROT_TLS1_3}) {
    CredSspLab lab;
    lab.SetTls(tls);
    // One that the server believes; the client's store has it, but a credential
    // that says not to look there does not.
    ASSERT_TRUE(
        tls::GiveClientCertificate(lab.client_world, lab.server_world, "alice")
            .ok());
    lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
    SCH_CREDENTIALS none = {};
    none.dwVersion = SCH_CREDENTIALS_VERSION;
    none.dwFlags = SCH_CRED_NO_DEFAULT_CREDS;
    Identity identity(u"alice", u"EXAMPLE", u"Sesame1!");
    CREDSSP_CRED without = {CredsspSubmitBufferBoth, &none, &identity.auth};
    ASSERT_EQ(lab.client.Acquire(&without), SEC_E_OK);
    lab.AcquireServer();
    Bytes token;
    for (int calls = 0;
         calls < 50 && lab.client.status != SEC_I_INCOMPLETE_CREDENTIALS;
         ++calls) {
      const bool by_client = lab.client.wants_call();
      testing::StreamEnd& from = by_client ? lab.client : lab.server;
      testing::StreamEnd& to = by_client ? lab.server : lab.client;
      (void)from.Call(&token);
      to.inbox.insert(to.inbox.end(), token.begin(), token.end());
    }
    ASSERT_EQ(lab.client.status, SEC_I_INCOMPLETE_CREDENTIALS);
    SecPkgContext_IssuerListInfoEx issuers = {};
    ASSERT_EQ(QueryContextAttributesW(&lab.client.context,
                                      SECPKG_ATTR_ISSUER_LIST_EX, &issuers),
              SEC_E_OK);
    EXPECT_GE(issuers.cIssuers, 1U);
    if (issuers.aIssuers != nullptr) FreeContextBuffer(issuers.aIssuers);

    const DerBytes& der =
        lab.client_world.certificates().owned()[0].certificate;
    CERT_CONTEXT certificate = {};
    certificate.dwCertEncodingType = X509_ASN_ENCODING;
    certificate.pbCertEncoded = const_cast<BYTE*>(der.data());
    certificate.cbCertEncoded = static_cast<DWORD>(der.size());
    PCCERT_CONTEXT list = &certificate;
    SCH_CREDENTIALS some = {};
    some.dwVersion = SCH_CREDENTIALS_VERSION;
    some.cCreds = 1;
    some.paCred = &list;
    CREDSSP_CRED with = {CredsspSubmitBufferBoth, &some, &identity.auth};
    const CredHandle old = lab.client.credential;
    ASSERT_EQ(lab.client.Acquire(&with), SEC_E_OK);
    testing::Converse(lab.client, lab.server);
    EXPECT_EQ(lab.client.status, SEC_E_OK) << StatusName(lab.client.status);
    EXPECT_EQ(lab.server.status, SEC_E_OK) << StatusName(lab.server.status);
    PCCERT_CONTEXT shown = nullptr;
    ASSERT_EQ(QueryContextAttributesW(&lab.server.context,
                                      SECPKG_ATTR_REMOTE_CERT_CONTEXT, &shown),
              SEC_E_OK);
    EXPECT_EQ(Bytes(shown->pbCertEncoded,
                    shown->pbCertEncoded + shown->cbCertEncoded),
              der);
    FreeContextBuffer(const_cast<CERT_CONTEXT*>(shown));
    CredHandle first = old;
    EXPECT_EQ(FreeCredentialsHandle(&first), SEC_E_OK);
  }
}

TEST(CredSspStatuses, IncompleteCredentialsThenGoOnWithout) {
  CredSspLab lab;
  lab.server.requirements |= ASC_REQ_MUTUAL_AUTH;
  int wanted = 0;
  lab.Run([&](bool by_client, Bytes*) {
    if (by_client && lab.client.status == SEC_I_INCOMPLETE_CREDENTIALS) {
      ++wanted;
    }
  });
  EXPECT_EQ(wanted, 1);
  EXPECT_EQ(lab.client.status, SEC_E_OK);
  EXPECT_EQ(lab.server.status, SEC_E_OK);
}

TEST(CredSspStatuses, InsufficientMemory) {
  CredSspLab lab;
  lab.AcquireClient();
  lab.client_world.memory().FailAt(1);
  Bytes token;
  EXPECT_EQ(lab.client.Call(&token), SEC_E_INSUFFICIENT_MEMORY);
  EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
}

// SEC_E_INTERNAL_ERROR, what has no SSPI status: tamper_test.

TEST(CredSspStatuses, InvalidHandle) {
  CredSspLab lab;
  lab.AcquireClient();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(DeleteSecurityContext(&lab.client.context), SEC_E_OK);
  EXPECT_EQ(lab.client.Call(&token), SEC_E_INVALID_HANDLE);
  lab.client.has_context = false;
  ASSERT_EQ(FreeCredentialsHandle(&lab.client.credential), SEC_E_OK);
  EXPECT_EQ(lab.client.Call(&token), SEC_E_INVALID_HANDLE);
  lab.client.has_credential = false;
}

TEST(CredSspStatuses, InvalidToken) {
  // Of another package.
  CredSspLab lab;
  lab.AcquireClient();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  const std::string ntlm("NTLMSSP\0\2\0\0\0", 12);
  lab.client.inbox.assign(ntlm.begin(), ntlm.end());
  EXPECT_EQ(lab.client.Call(&token), SEC_E_INVALID_TOKEN);
  // And nothing more can be had of that context.
  lab.client.inbox = {0x16, 3, 3, 0, 1, 0};
  EXPECT_EQ(lab.client.Call(&token), SEC_E_OUT_OF_SEQUENCE);
}

TEST(CredSspStatuses, LogonDenied) {
  ToldLab lab;
  lab.AcquireClient(u"guess");
  lab.Run();
  EXPECT_EQ(lab.client.status, SEC_E_LOGON_DENIED);
  EXPECT_EQ(lab.server.status, SEC_E_LOGON_DENIED);
}

TEST(CredSspStatuses, NoAuthenticatingAuthority) {
  ToldLab lab;
  lab.server_world.options().authority_reachable = false;
  lab.Run();
  EXPECT_EQ(lab.client.status, SEC_E_NO_AUTHENTICATING_AUTHORITY);
  EXPECT_EQ(lab.server.status, SEC_E_NO_AUTHENTICATING_AUTHORITY);
}

TEST(CredSspStatuses, NoCredentials) {
  CredSspLab lab;
  ASSERT_EQ(lab.client.Acquire(), SEC_E_OK);
  Bytes token;
  EXPECT_EQ(lab.client.Call(&token), SEC_E_NO_CREDENTIALS);
}

TEST(CredSspStatuses, TargetUnknown) {
  for (const char16_t* name : {u"TERMSRV/", u"/lab.example.test", u"a/b/c/d"}) {
    CredSspLab lab;
    lab.AcquireClient();
    lab.client.target = name;
    Bytes token;
    EXPECT_EQ(lab.client.Call(&token), SEC_E_TARGET_UNKNOWN);
  }
}

TEST(CredSspStatuses, UnsupportedFunction) {
  CredSspLab lab;
  lab.AcquireClient();
  lab.client.requirements |= ISC_REQ_PROMPT_FOR_CREDS;
  Bytes token;
  EXPECT_EQ(lab.client.Call(&token), SEC_E_UNSUPPORTED_FUNCTION);
}

// A good certificate, but another server's.
TEST(CredSspStatuses, WrongPrincipal) {
  CredSspLab lab;
  lab.client.target = u"TERMSRV/other.example.test";
  lab.client.requirements |= ISC_REQ_MUTUAL_AUTH;
  lab.Run();
  EXPECT_EQ(lab.client.status, SEC_E_WRONG_PRINCIPAL);
}

// No certificate that is believed, and NTLM does not say who the server is.
TEST(CredSspStatuses, MutualAuthFailed) {
  {
    CredSspLab lab;
    lab.DistrustServer();
    lab.client.requirements |= ISC_REQ_MUTUAL_AUTH;
    lab.Run();
    EXPECT_EQ(lab.client.status, SEC_E_MUTUAL_AUTH_FAILED);
  }
  {
    // Expired.
    CredSspLab lab;
    lab.client_world.Advance(400 * tls::kDay);
    lab.server_world.Advance(400 * tls::kDay);
    lab.client.requirements |= ISC_REQ_MUTUAL_AUTH;
    lab.Run();
    EXPECT_EQ(lab.client.status, SEC_E_MUTUAL_AUTH_FAILED);
  }
}

TEST(CredSspStatuses, DelegationPolicy) {
  CredSspLab lab;
  lab.AcquireClient();
  lab.client.target = u"HTTP/lab.example.test";
  Bytes token;
  // Before anything is sent: no server could be trusted with them.
  EXPECT_EQ(lab.client.Call(&token), SEC_E_DELEGATION_POLICY);
  EXPECT_TRUE(token.empty());
  lab.client_policy().allow_fresh = {u"HTTP/*.example.test"};
  lab.client.calls = 0;
  lab.Establish();
}

// Allowed where only NTLM speaks for the server, but not where more does.
TEST(CredSspStatuses, DelegationPolicyOnceTheServerIsKnown) {
  CredSspLab lab;
  lab.client_policy().allow_fresh.clear();
  lab.Run();
  EXPECT_EQ(lab.client.status, SEC_E_DELEGATION_POLICY);
}

TEST(CredSspStatuses, PolicyNtlmOnly) {
  CredSspLab lab;
  lab.DistrustServer();
  lab.client_policy().allow_fresh_when_ntlm_only.clear();
  lab.Run();
  EXPECT_EQ(lab.client.status, SEC_E_POLICY_NLTM_ONLY);
  // The list that it is missing from makes the difference.
  CredSspLab listed;
  listed.DistrustServer();
  listed.Establish();
  EXPECT_EQ(DelegatedTo(listed.server), "EXAMPLE\\alice:Sesame1!");
}

}  // namespace
}  // namespace sspilab
