#include "sim/party_view.h"

#include <cstring>

#include "core/credssp/interactive_logon.h"

namespace sspilab::sim {
namespace {

constexpr ULONG kTokenAttributes[] = {
    SECPKG_ATTR_SESSION_KEY, SECPKG_ATTR_SIZES, SECPKG_ATTR_PACKAGE_INFO,
    SECPKG_ATTR_NAMES};
constexpr PartyQueries kTokenQueries = {kTokenAttributes, 2};

constexpr ULONG kStreamAttributes[] = {
    SECPKG_ATTR_STREAM_SIZES,
    SECPKG_ATTR_KEYING_MATERIAL,
    SECPKG_ATTR_PACKAGE_INFO,
    SECPKG_ATTR_CIPHER_INFO,
    SECPKG_ATTR_REMOTE_CERT_CONTEXT,
    SECPKG_ATTR_APPLICATION_PROTOCOL,
    SECPKG_ATTR_NAMES,
    SECPKG_ATTR_CREDS,
};
constexpr PartyQueries kStreamQueries = {kStreamAttributes, 2};

// The functions of the interface, on one context.
class Asker {
 public:
  Asker(SecurityFunctionTableW& table, CtxtHandle* context, PartyView* view)
      : table_(table), context_(context), view_(*view) {}

  SECURITY_STATUS SessionKey() {
    SecPkgContext_SessionKey key = {};
    const SECURITY_STATUS status = Query(SECPKG_ATTR_SESSION_KEY, &key);
    if (status != SEC_E_OK) {
      return status;
    }
    view_.session_key.assign(key.SessionKey,
                             key.SessionKey + key.SessionKeyLength);
    return table_.FreeContextBuffer(key.SessionKey);
  }

  SECURITY_STATUS Sizes() { return Query(SECPKG_ATTR_SIZES, &view_.sizes); }

  SECURITY_STATUS Package() {
    SecPkgContext_PackageInfoW info = {};
    const SECURITY_STATUS status = Query(SECPKG_ATTR_PACKAGE_INFO, &info);
    if (status != SEC_E_OK) {
      return status;
    }
    view_.package = info.PackageInfo->Name;
    return table_.FreeContextBuffer(info.PackageInfo);
  }

  SECURITY_STATUS Names() {
    SecPkgContext_NamesW names = {};
    const SECURITY_STATUS status = Query(SECPKG_ATTR_NAMES, &names);
    if (status != SEC_E_OK) {
      return status;
    }
    view_.identity = names.sUserName;
    return table_.FreeContextBuffer(names.sUserName);
  }

  SECURITY_STATUS StreamSizes() {
    return Query(SECPKG_ATTR_STREAM_SIZES, &view_.stream->sizes);
  }

  // The label is of those that RFC 5705 4 leaves for experiments.
  SECURITY_STATUS KeyingMaterial() {
    static constexpr char kLabel[] = "EXPERIMENTAL sspilab";
    constexpr DWORD kSize = 32;
    SecPkgContext_KeyingMaterialInfo info = {
        sizeof(kLabel), const_cast<char*>(kLabel), 0, nullptr, kSize};
    SECURITY_STATUS status =
        table_.SetContextAttributesW == nullptr
            ? SEC_E_UNSUPPORTED_FUNCTION
            : table_.SetContextAttributesW(context_,
                                           SECPKG_ATTR_KEYING_MATERIAL_INFO,
                                           &info, sizeof(info));
    SecPkgContext_KeyingMaterial material = {};
    if (status == SEC_E_OK) {
      status = Query(SECPKG_ATTR_KEYING_MATERIAL, &material);
    }
    if (status != SEC_E_OK) {
      return status;
    }
    view_.session_key.assign(
        material.pbKeyingMaterial,
        material.pbKeyingMaterial + material.cbKeyingMaterial);
    return table_.FreeContextBuffer(material.pbKeyingMaterial);
  }

  SECURITY_STATUS Cipher() {
    SecPkgContext_CipherInfo info = {};
    info.dwVersion = SECPKGCONTEXT_CIPHERINFO_V1;
    const SECURITY_STATUS status = Query(SECPKG_ATTR_CIPHER_INFO, &info);
    if (status == SEC_E_OK) {
      view_.stream->protocol = info.dwProtocol;
      view_.stream->cipher_suite = info.szCipherSuite;
    }
    return status;
  }

  SECURITY_STATUS PeerCertificate() {
    PCCERT_CONTEXT certificate = nullptr;
    const SECURITY_STATUS status =
        Query(SECPKG_ATTR_REMOTE_CERT_CONTEXT, &certificate);
    if (status != SEC_E_OK || certificate == nullptr) {
      return status;
    }
    view_.stream->peer_certificate.assign(
        certificate->pbCertEncoded,
        certificate->pbCertEncoded + certificate->cbCertEncoded);
    return table_.FreeContextBuffer(const_cast<CERT_CONTEXT*>(certificate));
  }

  SECURITY_STATUS ApplicationProtocol() {
    SecPkgContext_ApplicationProtocol protocol = {};
    const SECURITY_STATUS status =
        Query(SECPKG_ATTR_APPLICATION_PROTOCOL, &protocol);
    if (status == SEC_E_OK &&
        protocol.ProtoNegoStatus ==
            SecApplicationProtocolNegotiationStatus_Success) {
      view_.stream->application_protocol.assign(
          protocol.ProtocolId, protocol.ProtocolId + protocol.ProtocolIdSize);
    }
    return status;
  }

  // Who it is that the client lets the server be.
  SECURITY_STATUS Delegated() {
    SecPkgContext_ClientCreds creds = {};
    const SECURITY_STATUS status = Query(SECPKG_ATTR_CREDS, &creds);
    if (status != SEC_E_OK) {
      return status;
    }
    const absl::Span<const uint8_t> all(creds.AuthBuffer, creds.AuthBufferLen);
    KERB_INTERACTIVE_LOGON logon = {};
    if (all.size() >= sizeof(logon)) {
      std::memcpy(&logon, all.data(), sizeof(logon));
      const std::u16string domain = TextIn(all, logon.LogonDomainName);
      const std::u16string user = TextIn(all, logon.UserName);
      // A client that does not delegate sends an empty set.
      if (!domain.empty() || !user.empty()) {
        view_.stream->delegated = domain + u"\\" + user;
      }
    }
    return table_.FreeContextBuffer(creds.AuthBuffer);
  }

 private:
  // The strings' addresses are offsets.
  static std::u16string TextIn(absl::Span<const uint8_t> all,
                               const UNICODE_STRING& text) {
    const auto begin = reinterpret_cast<uintptr_t>(text.Buffer);
    if (begin > all.size() || text.Length > all.size() - begin) {
      return u"";
    }
    std::u16string value(text.Length / sizeof(char16_t), u'\0');
    std::memcpy(value.data(), all.data() + begin,
                value.size() * sizeof(char16_t));
    return value;
  }

  SECURITY_STATUS Query(ULONG attribute, void* into) {
    return table_.QueryContextAttributesW(context_, attribute, into);
  }

  SecurityFunctionTableW& table_;
  CtxtHandle* const context_;
  PartyView& view_;
};

}  // namespace

const PartyQueries& TokenQueries() { return kTokenQueries; }
const PartyQueries& StreamQueries() { return kStreamQueries; }

SECURITY_STATUS QueryInto(SecurityFunctionTableW& table, CtxtHandle* context,
                          ULONG attribute, PartyView* view) {
  Asker asker(table, context, view);
  switch (attribute) {
    case SECPKG_ATTR_SESSION_KEY:
      return asker.SessionKey();
    case SECPKG_ATTR_SIZES:
      return asker.Sizes();
    case SECPKG_ATTR_PACKAGE_INFO:
      return asker.Package();
    case SECPKG_ATTR_NAMES:
      return asker.Names();
    case SECPKG_ATTR_STREAM_SIZES:
      return asker.StreamSizes();
    case SECPKG_ATTR_KEYING_MATERIAL:
      return asker.KeyingMaterial();
    case SECPKG_ATTR_CIPHER_INFO:
      return asker.Cipher();
    case SECPKG_ATTR_REMOTE_CERT_CONTEXT:
      return asker.PeerCertificate();
    case SECPKG_ATTR_APPLICATION_PROTOCOL:
      return asker.ApplicationProtocol();
    case SECPKG_ATTR_CREDS:
      return asker.Delegated();
    default:
      return SEC_E_UNSUPPORTED_FUNCTION;
  }
}

bool IsNotTold(SECURITY_STATUS status) {
  return status == SEC_E_UNSUPPORTED_FUNCTION ||
         status == SEC_E_NOT_SUPPORTED || status == SEC_E_NO_CREDENTIALS ||
         status == SEC_E_NO_IMPERSONATION;
}

}  // namespace sspilab::sim
