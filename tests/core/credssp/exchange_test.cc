// Whole exchanges through the interface: who ends up with what.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/impersonation.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/wire/utf.h"
#include "core/world.h"
#include "gtest/gtest.h"
#include "tests/core/credssp/lab.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::CredSspLab;
using testing::DelegatedTo;
using testing::Identity;
using testing::Sent;
using testing::StreamEnd;

constexpr uint32_t kTlsVersions[] = {SP_PROT_TLS1_2, SP_PROT_TLS1_3};

std::string NameOf(StreamEnd& end) {
  SecPkgContext_NamesW names = {};
  const SECURITY_STATUS status =
      QueryContextAttributesW(&end.context, SECPKG_ATTR_NAMES, &names);
  if (status != SEC_E_OK) return StatusName(status);
  std::string text = wire::Utf16ToUtf8Lossy(names.sUserName);
  FreeContextBuffer(names.sUserName);
  return text;
}

void ExpectMessagesArrive(CredSspLab& lab) {
  std::string text;
  lab.server.inbox = lab.client.Seal("there");
  EXPECT_EQ(lab.server.Open(&text), SEC_E_OK);
  EXPECT_EQ(text, "there");
  lab.client.inbox = lab.server.Seal("and back");
  EXPECT_EQ(lab.client.Open(&text), SEC_E_OK);
  EXPECT_EQ(text, "and back");
}

TEST(CredSspExchange, DelegatesThePassword) {
  for (const uint32_t tls : kTlsVersions) {
    CredSspLab lab;
    lab.SetTls(tls);
    lab.Establish();
    EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
    EXPECT_EQ(DelegatedTo(lab.client), "SEC_E_UNSUPPORTED_FUNCTION");
    EXPECT_EQ(NameOf(lab.server), "EXAMPLE\\alice");
    EXPECT_EQ(NameOf(lab.client), "EXAMPLE\\alice");
    ExpectMessagesArrive(lab);
    SecPkgContext_ConnectionInfo info = {};
    ASSERT_EQ(QueryContextAttributesW(&lab.client.context,
                                      SECPKG_ATTR_CONNECTION_INFO, &info),
              SEC_E_OK);
    EXPECT_NE(info.dwProtocol & tls, 0U);
  }
}

TEST(CredSspExchange, WithoutDelegateAnEmptySetIsDelegated) {
  CredSspLab lab;
  lab.client.requirements = ISC_REQ_STREAM;
  lab.Establish();
  EXPECT_EQ(DelegatedTo(lab.server), "\\:");
  EXPECT_EQ(NameOf(lab.server), "EXAMPLE\\alice");
  EXPECT_EQ(lab.client.attributes & ISC_RET_DELEGATE, 0U);
  EXPECT_EQ(lab.server.attributes & ASC_RET_DELEGATE, 0U);
}

TEST(CredSspExchange, WithDelegateBothEndsSaySo) {
  CredSspLab lab;
  lab.Establish();
  EXPECT_NE(lab.client.attributes & ISC_RET_DELEGATE, 0U);
  EXPECT_NE(lab.server.attributes & ASC_RET_DELEGATE, 0U);
}

TEST(CredSspExchange, TheServerMayActAsTheClient) {
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  Bytes token;
  EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_EQ(ImpersonateSecurityContext(&lab.client.context),
            SEC_E_NO_IMPERSONATION);
  lab.client.Close();
  lab.Establish();
  ASSERT_EQ(ImpersonateSecurityContext(&lab.server.context), SEC_E_OK);
  EXPECT_EQ(ImpersonatedIdentity(), u"EXAMPLE\\alice");
  EXPECT_EQ(RevertSecurityContext(&lab.server.context), SEC_E_OK);
  HANDLE handle = nullptr;
  EXPECT_EQ(QuerySecurityContextToken(&lab.server.context, &handle), SEC_E_OK);
  EXPECT_NE(handle, nullptr);
}

// A caller who supplies nothing delegates the logon session's credentials, to
// those whom that is allowed for.
TEST(CredSspExchange, DefaultCredentialsAreTheLogonSessions) {
  CredSspLab lab;
  lab.client_world.options().logon = {u"alice", u"EXAMPLE", u"Sesame1!"};
  lab.client_policy().allow_default = {u"TERMSRV/*"};
  ASSERT_EQ(lab.client.Acquire(), SEC_E_OK);
  lab.Establish();
  EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
}

TEST(CredSspExchange, CredSspCredHoldsBothCredentials) {
  CredSspLab lab;
  Identity identity(u"alice", u"EXAMPLE", u"Sesame1!");
  SCH_CREDENTIALS schannel = {};
  schannel.dwVersion = SCH_CREDENTIALS_VERSION;
  TLS_PARAMETERS parameters = {};
  parameters.grbitDisabledProtocols = SP_PROT_TLS1_3_CLIENT;
  schannel.cTlsParameters = 1;
  schannel.pTlsParameters = &parameters;
  CREDSSP_CRED both = {CredsspSubmitBufferBoth, &schannel, &identity.auth};
  ASSERT_EQ(lab.client.Acquire(&both), SEC_E_OK);
  lab.Establish();
  EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
  SecPkgContext_ConnectionInfo info = {};
  ASSERT_EQ(QueryContextAttributesW(&lab.server.context,
                                    SECPKG_ATTR_CONNECTION_INFO, &info),
            SEC_E_OK);
  EXPECT_EQ(info.dwProtocol, DWORD{SP_PROT_TLS1_2_SERVER});
}

TEST(CredSspExchange, CredSspCredOfKindsThatAreNotThere) {
  CredSspLab lab;
  CREDSSP_CRED card = {CredsspCertificateCreds, nullptr, nullptr};
  EXPECT_EQ(lab.client.Acquire(&card), SEC_E_UNSUPPORTED_FUNCTION);
  SCHANNEL_CRED unknown = {};
  unknown.dwVersion = 77;
  CREDSSP_CRED odd = {CredsspSchannelCreds, &unknown, nullptr};
  EXPECT_EQ(lab.client.Acquire(&odd), SEC_E_UNKNOWN_CREDENTIALS);
}

// USE_SUPPLIED_CREDS: what is in SECBUFFER_PKG_PARAMS counts, and the logon
// session never does.
TEST(CredSspExchange, SuppliedCredentialsComeInPkgParams) {
  CredSspLab lab;
  lab.client_world.options().logon = {u"mallory", u"EXAMPLE", u"none"};
  ASSERT_EQ(lab.client.Acquire(), SEC_E_OK);
  lab.client.requirements |= ISC_REQ_USE_SUPPLIED_CREDS;
  Identity identity(u"alice", u"EXAMPLE", u"Sesame1!");
  lab.client.more_input = {
      {sizeof(identity.auth), SECBUFFER_PKG_PARAMS, &identity.auth}};
  lab.AcquireServer();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  lab.client.more_input.clear();
  lab.server.inbox = token;
  lab.Establish();
  EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
  EXPECT_NE(lab.client.attributes & ISC_RET_USED_SUPPLIED_CREDS, 0U);
}

TEST(CredSspExchange, SuppliedCredentialsDoNotFallBackToTheLogonSession) {
  CredSspLab lab;
  lab.client_world.options().logon = {u"alice", u"EXAMPLE", u"Sesame1!"};
  lab.client_policy().allow_default = {u"*"};
  ASSERT_EQ(lab.client.Acquire(), SEC_E_OK);
  lab.client.requirements |= ISC_REQ_USE_SUPPLIED_CREDS;
  Bytes token;
  EXPECT_EQ(lab.client.Call(&token), SEC_E_NO_CREDENTIALS);
  lab.client.requirements &= ~ULONG{ISC_REQ_USE_SUPPLIED_CREDS};
  EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
}

TEST(CredSspExchange, PkgParamsThatAreNone) {
  CredSspLab lab;
  lab.AcquireClient();
  lab.client.requirements |= ISC_REQ_USE_SUPPLIED_CREDS;
  uint8_t few[8] = {};
  lab.client.more_input = {{sizeof(few), SECBUFFER_PKG_PARAMS, few}};
  Bytes token;
  EXPECT_EQ(lab.client.Call(&token), SEC_E_INVALID_TOKEN);
  // Nobody looks at them without the flag.
  lab.client.requirements &= ~ULONG{ISC_REQ_USE_SUPPLIED_CREDS};
  EXPECT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
}

TEST(CredSspExchange, AllocatedBuffersAreTheCallersToFree) {
  CredSspLab lab;
  lab.client.requirements |= ISC_REQ_ALLOCATE_MEMORY;
  lab.server.requirements |= ASC_REQ_ALLOCATE_MEMORY;
  lab.Establish();
  EXPECT_NE(lab.client.attributes & ISC_RET_ALLOCATED_MEMORY, 0U);
  EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
  // StreamEnd freed each, and each could be freed.
  lab.client.Close();
  lab.server.Close();
  EXPECT_EQ(lab.client_world.memory().live_allocations(), 0U);
  EXPECT_EQ(lab.server_world.memory().live_allocations(), 0U);
}

// Calling again after success asks for authentication once more: with other
// credentials delegated, if the account has changed.
TEST(CredSspExchange, CallingAgainAuthenticatesOnceMore) {
  for (const uint32_t tls : kTlsVersions) {
    CredSspLab lab;
    lab.SetTls(tls);
    lab.Establish();
    for (int again = 0; again < 3; ++again) {
      lab.client.inbox.clear();
      lab.server.inbox.clear();
      Bytes token;
      ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
      ASSERT_FALSE(token.empty());
      // While it lasts there is nobody to act as.
      lab.server.inbox = token;
      ASSERT_EQ(lab.server.Call(&token), SEC_I_CONTINUE_NEEDED);
      EXPECT_EQ(ImpersonateSecurityContext(&lab.server.context),
                SEC_E_NO_IMPERSONATION);
      lab.client.inbox = token;
      testing::Converse(lab.client, lab.server);
      ASSERT_EQ(lab.client.status, SEC_E_OK) << StatusName(lab.client.status);
      ASSERT_EQ(lab.server.status, SEC_E_OK) << StatusName(lab.server.status);
      EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
      ExpectMessagesArrive(lab);
    }
  }
}

TEST(CredSspExchange, AuthenticatingOnceMoreCanFail) {
  CredSspLab lab;
  lab.Establish();
  lab.server_world.accounts().Add(u"alice", u"EXAMPLE", u"Changed2!");
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  lab.server.inbox = token;
  ASSERT_EQ(lab.server.Call(&token), SEC_I_CONTINUE_NEEDED);
  lab.client.inbox = token;
  testing::Converse(lab.client, lab.server);
  EXPECT_EQ(lab.server.status, SEC_E_LOGON_DENIED);
}

// The client's credential may go when the context is there.
TEST(CredSspExchange, CredentialsLiveAsLongAsContextsNeedThem) {
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  lab.client.pass_credential = false;
  lab.server.pass_credential = false;
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  lab.server.inbox = token;
  ASSERT_EQ(FreeCredentialsHandle(&lab.client.credential), SEC_E_OK);
  testing::Converse(lab.client, lab.server);
  EXPECT_EQ(lab.client.status, SEC_E_OK);
  EXPECT_EQ(lab.server.status, SEC_E_OK);
}

TEST(CredSspExchange, EndsWithACloseNotify) {
  CredSspLab lab;
  lab.Establish();
  DWORD type = SCHANNEL_SHUTDOWN;
  SecBuffer control = {sizeof(type), SECBUFFER_TOKEN, &type};
  SecBufferDesc descriptor = {SECBUFFER_VERSION, 1, &control};
  ASSERT_EQ(ApplyControlToken(&lab.client.context, &descriptor), SEC_E_OK);
  lab.client.inbox.clear();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_E_OK);
  ASSERT_FALSE(token.empty());
  // What was granted was granted.
  EXPECT_NE(lab.client.attributes & ISC_RET_DELEGATE, 0U);
  lab.server.inbox = token;
  std::string text;
  EXPECT_EQ(lab.server.Open(&text), SEC_I_CONTEXT_EXPIRED);
  EXPECT_EQ(lab.client.Call(&token), SEC_E_OUT_OF_SEQUENCE);
}

// Every pair of versions comes to the lesser one, or is refused by policy.
TEST(CredSspExchange, VersionsOfBothEndsComeToTheLesser) {
  for (uint32_t client = 2; client <= 6; ++client) {
    for (uint32_t server = 2; server <= 6; ++server) {
      SCOPED_TRACE(client * 10 + server);
      CredSspLab lab;
      lab.client_policy().version = client;
      lab.client_policy().encryption_oracle = EncryptionOracle::kVulnerable;
      lab.server_policy().version = server;
      lab.Establish();
      EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
    }
  }
}

TEST(CredSspExchange, MitigatedClientsRefuseServersWithoutNonce) {
  for (uint32_t server = 2; server <= 6; ++server) {
    CredSspLab lab;
    lab.server_policy().version = server;
    lab.Run();
    EXPECT_EQ(lab.client.status,
              server < 5 ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK);
  }
}

TEST(CredSspExchange, UpdatedClientsMayBeForced) {
  for (uint32_t client = 2; client <= 6; ++client) {
    CredSspLab lab;
    lab.client_policy().version = client;
    lab.server_policy().encryption_oracle =
        EncryptionOracle::kForceUpdatedClients;
    lab.Run();
    EXPECT_EQ(lab.server.status,
              client < 5 ? SEC_E_UNSUPPORTED_FUNCTION : SEC_E_OK);
  }
}

std::vector<Sent> RunOfSeed(uint64_t seed) {
  CredSspLab lab(seed);
  std::vector<Sent> sent = lab.Run();
  EXPECT_EQ(lab.server.status, SEC_E_OK);
  return sent;
}

TEST(CredSspExchange, OneSeedIsOneRun) {
  const std::vector<Sent> run = RunOfSeed(7);
  EXPECT_EQ(RunOfSeed(7), run);
  EXPECT_NE(RunOfSeed(8), run);
}

// A token that is given byte by byte: nothing changes until a record is whole.
TEST(CredSspExchange, SplitAtEveryByte) {
  for (const uint32_t tls : kTlsVersions) {
    CredSspLab whole;
    whole.SetTls(tls);
    const std::vector<Sent> expected = whole.Run();

    CredSspLab lab;
    lab.SetTls(tls);
    lab.AcquireServer();
    lab.AcquireClient();
    std::vector<Sent> sent;
    Bytes token;
    ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
    sent.push_back({true, token});
    bool to_server = true;
    for (size_t at = 0; at < sent.size(); ++at) {
      to_server = sent[at].by_client;
      StreamEnd& to = to_server ? lab.server : lab.client;
      const Bytes bytes = sent[at].token;
      Bytes answer;
      for (const uint8_t byte : bytes) {
        const ULONG missing = to.missing;
        to.inbox.push_back(byte);
        const size_t size = to.inbox.size();
        const SECURITY_STATUS status = to.Call(&token);
        if (status == SEC_E_INCOMPLETE_MESSAGE) {
          EXPECT_EQ(to.inbox.size(), size);
          EXPECT_GT(to.missing, 0U);
          // Never more than was said before.
          if (missing > 1 && size > 5) {
            EXPECT_EQ(to.missing, missing - 1);
          }
          continue;
        }
        ASSERT_GE(status, 0) << StatusName(status);
        EXPECT_TRUE(to.inbox.empty());
        answer.insert(answer.end(), token.begin(), token.end());
      }
      if (!answer.empty()) sent.push_back({!to_server, answer});
    }
    EXPECT_EQ(lab.client.status, SEC_E_OK);
    EXPECT_EQ(lab.server.status, SEC_E_OK);
    Bytes all;
    Bytes all_expected;
    for (const Sent& s : sent) {
      all.insert(all.end(), s.token.begin(), s.token.end());
    }
    for (const Sent& s : expected) {
      all_expected.insert(all_expected.end(), s.token.begin(), s.token.end());
    }
    EXPECT_EQ(all.size(), all_expected.size());
    EXPECT_EQ(DelegatedTo(lab.server), "EXAMPLE\\alice:Sesame1!");
  }
}

TEST(CredSspExchange, MissingIsExactAndOneRecordIsTakenAtATime) {
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  Bytes hello;
  ASSERT_EQ(lab.client.Call(&hello), SEC_I_CONTINUE_NEEDED);
  Bytes token;
  for (const size_t size :
       {size_t{0}, size_t{4}, size_t{5}, hello.size() - 1}) {
    lab.server.inbox.assign(hello.begin(), hello.begin() + size);
    EXPECT_EQ(lab.server.Call(&token), SEC_E_INCOMPLETE_MESSAGE) << size;
    EXPECT_EQ(lab.server.missing, size < 5 ? 5 - size : hello.size() - size);
  }
  lab.server.inbox = hello;
  ASSERT_EQ(lab.server.Call(&token), SEC_I_CONTINUE_NEEDED);
  // The server's flight is several records; the client takes one.
  lab.client.inbox = token;
  lab.client.inbox.push_back(0x17);
  const size_t first = 5U + token[3] * 256U + token[4];
  ASSERT_LT(first, token.size());
  const size_t given = lab.client.inbox.size();
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  EXPECT_TRUE(token.empty());
  EXPECT_EQ(lab.client.inbox.size(), given - first);
}

// A call that had no room for its token can be made again, and nothing is
// different.
TEST(CredSspExchange, CallsWithoutRoomCanBeMadeAgain) {
  const std::vector<Sent> expected = RunOfSeed(0);
  CredSspLab lab;
  lab.AcquireServer();
  lab.AcquireClient();
  std::vector<Sent> sent;
  int refused = 0;
  for (int calls = 0; calls < 100; ++calls) {
    const bool by_client = lab.client.wants_call();
    if (!by_client && !lab.server.wants_call()) break;
    StreamEnd& from = by_client ? lab.client : lab.server;
    Bytes token;
    // The first leg of a client makes its context only if it succeeds.
    if (from.calls != 0) {
      const Bytes before = from.inbox;
      const int made = from.calls;
      const SECURITY_STATUS last = from.status;
      from.output_size = 3;
      if (from.Call(&token) == SEC_E_BUFFER_TOO_SMALL) {
        ++refused;
        EXPECT_EQ(from.inbox, before);
        from.status = last;
        from.calls = made;
        from.output_size = 1 << 17;
        (void)from.Call(&token);
      }
      from.output_size = 1 << 17;
    } else {
      (void)from.Call(&token);
    }
    StreamEnd& to = by_client ? lab.server : lab.client;
    to.inbox.insert(to.inbox.end(), token.begin(), token.end());
    if (!token.empty()) sent.push_back({by_client, token});
  }
  EXPECT_EQ(lab.server.status, SEC_E_OK);
  EXPECT_GE(refused, 6);
  EXPECT_EQ(sent, expected);
}

// The five conditions of the session cache, each missing in turn. What the
// first handshake was, the second one takes up.
TEST(CredSspExchange, SessionsAreTakenUpUnderTheFiveConditions) {
  struct Case {
    const char* what;
    std::function<void(CredSspLab&)> change;
    bool reconnects;
  };
  const Case cases[] = {
      {"all met", [](CredSspLab&) {}, true},
      {"another target",
       [](CredSspLab& lab) { lab.client.target = u"TERMSRV/other"; }, false},
      {"an expired entry",
       [](CredSspLab& lab) {
         lab.client_world.Advance(20 * 3600 * kFileTimeSecond);
       },
       false},
      {"another process",
       [](CredSspLab& lab) { lab.client_world.options().process_id = 5; },
       false},
      {"another logon session",
       [](CredSspLab& lab) { lab.client_world.options().logon_session = 6; },
       false},
      {"another credential handle",
       [](CredSspLab& lab) {
         FreeCredentialsHandle(&lab.client.credential);
         lab.AcquireClient();
       },
       false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    CredSspLab lab;
    lab.SetTls(SP_PROT_TLS1_2);
    lab.Establish();
    DeleteSecurityContext(&lab.client.context);
    DeleteSecurityContext(&lab.server.context);
    for (StreamEnd* end : {&lab.client, &lab.server}) {
      end->has_context = false;
      end->calls = 0;
      end->inbox.clear();
    }
    c.change(lab);
    lab.Establish();
    SecPkgContext_SessionInfo info = {};
    ASSERT_EQ(QueryContextAttributesW(&lab.client.context,
                                      SECPKG_ATTR_SESSION_INFO, &info),
              SEC_E_OK);
    EXPECT_EQ((info.dwFlags & SSL_SESSION_RECONNECT) != 0, c.reconnects);
  }
}

TEST(CredSspExchange, AttributesOfAllThreePackages) {
  CredSspLab lab;
  lab.Establish();
  for (StreamEnd* end : {&lab.client, &lab.server}) {
    CtxtHandle* context = &end->context;
    SecPkgContext_PackageInfoW package = {};
    ASSERT_EQ(
        QueryContextAttributesW(context, SECPKG_ATTR_PACKAGE_INFO, &package),
        SEC_E_OK);
    EXPECT_EQ(std::u16string(package.PackageInfo->Name), u"CREDSSP");
    FreeContextBuffer(package.PackageInfo);
    ASSERT_EQ(QueryContextAttributesW(context, SECPKG_ATTR_NEGOTIATION_PACKAGE,
                                      &package),
              SEC_E_OK);
    EXPECT_EQ(std::u16string(package.PackageInfo->Name), u"NTLM");
    FreeContextBuffer(package.PackageInfo);
    SecPkgContext_NegotiationInfoW negotiation = {};
    ASSERT_EQ(QueryContextAttributesW(context, SECPKG_ATTR_NEGOTIATION_INFO,
                                      &negotiation),
              SEC_E_OK);
    EXPECT_EQ(negotiation.NegotiationState, ULONG{SECPKG_NEGOTIATION_COMPLETE});
    FreeContextBuffer(negotiation.PackageInfo);
    SecPkgContext_SessionKey key = {};
    ASSERT_EQ(QueryContextAttributesW(context, SECPKG_ATTR_SESSION_KEY, &key),
              SEC_E_OK);
    EXPECT_EQ(key.SessionKeyLength, 16U);
    FreeContextBuffer(key.SessionKey);
    SecPkgContext_Flags flags = {};
    ASSERT_EQ(QueryContextAttributesW(context, SECPKG_ATTR_FLAGS, &flags),
              SEC_E_OK);
    EXPECT_EQ(flags.Flags, end->attributes);
  }
  PCCERT_CONTEXT certificate = nullptr;
  ASSERT_EQ(
      QueryContextAttributesW(&lab.client.context,
                              SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate),
      SEC_E_OK);
  EXPECT_EQ(Bytes(certificate->pbCertEncoded,
                  certificate->pbCertEncoded + certificate->cbCertEncoded),
            lab.server_world.certificates().Default()->certificate);
  FreeContextBuffer(const_cast<CERT_CONTEXT*>(certificate));
  // NTLM and a certificate: the latter says who the server is.
  SecPkgContext_Flags auth = {};
  ASSERT_EQ(QueryContextAttributesW(&lab.client.context,
                                    SECPKG_ATTR_SERVER_AUTH_FLAGS, &auth),
            SEC_E_OK);
  EXPECT_EQ(auth.Flags, ULONG{CREDSSP_SERVER_AUTH_CERTIFICATE});
  EXPECT_EQ(QueryContextAttributesW(&lab.server.context,
                                    SECPKG_ATTR_SERVER_AUTH_FLAGS, &auth),
            SEC_E_UNSUPPORTED_FUNCTION);
  EXPECT_EQ(QueryContextAttributesW(&lab.server.context, 999, &auth),
            SEC_E_UNSUPPORTED_FUNCTION);
}

TEST(CredSspExchange, AttributesOfUnfinishedContexts) {
  CredSspLab lab;
  lab.AcquireClient();
  Bytes token;
  ASSERT_EQ(lab.client.Call(&token), SEC_I_CONTINUE_NEEDED);
  SecPkgContext_Flags flags = {};
  SecPkgContext_NamesW names = {};
  SecPkgContext_StreamSizes sizes = {};
  EXPECT_EQ(
      QueryContextAttributesW(&lab.client.context, SECPKG_ATTR_FLAGS, &flags),
      SEC_E_INVALID_HANDLE);
  EXPECT_EQ(
      QueryContextAttributesW(&lab.client.context, SECPKG_ATTR_NAMES, &names),
      SEC_E_INVALID_HANDLE);
  EXPECT_EQ(QueryContextAttributesW(&lab.client.context,
                                    SECPKG_ATTR_STREAM_SIZES, &sizes),
            SEC_E_INVALID_HANDLE);
}

TEST(CredSspExchange, CredentialsHaveAName) {
  CredSspLab lab;
  lab.AcquireClient();
  SecPkgCredentials_NamesW names = {};
  ASSERT_EQ(QueryCredentialsAttributesW(&lab.client.credential,
                                        SECPKG_CRED_ATTR_NAMES, &names),
            SEC_E_OK);
  EXPECT_EQ(std::u16string(names.sUserName), u"EXAMPLE\\alice");
  FreeContextBuffer(names.sUserName);
}

}  // namespace
}  // namespace sspilab
