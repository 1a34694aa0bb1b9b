#include "core/schannel/attributes.h"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "core/common_attributes.h"
#include "core/context_buffer.h"
#include "core/schannel/connection.h"
#include "core/schannel/context.h"
#include "core/schannel/record.h"
#include "core/tls/library.h"
#include "core/tls/openssl_ptr.h"

namespace sspilab::schannel {
namespace {

constexpr SECURITY_STATUS kOutOfMemory = SEC_E_INSUFFICIENT_MEMORY;

Connection ConnectionOf(const SchannelContext& context) {
  return DescribeConnection(context.ssl(), context.role() == Role::kInitiator);
}

// ASCII into one of the fixed texts of Windows' structures.
void Store(std::string_view text, WCHAR (&out)[SZ_ALG_MAX_SIZE]) {
  const size_t size = std::min(text.size(), size_t{SZ_ALG_MAX_SIZE - 1});
  std::copy_n(text.begin(), size, out);
  out[size] = 0;
}

std::u16string Wide(std::string_view text) {
  return {text.begin(), text.end()};
}

SECURITY_STATUS Sizes(const SchannelContext& context, AttributeWriter& out) {
  const RecordShape& shape = context.shape();
  return out.Put(SecPkgContext_Sizes{
      .cbMaxToken = context.package().info().max_token,
      .cbMaxSignature = 0,  // There are no signatures without encryption.
      .cbBlockSize = shape.block,
      .cbSecurityTrailer = shape.header + shape.trailer});
}

SECURITY_STATUS StreamSizes(const SchannelContext& context,
                            AttributeWriter& out) {
  const RecordShape& shape = context.shape();
  return out.Put(SecPkgContext_StreamSizes{.cbHeader = shape.header,
                                           .cbTrailer = shape.trailer,
                                           .cbMaximumMessage = kMaxPlaintext,
                                           .cBuffers = 4,
                                           .cbBlockSize = shape.block});
}

SECURITY_STATUS KeyInfo(const SchannelContext& context, AttributeWriter& out) {
  const Connection connection = ConnectionOf(context);
  void* signature = out.NewString(Wide(connection.hash.name));
  void* cipher = out.NewString(Wide(connection.cipher.name));
  if (signature == nullptr || cipher == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_KeyInfoW, SecPkgContext_KeyInfoA>(
      [&](auto& info) {
        using Text = decltype(info.sSignatureAlgorithmName);
        info.sSignatureAlgorithmName = static_cast<Text>(signature);
        info.sEncryptAlgorithmName = static_cast<Text>(cipher);
        info.KeySize = connection.cipher.bits;
        info.SignatureAlgorithm = connection.hash.id;
        info.EncryptAlgorithm = connection.cipher.id;
      });
}

SECURITY_STATUS PackageInfoOf(const SchannelContext& context,
                              AttributeWriter& out) {
  return PutPackageInfo(context.package().info(), out);
}

SECURITY_STATUS ConnectionInfo(const SchannelContext& context,
                               AttributeWriter& out) {
  const Connection connection = ConnectionOf(context);
  return out.Put(
      SecPkgContext_ConnectionInfo{.dwProtocol = connection.protocol,
                                   .aiCipher = connection.cipher.id,
                                   .dwCipherStrength = connection.cipher.bits,
                                   .aiHash = connection.hash.id,
                                   .dwHashStrength = connection.hash.bits,
                                   .aiExch = connection.exchange.id,
                                   .dwExchStrength = connection.exchange.bits});
}

SECURITY_STATUS ConnectionInfoEx(const SchannelContext& context,
                                 AttributeWriter& out) {
  const Connection connection = ConnectionOf(context);
  SecPkgContext_ConnectionInfoEx info = {};
  info.dwVersion = SECPKGCONTEXT_CONNECTION_INFO_EX_V1;
  info.dwProtocol = connection.protocol;
  Store(connection.cipher.name, info.szCipher);
  info.dwCipherStrength = connection.cipher.bits;
  Store(connection.hash.name, info.szHash);
  info.dwHashStrength = connection.hash.bits;
  Store(connection.exchange.name, info.szExchange);
  info.dwExchStrength = connection.exchange.bits;
  return out.Put(info);
}

SECURITY_STATUS CipherInfo(const SchannelContext& context,
                           AttributeWriter& out) {
  const Connection connection = ConnectionOf(context);
  SecPkgContext_CipherInfo info = {};
  info.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
  // The number on the wire: 0x0303, 0x0304.
  info.dwProtocol = static_cast<DWORD>(SSL_version(context.ssl()));
  info.dwCipherSuite = connection.suite;
  info.dwBaseCipherSuite = connection.suite;
  Store(connection.suite_name, info.szCipherSuite);
  Store(connection.cipher.name, info.szCipher);
  info.dwCipherLen = connection.cipher.bits;
  info.dwCipherBlockLen = connection.block;
  Store(connection.hash.name, info.szHash);
  info.dwHashLen = connection.hash.bits;
  Store(connection.exchange.name, info.szExchange);
  info.dwMinExchangeLen = connection.exchange.bits;
  info.dwMaxExchangeLen = connection.exchange.bits;
  Store(connection.certificate, info.szCertificate);
  return out.Put(info);
}

std::vector<uint8_t> DerOf(const X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  if (size <= 0) return {};
  std::vector<uint8_t> der(static_cast<size_t>(size));
  unsigned char* at = der.data();
  i2d_X509(certificate, &at);
  return der;
}

// A CERT_CONTEXT with its certificate behind it, for FreeContextBuffer: there
// is no CertFreeCertificateContext here.
SECURITY_STATUS PutCertificate(const X509* certificate, AttributeWriter& out) {
  if (certificate == nullptr) return SEC_E_NO_CREDENTIALS;
  const std::vector<uint8_t> der = DerOf(certificate);
  void* block = out.Adopt(
      NewContextBuffer(out.world(), sizeof(CERT_CONTEXT) + der.size()));
  if (block == nullptr) return kOutOfMemory;
  auto* bytes = static_cast<BYTE*>(block) + sizeof(CERT_CONTEXT);
  std::copy(der.begin(), der.end(), bytes);
  *static_cast<CERT_CONTEXT*>(block) = {
      .dwCertEncodingType = X509_ASN_ENCODING,
      .pbCertEncoded = bytes,
      .cbCertEncoded = static_cast<DWORD>(der.size())};
  return out.Put(static_cast<PCCERT_CONTEXT>(block));
}

SECURITY_STATUS RemoteCertificate(const SchannelContext& context,
                                  AttributeWriter& out) {
  return PutCertificate(SSL_get0_peer_certificate(context.ssl()), out);
}

SECURITY_STATUS LocalCertificate(const SchannelContext& context,
                                 AttributeWriter& out) {
  return PutCertificate(context.own_certificate(), out);
}

// CERT_NAME_BLOBs, and the names behind them.
SECURITY_STATUS IssuerList(const SchannelContext& context,
                           AttributeWriter& out) {
  const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(context.ssl());
  const int count = std::max(sk_X509_NAME_num(names), 0);
  size_t size = static_cast<size_t>(count) * sizeof(CERT_NAME_BLOB);
  std::vector<absl::Span<const uint8_t>> encoded;
  for (int i = 0; i < count; ++i) {
    const unsigned char* der = nullptr;
    size_t length = 0;
    if (X509_NAME_get0_der(sk_X509_NAME_value(names, i), &der, &length) != 1) {
      return kOutOfMemory;
    }
    encoded.emplace_back(der, length);
    size += length;
  }
  SecPkgContext_IssuerListInfoEx list = {};
  if (count != 0) {
    void* block = out.Adopt(NewContextBuffer(out.world(), size));
    if (block == nullptr) return kOutOfMemory;
    list.aIssuers = static_cast<PCERT_NAME_BLOB>(block);
    list.cIssuers = static_cast<DWORD>(count);
    auto* at = reinterpret_cast<BYTE*>(list.aIssuers + count);
    for (size_t i = 0; i < encoded.size(); ++i) {
      list.aIssuers[i] = {static_cast<DWORD>(encoded[i].size()), at};
      at = std::copy(encoded[i].begin(), encoded[i].end(), at);
    }
  }
  return out.Put(list);
}

SECURITY_STATUS SessionInfo(const SchannelContext& context,
                            AttributeWriter& out) {
  SecPkgContext_SessionInfo info = {};
  if (SSL_session_reused(context.ssl()) == 1) {
    info.dwFlags = SSL_SESSION_RECONNECT;
  }
  unsigned int size = 0;
  const unsigned char* id =
      SSL_SESSION_get_id(SSL_get0_session(context.ssl()), &size);
  info.cbSessionId = std::min<DWORD>(size, sizeof(info.rgbSessionId));
  std::copy_n(id, info.cbSessionId, info.rgbSessionId);
  return out.Put(info);
}

SECURITY_STATUS ApplicationProtocol(const SchannelContext& context,
                                    AttributeWriter& out) {
  SecPkgContext_ApplicationProtocol info = {};
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(context.ssl(), &name, &size);
  if (size != 0) {
    info.ProtoNegoStatus = SecApplicationProtocolNegotiationStatus_Success;
    info.ProtoNegoExt = SecApplicationProtocolNegotiationExt_ALPN;
    info.ProtocolIdSize = static_cast<unsigned char>(size);
    std::copy_n(name, size, info.ProtocolId);
  }
  return out.Put(info);
}

// The block that goes into SECBUFFER_CHANNEL_BINDINGS of another package (RFC
// 5929, RFC 2744 3.11).
SECURITY_STATUS PutBindings(std::string_view prefix,
                            absl::Span<const uint8_t> data,
                            AttributeWriter& out) {
  SEC_CHANNEL_BINDINGS header = {};
  header.cbApplicationDataLength =
      static_cast<ULONG>(prefix.size() + data.size());
  header.dwApplicationDataOffset = sizeof(header);
  std::vector<uint8_t> bytes(sizeof(header));
  std::memcpy(bytes.data(), &header, sizeof(header));
  bytes.insert(bytes.end(), prefix.begin(), prefix.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  void* copy = out.NewBytes(bytes);
  if (copy == nullptr) return kOutOfMemory;
  return out.Put(SecPkgContext_Bindings{
      .BindingsLength = static_cast<ULONG>(bytes.size()),
      .Bindings = static_cast<SEC_CHANNEL_BINDINGS*>(copy)});
}

// RFC 5929 3: the first Finished message of the handshake: the client's, but
// the server's where a session was taken up. TLS 1.3 has no such binding
// (RFC 8446 C.5).
SECURITY_STATUS UniqueBindings(const SchannelContext& context,
                               AttributeWriter& out) {
  const SSL* ssl = context.ssl();
  if (SSL_version(ssl) != TLS1_2_VERSION) return SEC_E_UNSUPPORTED_FUNCTION;
  const bool client_first = SSL_session_reused(ssl) == 0;
  const bool is_client = context.role() == Role::kInitiator;
  std::array<uint8_t, EVP_MAX_MD_SIZE> finished;
  const size_t size =
      client_first == is_client
          ? SSL_get_finished(ssl, finished.data(), finished.size())
          : SSL_get_peer_finished(ssl, finished.data(), finished.size());
  return PutBindings("tls-unique:", absl::MakeSpan(finished).subspan(0, size),
                     out);
}

// RFC 5929 4.1: the server's certificate under the hash of its signature, but
// no weaker one than SHA-256.
SECURITY_STATUS EndpointBindings(const SchannelContext& context,
                                 AttributeWriter& out) {
  const X509* server = context.role() == Role::kInitiator
                           ? SSL_get0_peer_certificate(context.ssl())
                           : context.own_certificate();
  if (server == nullptr) return SEC_E_UNSUPPORTED_FUNCTION;
  int hash = NID_undef;
  if (OBJ_find_sigid_algs(X509_get_signature_nid(server), &hash, nullptr) !=
          1 ||
      hash == NID_undef || hash == NID_md5 || hash == NID_sha1) {
    hash = NID_sha256;
  }
  const tls::OpenSslPtr<EVP_MD, EVP_MD_free> digest(
      EVP_MD_fetch(tls::Library(), OBJ_nid2sn(hash), nullptr));
  const std::vector<uint8_t> der = DerOf(server);
  std::array<uint8_t, EVP_MAX_MD_SIZE> value;
  unsigned int size = 0;
  if (digest == nullptr || EVP_Digest(der.data(), der.size(), value.data(),
                                      &size, digest.get(), nullptr) != 1) {
    return kOutOfMemory;
  }
  return PutBindings(
      "tls-server-end-point:", absl::MakeSpan(value).subspan(0, size), out);
}

// RFC 5705, RFC 8446 7.5; of what SetContextAttributes asked for.
SECURITY_STATUS KeyingMaterial(const SchannelContext& context,
                               AttributeWriter& out) {
  const auto& wanted = context.keying_material();
  if (!wanted.has_value()) return SEC_E_OUT_OF_SEQUENCE;
  std::vector<uint8_t> material(wanted->size);
  const bool has_context = wanted->context.has_value();
  const std::string& value = has_context ? *wanted->context : wanted->label;
  // It asks and changes nothing, but is declared otherwise.
  if (SSL_export_keying_material(
          context.ssl(), material.data(), material.size(), wanted->label.data(),
          wanted->label.size(),
          reinterpret_cast<const unsigned char*>(value.data()),
          has_context ? value.size() : 0, has_context ? 1 : 0) != 1) {
    return kOutOfMemory;
  }
  void* copy = out.NewBytes(material);
  if (copy == nullptr) return kOutOfMemory;
  return out.Put(SecPkgContext_KeyingMaterial{
      .cbKeyingMaterial = wanted->size,
      .pbKeyingMaterial = static_cast<PBYTE>(copy)});
}

// When a context has the attribute: always, once there has been a record, once
// it is established, or then unless the suite is being agreed on once more.
enum class When : uint8_t { kAlways, kOpen, kEstablished, kAgreed };

struct AttributeRow {
  ULONG attribute;
  When when;
  SECURITY_STATUS (*query)(const SchannelContext&, AttributeWriter&);
};

constexpr AttributeRow kAttributes[] = {
    {SECPKG_ATTR_SIZES, When::kEstablished, Sizes},
    {SECPKG_ATTR_STREAM_SIZES, When::kEstablished, StreamSizes},
    {SECPKG_ATTR_KEY_INFO, When::kAgreed, KeyInfo},
    {SECPKG_ATTR_PACKAGE_INFO, When::kAlways, PackageInfoOf},
    {SECPKG_ATTR_UNIQUE_BINDINGS, When::kAgreed, UniqueBindings},
    {SECPKG_ATTR_ENDPOINT_BINDINGS, When::kEstablished, EndpointBindings},
    {SECPKG_ATTR_APPLICATION_PROTOCOL, When::kEstablished, ApplicationProtocol},
    {SECPKG_ATTR_REMOTE_CERT_CONTEXT, When::kOpen, RemoteCertificate},
    {SECPKG_ATTR_LOCAL_CERT_CONTEXT, When::kOpen, LocalCertificate},
    {SECPKG_ATTR_ISSUER_LIST_EX, When::kOpen, IssuerList},
    {SECPKG_ATTR_CONNECTION_INFO, When::kAgreed, ConnectionInfo},
    {SECPKG_ATTR_CONNECTION_INFO_EX, When::kAgreed, ConnectionInfoEx},
    {SECPKG_ATTR_CIPHER_INFO, When::kAgreed, CipherInfo},
    {SECPKG_ATTR_SESSION_INFO, When::kAgreed, SessionInfo},
    {SECPKG_ATTR_KEYING_MATERIAL, When::kAgreed, KeyingMaterial},
};

}  // namespace

SECURITY_STATUS QueryAttribute(const SchannelContext& context, ULONG attribute,
                               AttributeWriter& out) {
  for (const AttributeRow& row : kAttributes) {
    if (row.attribute != attribute) continue;
    if ((row.when >= When::kEstablished && !context.established()) ||
        (row.when == When::kOpen && context.ssl() == nullptr)) {
      return SEC_E_INVALID_HANDLE;
    }
    if (row.when == When::kAgreed &&
        SSL_get_current_cipher(context.ssl()) == nullptr) {
      return SEC_E_OUT_OF_SEQUENCE;
    }
    return row.query(context, out);
  }
  return SEC_E_UNSUPPORTED_FUNCTION;
}

}  // namespace sspilab::schannel
