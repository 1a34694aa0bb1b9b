// What QueryContextAttributes says of a connection.

#include <cstring>
#include <string>
#include <string_view>

#include "core/sspi.h"
#include "core/status.h"
#include "gtest/gtest.h"
#include "tests/core/schannel/tls_end.h"

namespace sspilab {
namespace {

using testing::Bytes;
using testing::TlsEnd;
using testing::TlsLab;

// The application data of a SEC_CHANNEL_BINDINGS; "" where there is none.
std::string BindingsOf(TlsEnd& end, ULONG attribute) {
  SecPkgContext_Bindings bindings = {};
  if (end.Query(attribute, &bindings) != SEC_E_OK) return "";
  const auto* block = reinterpret_cast<const char*>(bindings.Bindings);
  EXPECT_EQ(bindings.BindingsLength,
            bindings.Bindings->dwApplicationDataOffset +
                bindings.Bindings->cbApplicationDataLength);
  std::string data(block + bindings.Bindings->dwApplicationDataOffset,
                   bindings.Bindings->cbApplicationDataLength);
  EXPECT_EQ(FreeContextBuffer(bindings.Bindings), SEC_E_OK);
  return data;
}

TEST(SchannelAttributes, OfTls13) {
  TlsLab lab;
  lab.Establish(SP_PROT_TLS1_3);
  SecPkgContext_ConnectionInfo info = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_CONNECTION_INFO, &info), SEC_E_OK);
  EXPECT_EQ(info.aiCipher, ALG_ID{CALG_AES_256});
  EXPECT_EQ(info.dwCipherStrength, 256u);
  EXPECT_EQ(info.aiHash, ALG_ID{CALG_SHA_384});
  EXPECT_EQ(info.dwHashStrength, 384u);
  EXPECT_EQ(info.aiExch, ALG_ID{CALG_ECDH_EPHEM});
  EXPECT_EQ(info.dwExchStrength, 255u);
  SecPkgContext_CipherInfo cipher = {};
  ASSERT_EQ(lab.server.Query(SECPKG_ATTR_CIPHER_INFO, &cipher), SEC_E_OK);
  EXPECT_EQ(cipher.dwVersion, DWORD{SECPKGCONTEXT_CIPHERINFO_V1});
  EXPECT_EQ(cipher.dwProtocol, 0x0304u);
  EXPECT_EQ(cipher.dwCipherSuite, 0x1302u);
  EXPECT_EQ(std::u16string(cipher.szCipherSuite), u"TLS_AES_256_GCM_SHA384");
  EXPECT_EQ(std::u16string(cipher.szCipher), u"AES");
  EXPECT_EQ(cipher.dwCipherLen, 256u);
  SecPkgContext_ConnectionInfoEx more = {};
  ASSERT_EQ(lab.server.Query(SECPKG_ATTR_CONNECTION_INFO_EX, &more), SEC_E_OK);
  EXPECT_EQ(more.dwProtocol, DWORD{SP_PROT_TLS1_3_SERVER});
  EXPECT_EQ(std::u16string(more.szExchange), u"ECDH");
  // RFC 8446 C.5.
  EXPECT_EQ(BindingsOf(lab.client, SECPKG_ATTR_UNIQUE_BINDINGS), "");
}

TEST(SchannelAttributes, OfTls12) {
  TlsLab lab;
  lab.Establish(SP_PROT_TLS1_2);
  SecPkgContext_CipherInfo cipher = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_CIPHER_INFO, &cipher), SEC_E_OK);
  EXPECT_EQ(cipher.dwCipherSuite, 0xC02Cu);
  EXPECT_EQ(std::u16string(cipher.szCertificate), u"ECDSA");
  // RFC 5929 3.1: 12 bytes of a Finished message.
  std::string unique = BindingsOf(lab.client, SECPKG_ATTR_UNIQUE_BINDINGS);
  EXPECT_EQ(unique.substr(0, 11), "tls-unique:");
  EXPECT_EQ(unique.size(), 11u + 12u);
  EXPECT_EQ(unique, BindingsOf(lab.server, SECPKG_ATTR_UNIQUE_BINDINGS));
  // Where a session is taken up it is another, and still the same at both ends.
  lab.client.CloseContext();
  lab.server.CloseContext();
  lab.Shake();
  const std::string again = BindingsOf(lab.client, SECPKG_ATTR_UNIQUE_BINDINGS);
  EXPECT_NE(again, unique);
  EXPECT_EQ(again, BindingsOf(lab.server, SECPKG_ATTR_UNIQUE_BINDINGS));
}

TEST(SchannelAttributes, EndpointBindingsAreOfTheServersCertificate) {
  for (const DWORD protocols : {SP_PROT_TLS1_2, SP_PROT_TLS1_3}) {
    TlsLab lab;
    lab.Establish(protocols);
    const std::string bindings =
        BindingsOf(lab.client, SECPKG_ATTR_ENDPOINT_BINDINGS);
    EXPECT_EQ(bindings.substr(0, 21), "tls-server-end-point:");
    EXPECT_EQ(bindings.size(), 21u + 32u);
    EXPECT_EQ(bindings, BindingsOf(lab.server, SECPKG_ATTR_ENDPOINT_BINDINGS));
  }
}

TEST(SchannelAttributes, CertificatesAreTheBytesThatWereSent) {
  TlsLab lab;
  lab.Establish();
  const Bytes expected = lab.world.certificates().Default()->certificate;
  for (TlsEnd* end : {&lab.client, &lab.server}) {
    PCCERT_CONTEXT certificate = nullptr;
    ASSERT_EQ(end->Query(end->client ? SECPKG_ATTR_REMOTE_CERT_CONTEXT
                                     : SECPKG_ATTR_LOCAL_CERT_CONTEXT,
                         &certificate),
              SEC_E_OK);
    EXPECT_EQ(Bytes(certificate->pbCertEncoded,
                    certificate->pbCertEncoded + certificate->cbCertEncoded),
              expected);
    EXPECT_EQ(FreeContextBuffer(const_cast<CERT_CONTEXT*>(certificate)),
              SEC_E_OK);
    EXPECT_EQ(end->Query(end->client ? SECPKG_ATTR_LOCAL_CERT_CONTEXT
                                     : SECPKG_ATTR_REMOTE_CERT_CONTEXT,
                         &certificate),
              SEC_E_NO_CREDENTIALS);
  }
}

// SEC_APPLICATION_PROTOCOLS of one ALPN list.
struct Protocols {
  explicit Protocols(std::string_view list) : bytes(10 + list.size()) {
    const ULONG size = static_cast<ULONG>(6 + list.size());
    const uint32_t alpn = SecApplicationProtocolNegotiationExt_ALPN;
    const auto length = static_cast<uint16_t>(list.size());
    std::memcpy(bytes.data(), &size, 4);
    std::memcpy(bytes.data() + 4, &alpn, 4);
    std::memcpy(bytes.data() + 8, &length, 2);
    std::memcpy(bytes.data() + 10, list.data(), list.size());
  }
  SecBuffer buffer() {
    return {static_cast<ULONG>(bytes.size()), SECBUFFER_APPLICATION_PROTOCOLS,
            bytes.data()};
  }
  Bytes bytes;
};

std::string ProtocolOf(TlsEnd& end) {
  SecPkgContext_ApplicationProtocol protocol = {};
  EXPECT_EQ(end.Query(SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol), SEC_E_OK);
  return {protocol.ProtocolId, protocol.ProtocolId + protocol.ProtocolIdSize};
}

TEST(SchannelAttributes, ApplicationProtocolIsTheServersChoice) {
  TlsLab lab;
  lab.Acquire();
  Protocols client("\x08http/1.1\x02h2");
  Protocols server("\x02h2\x08http/1.1");
  lab.client.extra_input = {client.buffer()};
  lab.server.extra_input = {server.buffer()};
  lab.Shake();
  EXPECT_EQ(ProtocolOf(lab.client), "h2");
  EXPECT_EQ(ProtocolOf(lab.server), "h2");
}

TEST(SchannelAttributes, ApplicationProtocolsWithoutACommonOne) {
  TlsLab lab;
  lab.Acquire();
  Protocols client("\x08http/1.1");
  Protocols server("\x02h2");
  lab.client.extra_input = {client.buffer()};
  lab.server.extra_input = {server.buffer()};
  lab.server.requirements |= ASC_REQ_EXTENDED_ERROR;
  const testing::TlsCall refused = lab.server.Leg(lab.client.Leg({}).token);
  EXPECT_EQ(refused.status, SEC_E_APPLICATION_PROTOCOL_MISMATCH);
  EXPECT_EQ(lab.client.Leg(refused.token).status,
            SEC_E_APPLICATION_PROTOCOL_MISMATCH);
}

TEST(SchannelAttributes, ApplicationProtocolsThatOneEndDoesNotKnow) {
  TlsLab lab;
  lab.Acquire();
  Protocols client("\x02h2");
  lab.client.extra_input = {client.buffer()};
  lab.Shake();
  EXPECT_EQ(ProtocolOf(lab.client), "");
}

TEST(SchannelAttributes, KeyingMaterialIsTheSameAtBothEnds) {
  TlsLab lab;
  lab.Establish();
  char label[] = "EXPORTER-sspilab";
  SecPkgContext_KeyingMaterialInfo wanted = {};
  wanted.cbLabel = sizeof(label);
  wanted.pszLabel = label;
  wanted.cbKeyingMaterial = 40;
  Bytes keys[2];
  for (TlsEnd* end : {&lab.client, &lab.server}) {
    SecPkgContext_KeyingMaterial material = {};
    EXPECT_EQ(end->Query(SECPKG_ATTR_KEYING_MATERIAL, &material),
              SEC_E_OUT_OF_SEQUENCE);
    ASSERT_EQ(
        SetContextAttributesW(&end->context, SECPKG_ATTR_KEYING_MATERIAL_INFO,
                              &wanted, sizeof(wanted)),
        SEC_E_OK);
    ASSERT_EQ(end->Query(SECPKG_ATTR_KEYING_MATERIAL, &material), SEC_E_OK);
    keys[end->client].assign(
        material.pbKeyingMaterial,
        material.pbKeyingMaterial + material.cbKeyingMaterial);
    EXPECT_EQ(FreeContextBuffer(material.pbKeyingMaterial), SEC_E_OK);
  }
  EXPECT_EQ(keys[0].size(), 40u);
  EXPECT_EQ(keys[0], keys[1]);
}

TEST(SchannelAttributes, OfThePackageAndTheKey) {
  TlsLab lab;
  lab.Establish();
  SecPkgContext_PackageInfoW package = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_PACKAGE_INFO, &package), SEC_E_OK);
  EXPECT_EQ(std::u16string(package.PackageInfo->Name), SCHANNEL_NAME_W);
  EXPECT_EQ(FreeContextBuffer(package.PackageInfo), SEC_E_OK);
  SecPkgContext_KeyInfoA key = {};
  ASSERT_EQ(
      QueryContextAttributesA(&lab.client.context, SECPKG_ATTR_KEY_INFO, &key),
      SEC_E_OK);
  EXPECT_EQ(std::string(key.sEncryptAlgorithmName), "AES");
  EXPECT_EQ(key.KeySize, 256u);
  FreeContextBuffer(key.sEncryptAlgorithmName);
  FreeContextBuffer(key.sSignatureAlgorithmName);
  SecPkgContext_Sizes sizes = {};
  ASSERT_EQ(lab.client.Query(SECPKG_ATTR_SIZES, &sizes), SEC_E_OK);
  EXPECT_EQ(sizes.cbSecurityTrailer, 22u);
}

TEST(SchannelAttributes, ThatAreNotThereYetOrNever) {
  TlsLab lab;
  lab.Acquire();
  ASSERT_EQ(lab.client.Leg({}).status, SEC_I_CONTINUE_NEEDED);
  for (ULONG attribute = 0; attribute < 0x80; ++attribute) {
    uint8_t room[1024];
    const SECURITY_STATUS status = lab.client.Query(attribute, room);
    EXPECT_TRUE(
        MayReturn(Call::kQueryContextAttributes, Package::kSchannel, status))
        << attribute;
    if (attribute == SECPKG_ATTR_STREAM_SIZES) {
      EXPECT_EQ(status, SEC_E_INVALID_HANDLE);
    }
    if (attribute == SECPKG_ATTR_SESSION_KEY) {
      EXPECT_EQ(status, SEC_E_UNSUPPORTED_FUNCTION);
    }
    if (attribute == SECPKG_ATTR_PACKAGE_INFO) {
      SecPkgContext_PackageInfoW package;
      std::memcpy(&package, room, sizeof(package));
      EXPECT_EQ(FreeContextBuffer(package.PackageInfo), SEC_E_OK);
    }
  }
}

// What is granted, and until when.
// The swarm found the crash that this was.
TEST(SchannelAttributes, OfASuiteThatIsBeingAgreedOnOnceMore) {
  TlsLab lab;
  lab.Establish(SP_PROT_TLS1_2);
  const Bytes hello = lab.client.Leg({}).token;
  ASSERT_EQ(lab.server.Decrypt(hello).status, SEC_I_RENEGOTIATE);
  ASSERT_EQ(lab.server.Leg(hello).status, SEC_I_CONTINUE_NEEDED);
  SecPkgContext_CipherInfo cipher = {};
  EXPECT_EQ(lab.server.Query(SECPKG_ATTR_CIPHER_INFO, &cipher),
            SEC_E_OUT_OF_SEQUENCE);
  SecPkgContext_ConnectionInfo info = {};
  EXPECT_EQ(lab.server.Query(SECPKG_ATTR_CONNECTION_INFO, &info),
            SEC_E_OUT_OF_SEQUENCE);
  SecPkgContext_StreamSizes sizes = {};
  EXPECT_EQ(lab.server.Query(SECPKG_ATTR_STREAM_SIZES, &sizes), SEC_E_OK);
  // The client has had no answer: the old one still holds.
  EXPECT_EQ(lab.client.Query(SECPKG_ATTR_CIPHER_INFO, &cipher), SEC_E_OK);
}

TEST(SchannelAttributes, OfTheLastLeg) {
  TlsLab lab;
  lab.client.requirements |= ISC_REQ_EXTENDED_ERROR | ISC_REQ_MUTUAL_AUTH;
  lab.Acquire(SP_PROT_TLS1_2);
  Bytes to_server, to_client;
  (void)Feed(lab.client, {}, &to_server);
  (void)Feed(lab.server, to_server, &to_client);
  to_server.clear();
  (void)Feed(lab.client, to_client, &to_server);
  to_client.clear();
  ASSERT_EQ(Feed(lab.server, to_server, &to_client), SEC_E_OK);
  testing::TlsCall call;
  do {
    call = lab.client.Leg(to_client);
    to_client.erase(to_client.begin(), to_client.end() - call.note_size);
  } while (call.status == SEC_I_CONTINUE_NEEDED);
  ASSERT_EQ(call.status, SEC_E_OK);
  EXPECT_EQ(call.attributes,
            ULONG{ISC_RET_SEQUENCE_DETECT | ISC_RET_REPLAY_DETECT |
                  ISC_RET_CONFIDENTIALITY | ISC_RET_STREAM |
                  ISC_RET_EXTENDED_ERROR | ISC_RET_MUTUAL_AUTH});
  // The certificate's year.
  EXPECT_GT(
      lab.client.expiry.QuadPart,
      static_cast<LONGLONG>(kFileTimeGenesis + 300 * 86400 * kFileTimeSecond));
  EXPECT_LT(
      lab.client.expiry.QuadPart,
      static_cast<LONGLONG>(kFileTimeGenesis + 400 * 86400 * kFileTimeSecond));
}

}  // namespace
}  // namespace sspilab
