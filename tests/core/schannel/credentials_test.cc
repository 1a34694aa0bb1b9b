// What AcquireCredentialsHandle takes and refuses, and the credentials that a
// client is asked for in the middle of a handshake.

#include <cstring>
#include <string>
#include <vector>

#include "core/certificates.h"
#include "core/sspi.h"
#include "core/status.h"
#include "core/tls/lab_certificates.h"
#include "gtest/gtest.h"
#include "tests/core/schannel/tls_end.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::NewSchannelCred;
using testing::TlsCall;
using testing::TlsEnd;
using testing::TlsLab;

DWORD ProtocolsOf(TlsEnd& end) {
  SecPkgCred_SupportedProtocols protocols = {};
  EXPECT_EQ(QueryCredentialsAttributesW(
                &end.credential, SECPKG_ATTR_SUPPORTED_PROTOCOLS, &protocols),
            SEC_E_OK);
  return protocols.grbitProtocol;
}

TEST(SchannelCredentials, NoneAreDefaults) {
  TlsLab lab;
  ASSERT_EQ(lab.client.Acquire(), SEC_E_OK);
  EXPECT_EQ(ProtocolsOf(lab.client),
            DWORD{SP_PROT_TLS1_2_CLIENT | SP_PROT_TLS1_3_CLIENT});
  ASSERT_EQ(lab.server.Acquire(), SEC_E_OK);
  EXPECT_EQ(ProtocolsOf(lab.server),
            DWORD{SP_PROT_TLS1_2_SERVER | SP_PROT_TLS1_3_SERVER});
  SecPkgCred_CipherStrengths strengths = {};
  ASSERT_EQ(
      QueryCredentialsAttributesW(&lab.client.credential,
                                  SECPKG_ATTR_CIPHER_STRENGTHS, &strengths),
      SEC_E_OK);
  EXPECT_EQ(strengths.dwMinimumCipherStrength, 128u);
  EXPECT_EQ(strengths.dwMaximumCipherStrength, 256u);
}

TEST(SchannelCredentials, OfWrongStructures) {
  TlsLab lab;
  const auto acquire = [&](auto change) {
    SCHANNEL_CRED cred = NewSchannelCred();
    change(cred);
    TlsEnd end(true, lab.world);
    const SECURITY_STATUS status = end.Acquire(&cred);
    EXPECT_TRUE(
        MayReturn(Call::kAcquireCredentialsHandle, Package::kSchannel, status));
    return status;
  };
  for (const DWORD version : {0u, 1u, 2u, 3u, 6u, 0x200u, 0xFFFFFFFFu}) {
    EXPECT_EQ(acquire([&](auto& cred) { cred.dwVersion = version; }),
              SEC_E_UNKNOWN_CREDENTIALS);
  }
  EXPECT_EQ(acquire([](auto& cred) { cred.cCreds = 1; }),
            SEC_E_UNKNOWN_CREDENTIALS);
  EXPECT_EQ(acquire([](auto& cred) { cred.cCreds = 101; }),
            SEC_E_UNKNOWN_CREDENTIALS);
  EXPECT_EQ(
      acquire([](auto& cred) { cred.grbitEnabledProtocols = SP_PROT_TLS1_0; }),
      SEC_E_ALGORITHM_MISMATCH);
  // A server's bits are no client's.
  EXPECT_EQ(acquire([](auto& cred) {
              cred.grbitEnabledProtocols = SP_PROT_TLS1_3_SERVER;
            }),
            SEC_E_ALGORITHM_MISMATCH);
  EXPECT_EQ(acquire([](auto& cred) { cred.dwMinimumCipherStrength = 257; }),
            SEC_E_ALGORITHM_MISMATCH);
  EXPECT_EQ(acquire([](auto& cred) { cred.dwMaximumCipherStrength = 127; }),
            SEC_E_ALGORITHM_MISMATCH);
  for (const DWORD flag :
       {DWORD{SCH_USE_DTLS_ONLY}, DWORD{SCH_USE_PRESHAREDKEY_ONLY},
        DWORD{SCH_ALLOW_NULL_ENCRYPTION}}) {
    EXPECT_EQ(acquire([&](auto& cred) { cred.dwFlags = flag; }),
              SEC_E_UNSUPPORTED_FUNCTION);
  }
  EXPECT_EQ(acquire([](auto& cred) {
              cred.dwCredFormat = SCH_CRED_FORMAT_CERT_HASH;
            }),
            SEC_E_UNSUPPORTED_FUNCTION);
  EXPECT_EQ(acquire([](auto& cred) { cred.dwFlags = SCH_USE_STRONG_CRYPTO; }),
            SEC_E_OK);
}

TEST(SchannelCredentials, WithCertificates) {
  TlsLab lab;
  const auto acquire = [&](Bytes der) {
    CERT_CONTEXT context = {};
    context.pbCertEncoded = der.data();
    context.cbCertEncoded = static_cast<DWORD>(der.size());
    PCCERT_CONTEXT list[] = {&context};
    SCHANNEL_CRED cred = NewSchannelCred();
    cred.cCreds = 1;
    cred.paCred = list;
    TlsEnd end(false, lab.world);
    return end.Acquire(&cred);
  };
  EXPECT_EQ(acquire(lab.world.certificates().Default()->certificate), SEC_E_OK);
  // Whose key is not here; what is no certificate.
  EXPECT_EQ(acquire(lab.world.certificates().roots()[0]), SEC_E_NO_CREDENTIALS);
  EXPECT_EQ(acquire({1, 2, 3}), SEC_E_UNKNOWN_CREDENTIALS);
}

TEST(SchannelCredentials, OfAServerWithoutACertificate) {
  World world;
  TlsEnd server(false, world);
  EXPECT_EQ(server.Acquire(), SEC_E_NO_CREDENTIALS);
}

TEST(SchannelCredentials, HaveOneDirection) {
  TlsLab lab;
  const ScopedWorld bind(&lab.world);
  char16_t package[] = SCHANNEL_NAME_W;
  CredHandle handle = {};
  EXPECT_EQ(
      AcquireCredentialsHandleW(nullptr, package, SECPKG_CRED_BOTH, nullptr,
                                nullptr, nullptr, nullptr, &handle, nullptr),
      SEC_E_NO_CREDENTIALS);
}

UNICODE_STRING Text(const char16_t* text) {
  const size_t size = std::char_traits<char16_t>::length(text) * 2;
  UNICODE_STRING string = {};
  string.Length = string.MaximumLength = static_cast<USHORT>(size);
  string.Buffer =
      reinterpret_cast<decltype(string.Buffer)>(const_cast<char16_t*>(text));
  return string;
}

SECURITY_STATUS AcquireNew(TlsEnd& end, TLS_PARAMETERS* parameters) {
  SCH_CREDENTIALS cred = {};
  cred.dwVersion = SCH_CREDENTIALS_VERSION;
  cred.cTlsParameters = 1;
  cred.pTlsParameters = parameters;
  return end.Acquire(&cred);
}

TEST(SchCredentials, DisableProtocols) {
  TlsLab lab;
  TLS_PARAMETERS parameters = {};
  parameters.grbitDisabledProtocols = SP_PROT_TLS1_3;
  ASSERT_EQ(AcquireNew(lab.client, &parameters), SEC_E_OK);
  EXPECT_EQ(ProtocolsOf(lab.client), DWORD{SP_PROT_TLS1_2_CLIENT});
  parameters.grbitDisabledProtocols = SP_PROT_ALL;
  TlsEnd other(true, lab.world);
  EXPECT_EQ(AcquireNew(other, &parameters), SEC_E_ALGORITHM_MISMATCH);
}

TEST(SchCredentials, DisableCiphers) {
  TlsLab lab;
  UNICODE_STRING gcm = Text(u"ChainingModeGCM");
  CRYPTO_SETTINGS setting = {};
  setting.eAlgorithmUsage = TlsParametersCngAlgUsageCipher;
  setting.strCngAlgId = Text(u"AES");
  setting.cChainingModes = 1;
  setting.rgstrChainingModes = &gcm;
  TLS_PARAMETERS parameters = {};
  parameters.cDisabledCrypto = 1;
  parameters.pDisabledCrypto = &setting;
  ASSERT_EQ(AcquireNew(lab.client, &parameters), SEC_E_OK);
  // TLS 1.3 has no suite left.
  EXPECT_EQ(ProtocolsOf(lab.client), DWORD{SP_PROT_TLS1_2_CLIENT});
  ASSERT_EQ(lab.server.Acquire(), SEC_E_OK);
  lab.Shake();
  SecPkgContext_CipherInfo info = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_CIPHER_INFO, &info), SEC_E_OK);
  EXPECT_EQ(std::u16string(info.szCipherSuite),
            u"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384");
  // Blocks, MACs and padding.
  SecPkgContext_StreamSizes sizes = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK);
  EXPECT_EQ(sizes.cbHeader, 21u);
  EXPECT_EQ(sizes.cbTrailer, 64u);
  for (size_t size = 1; size < 40; ++size) {
    const std::string text(size, 'x');
    EXPECT_EQ(lab.server.Decrypt(lab.client.Encrypt(text)).text, text);
  }
}

TEST(SchCredentials, RefuseWhatTheyCannotDisable) {
  TlsLab lab;
  CRYPTO_SETTINGS setting = {};
  setting.eAlgorithmUsage = TlsParametersCngAlgUsageDigest;
  setting.strCngAlgId = Text(u"SHA1");
  TLS_PARAMETERS parameters = {};
  parameters.cDisabledCrypto = 1;
  parameters.pDisabledCrypto = &setting;
  EXPECT_EQ(AcquireNew(lab.client, &parameters), SEC_E_UNSUPPORTED_FUNCTION);
}

// Incomplete credentials.

class Incomplete : public ::testing::TestWithParam<DWORD> {
 protected:
  Incomplete() { lab.server.requirements |= ASC_REQ_MUTUAL_AUTH; }

  // Up to where the client needs a certificate: what lies before it then.
  void Ask(Bytes* to_client) {
    ASSERT_EQ(lab.client.AcquireFor(GetParam(), SCH_CRED_NO_DEFAULT_CREDS),
              SEC_E_OK);
    ASSERT_EQ(lab.server.AcquireFor(GetParam()), SEC_E_OK);
    Bytes to_server;
    ASSERT_EQ(Feed(lab.client, {}, &to_server), SEC_I_CONTINUE_NEEDED);
    ASSERT_EQ(Feed(lab.server, to_server, to_client), SEC_I_CONTINUE_NEEDED);
    while (true) {
      const TlsCall call = lab.client.Leg(*to_client);
      ASSERT_TRUE(call.token.empty());
      if (call.status == SEC_I_INCOMPLETE_CREDENTIALS) return;
      ASSERT_EQ(call.status, SEC_I_CONTINUE_NEEDED);
      to_client->erase(to_client->begin(), to_client->end() - call.note_size);
    }
  }
  // The rest, from the client's answer on.
  void Finish(const Bytes& to_client) {
    Bytes to_server, answer;
    const SECURITY_STATUS client = Feed(lab.client, to_client, &to_server);
    ASSERT_GE(client, 0) << StatusName(client);
    ASSERT_FALSE(to_server.empty()) << StatusName(client);
    ASSERT_EQ(Feed(lab.server, to_server, &answer), SEC_E_OK);
    if (client == SEC_E_OK) {
      lab.TakeTicket(answer);
    } else {
      to_server.clear();
      ASSERT_EQ(Feed(lab.client, answer, &to_server), SEC_E_OK);
    }
    lab.ExpectMessagesPass();
  }
  SECURITY_STATUS ClientCertificate() {
    PCCERT_CONTEXT shown = nullptr;
    const SECURITY_STATUS status =
        lab.server.Query(SECPKG_ATTR_REMOTE_CERT_CONTEXT, &shown);
    if (status == SEC_E_OK) {
      FreeContextBuffer(const_cast<CERT_CONTEXT*>(shown));
    }
    return status;
  }
  // A credential of the client's own certificate.
  void AcquireCertificate(TlsEnd* end) {
    ASSERT_TRUE(tls::GiveClientCertificate(lab.world, lab.world, "alice").ok());
    const OwnedCertificate& owned = lab.world.certificates().owned().back();
    CERT_CONTEXT context = {};
    context.pbCertEncoded = const_cast<uint8_t*>(owned.certificate.data());
    context.cbCertEncoded = static_cast<DWORD>(owned.certificate.size());
    PCCERT_CONTEXT list[] = {&context};
    SCHANNEL_CRED cred = NewSchannelCred();
    cred.cCreds = 1;
    cred.paCred = list;
    cred.grbitEnabledProtocols = GetParam();
    ASSERT_EQ(end->Acquire(&cred), SEC_E_OK);
  }

  TlsLab lab;
};
INSTANTIATE_TEST_SUITE_P(Of, Incomplete,
                         ::testing::Values(SP_PROT_TLS1_2, SP_PROT_TLS1_3));

TEST_P(Incomplete, GoOnWithout) {
  Bytes to_client;
  Ask(&to_client);
  Finish(to_client);
  EXPECT_EQ(ClientCertificate(), SEC_E_NO_CREDENTIALS);
}

// .NET comes back with nothing in its hands.
TEST_P(Incomplete, GoOnWithoutTheSameInput) {
  Bytes to_client;
  Ask(&to_client);
  const TlsCall call = lab.client.Leg({});
  EXPECT_EQ(call.status, SEC_I_CONTINUE_NEEDED);
  // What follows the record that asked.
  const size_t size = 5 + (size_t{to_client[3]} << 8 | to_client[4]);
  to_client.erase(to_client.begin(), to_client.begin() + size);
  Finish(to_client);
}

TEST_P(Incomplete, GoOnWithANewCredential) {
  TlsEnd second(true, lab.world);
  AcquireCertificate(&second);
  Bytes to_client;
  Ask(&to_client);
  lab.client.second = &second;
  Finish(to_client);
  EXPECT_EQ(ClientCertificate(), SEC_E_OK);
  PCCERT_CONTEXT own = nullptr;
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_LOCAL_CERT_CONTEXT, &own), SEC_E_OK);
  EXPECT_EQ(Bytes(own->pbCertEncoded, own->pbCertEncoded + own->cbCertEncoded),
            lab.world.certificates().owned().back().certificate);
  FreeContextBuffer(const_cast<CERT_CONTEXT*>(own));
}

TEST_P(Incomplete, TellWhoseCertificatesWouldDo) {
  Bytes to_client;
  Ask(&to_client);
  SecPkgContext_IssuerListInfoEx list = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_ISSUER_LIST_EX, &list), SEC_E_OK);
  ASSERT_EQ(list.cIssuers, lab.world.certificates().roots().size());
  // A name: SEQUENCE, and of its whole size.
  EXPECT_EQ(list.aIssuers[0].pbData[0], 0x30);
  EXPECT_EQ(list.aIssuers[0].pbData[1] + 2u, list.aIssuers[0].cbData);
  EXPECT_EQ(FreeContextBuffer(list.aIssuers), SEC_E_OK);
}

TEST_P(Incomplete, NotWhereTheCallerSaysSoBeforehand) {
  lab.client.requirements |= ISC_REQ_USE_SUPPLIED_CREDS;
  lab.Acquire(GetParam());
  lab.Shake();
  EXPECT_EQ(ClientCertificate(), SEC_E_NO_CREDENTIALS);
}

TEST_P(Incomplete, NotWhereTheCredentialHasIt) {
  AcquireCertificate(&lab.client);
  ASSERT_EQ(lab.server.AcquireFor(GetParam()), SEC_E_OK);
  lab.Shake();
  EXPECT_EQ(ClientCertificate(), SEC_E_OK);
}

TEST_P(Incomplete, NotWhereTheMachineHasOneThatWillDo) {
  ASSERT_TRUE(tls::GiveClientCertificate(lab.world, lab.world, "alice").ok());
  lab.Acquire(GetParam());
  lab.Shake();
  EXPECT_EQ(ClientCertificate(), SEC_E_OK);
}

// "...or the certificate was not issued by an authority that the server
// trusts."
TEST_P(Incomplete, WhereTheServerDoesNotKnowTheIssuer) {
  World elsewhere;
  ASSERT_TRUE(tls::GiveClientCertificate(lab.world, elsewhere, "alice").ok());
  const OwnedCertificate& owned = lab.world.certificates().owned().back();
  CERT_CONTEXT context = {};
  context.pbCertEncoded = const_cast<uint8_t*>(owned.certificate.data());
  context.cbCertEncoded = static_cast<DWORD>(owned.certificate.size());
  PCCERT_CONTEXT list[] = {&context};
  SCHANNEL_CRED cred = NewSchannelCred();
  cred.cCreds = 1;
  cred.paCred = list;
  cred.grbitEnabledProtocols = GetParam();
  ASSERT_EQ(lab.client.Acquire(&cred), SEC_E_OK);
  ASSERT_EQ(lab.server.AcquireFor(GetParam()), SEC_E_OK);
  EXPECT_EQ(RunTls(lab.client, lab.server).client,
            SEC_I_INCOMPLETE_CREDENTIALS);
}

}  // namespace
}  // namespace sspilab
