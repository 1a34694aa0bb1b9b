// What each flag of page "InitializeSecurityContext (CredSSP)" means.

#include <string>
#include <vector>

#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/lab.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::CredSspLab;
using testing::DelegatedTo;

// Sets the requirements of the client and runs all.
struct WithFlags : CredSspLab {
  explicit WithFlags(ULONG requirements) {
    client.requirements = requirements;
    Run();
  }
};

TEST(CredSspFlags, ManualCredValidationIsAlwaysSet) {
  for (const ULONG requirements :
       {ULONG{0}, ULONG{ISC_REQ_MANUAL_CRED_VALIDATION}}) {
    WithFlags lab(requirements);
    EXPECT_EQ(lab.client.status, SEC_E_OK);
    EXPECT_NE(lab.client.attributes & ISC_RET_MANUAL_CRED_VALIDATION, 0U);
  }
  // Schannel itself would refuse this server.
  CredSspLab lab;
  lab.DistrustServer();
  lab.client.requirements = 0;
  lab.Establish();
}

TEST(CredSspFlags, StreamAndSequenceDetectAreTlsOwn) {
  WithFlags lab(ISC_REQ_STREAM | ISC_REQ_SEQUENCE_DETECT);
  constexpr ULONG kStream = ISC_RET_STREAM | ISC_RET_SEQUENCE_DETECT |
                            ISC_RET_REPLAY_DETECT | ISC_RET_CONFIDENTIALITY;
  EXPECT_EQ(lab.client.attributes & kStream, kStream);
  constexpr ULONG kServerStream =
      ASC_RET_STREAM | ASC_RET_SEQUENCE_DETECT | ASC_RET_CONFIDENTIALITY;
  EXPECT_EQ(lab.server.attributes & kServerStream, kServerStream);
  // A message that comes out of sequence is found out.
  const Bytes first = lab.client.Seal("first");
  const Bytes second = lab.client.Seal("second");
  lab.server.inbox = second;
  std::string text;
  EXPECT_EQ(lab.server.Open(&text), SEC_E_MESSAGE_ALTERED);
}

TEST(CredSspFlags, ConnectionIsGrantedAndFormatsNothing) {
  WithFlags with(ISC_REQ_CONNECTION);
  EXPECT_EQ(with.client.status, SEC_E_OK);
  EXPECT_NE(with.client.attributes & ISC_RET_CONNECTION, 0U);
  WithFlags without(0);
  EXPECT_EQ(without.client.attributes & ISC_RET_CONNECTION, 0U);
  // What goes out is what is in the buffers of the caller's own making.
  const Bytes record = with.client.Seal("text");
  EXPECT_EQ(record[0], 0x17);
}

TEST(CredSspFlags, RequirementsThatCredSspLacks) {
  for (const ULONG requirement :
       {ISC_REQ_PROMPT_FOR_CREDS, ISC_REQ_USE_DCE_STYLE, ISC_REQ_DATAGRAM,
        ISC_REQ_NULL_SESSION, ISC_REQ_FRAGMENT_TO_FIT, ISC_REQ_NO_INTEGRITY,
        ISC_REQ_USE_HTTP_STYLE}) {
    CredSspLab lab;
    lab.AcquireClient();
    lab.client.requirements = static_cast<ULONG>(requirement);
    Bytes token;
    EXPECT_EQ(lab.client.Call(&token), SEC_E_UNSUPPORTED_FUNCTION)
        << std::hex << requirement;
  }
  for (const ULONG requirement :
       {ASC_REQ_USE_DCE_STYLE, ASC_REQ_DATAGRAM, ASC_REQ_ALLOW_NULL_SESSION,
        ASC_REQ_FRAGMENT_TO_FIT}) {
    CredSspLab lab;
    lab.server.requirements = static_cast<ULONG>(requirement);
    lab.Run();
    EXPECT_EQ(lab.server.status, SEC_E_UNSUPPORTED_FUNCTION);
  }
}

// Windows Vista and Server 2008.
TEST(CredSspFlags, VistaRequiresDelegateAndIgnoresMutualAuth) {
  CredSspLab lab;
  lab.client_policy().as_in_windows_vista = true;
  lab.DistrustServer();
  lab.AcquireClient();
  lab.client.requirements = ISC_REQ_MUTUAL_AUTH;
  Bytes token;
  EXPECT_EQ(lab.client.Call(&token), SEC_E_UNSUPPORTED_FUNCTION);
  lab.client.calls = 0;
  lab.client.requirements |= ISC_REQ_DELEGATE;
  lab.Establish();
  EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
}

// MUTUAL_AUTH: the server has to be authenticated by more than NTLM.
TEST(CredSspFlags, MutualAuthIsGrantedWhereTheCertificateIsGood) {
  WithFlags lab(ISC_REQ_MUTUAL_AUTH);
  EXPECT_EQ(lab.client.status, SEC_E_OK);
  EXPECT_NE(lab.client.attributes & ISC_RET_MUTUAL_AUTH, 0U);
}

TEST(CredSspFlags, WithoutMutualAuthTheServerNeedNotBeAuthenticated) {
  CredSspLab lab;
  lab.DistrustServer();
  lab.client.requirements = 0;
  lab.Establish();
  EXPECT_EQ(lab.client.attributes & ISC_RET_MUTUAL_AUTH, 0U);
  SecPkgContext_Flags auth = {77};
  ASSERT_EQ(QueryContextAttributesW(&lab.client.context,
                                    SECPKG_ATTR_SERVER_AUTH_FLAGS, &auth),
            SEC_E_OK);
  EXPECT_EQ(auth.Flags, 0U);
}

// ...but delegation policies hold all the same.
TEST(CredSspFlags, WithoutMutualAuthDelegationPoliciesHold) {
  CredSspLab lab;
  lab.DistrustServer();
  lab.client_policy().allow_fresh_when_ntlm_only.clear();
  lab.client.requirements = ISC_REQ_DELEGATE;
  lab.Run();
  EXPECT_EQ(lab.client.status, SEC_E_POLICY_NLTM_ONLY);
  EXPECT_NE(lab.server.status, SEC_E_OK);
}

TEST(CredSspFlags, ExtendedErrorTellsTheServer) {
  for (const bool asked : {false, true}) {
    CredSspLab lab;
    lab.SetTls(SP_PROT_TLS1_2);
    lab.DistrustServer();
    lab.client.requirements = ISC_REQ_MUTUAL_AUTH;
    if (asked) lab.client.requirements |= ISC_REQ_EXTENDED_ERROR;
    lab.Run();
    EXPECT_EQ(lab.client.status, SEC_E_MUTUAL_AUTH_FAILED);
    EXPECT_EQ(lab.server.status,
              asked ? SEC_I_CONTEXT_EXPIRED : SEC_I_CONTINUE_NEEDED);
  }
}

TEST(CredSspFlags, ExtendedErrorTellsTheClient) {
  for (const bool asked : {false, true}) {
    CredSspLab lab;
    if (asked) lab.server.requirements |= ASC_REQ_EXTENDED_ERROR;
    lab.AcquireClient(u"guess");
    lab.Run();
    EXPECT_EQ(lab.server.status, SEC_E_LOGON_DENIED);
    EXPECT_EQ(lab.client.status,
              asked ? SEC_E_LOGON_DENIED : SEC_I_CONTINUE_NEEDED);
  }
}

TEST(CredSspFlags, AllocateMemoryIsSaidBackAtEveryLeg) {
  CredSspLab lab;
  lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
  lab.AcquireClient();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_NE(lab.client.attributes & ISC_RET_ALLOCATED_MEMORY, 0U);
  // Flags about security come with the last leg.
  EXPECT_EQ(lab.client.attributes & (ISC_RET_DELEGATE | ISC_RET_MUTUAL_AUTH),
            0U);
}

}  // namespace
}  // namespace sspilab
