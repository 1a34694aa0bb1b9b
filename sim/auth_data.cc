#include "sim/auth_data.h"

#include <cstddef>
#include <cstring>

namespace sspilab::sim {
namespace {

// The interface takes text that it does not change without const.
unsigned short* IdentityText(const std::u16string& text) {
  return reinterpret_cast<unsigned short*>(const_cast<char16_t*>(text.c_str()));
}

}  // namespace

AuthData::AuthData(const std::u16string& package, const Identity* identity,
                   const TlsOptions& tls, const OwnedCertificate* certificate) {
  if (identity != nullptr) {
    identity_.User = IdentityText(identity->user);
    identity_.UserLength = static_cast<ULONG>(identity->user.size());
    identity_.Domain = IdentityText(identity->domain);
    identity_.DomainLength = static_cast<ULONG>(identity->domain.size());
    identity_.Password = IdentityText(identity->password);
    identity_.PasswordLength = static_cast<ULONG>(identity->password.size());
    identity_.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
  }
  void* const who = identity == nullptr ? nullptr : &identity_;
  const bool is_credssp = package == CREDSSP_NAME;
  if (!is_credssp && package != SCHANNEL_NAME_W) {
    data_ = who;
    return;
  }
  schannel_.dwVersion = SCHANNEL_CRED_VERSION;
  schannel_.grbitEnabledProtocols = tls.protocols;
  schannel_.dwFlags = tls.flags;
  if (certificate != nullptr) {
    certificate_.dwCertEncodingType = X509_ASN_ENCODING;
    certificate_.pbCertEncoded =
        const_cast<BYTE*>(certificate->certificate.data());
    certificate_.cbCertEncoded =
        static_cast<DWORD>(certificate->certificate.size());
    schannel_.cCreds = 1;
    schannel_.paCred = certificates_;
  }
  data_ = &schannel_;
  if (is_credssp) {
    credssp_ = {CredsspSubmitBufferBoth, &schannel_, who};
    data_ = &credssp_;
  }
}

std::vector<uint8_t> ApplicationProtocols(
    const std::vector<std::string>& names) {
  constexpr size_t kMaxName = 255;
  std::vector<uint8_t> list;
  for (const std::string& name : names) {
    if (!name.empty() && name.size() <= kMaxName) {
      list.push_back(static_cast<uint8_t>(name.size()));
      list.insert(list.end(), name.begin(), name.end());
    }
  }
  if (list.empty()) {
    return {};
  }
  constexpr size_t kListBegin =
      offsetof(SEC_APPLICATION_PROTOCOL_LIST, ProtocolList);
  SEC_APPLICATION_PROTOCOLS head = {};
  head.ProtocolListsSize = static_cast<ULONG>(kListBegin + list.size());
  head.ProtocolLists[0].ProtoNegoExt =
      SecApplicationProtocolNegotiationExt_ALPN;
  head.ProtocolLists[0].ProtocolListSize =
      static_cast<unsigned short>(list.size());
  constexpr size_t kHead =
      offsetof(SEC_APPLICATION_PROTOCOLS, ProtocolLists) + kListBegin;
  std::vector<uint8_t> buffer(kHead);
  std::memcpy(buffer.data(), &head, kHead);
  buffer.insert(buffer.end(), list.begin(), list.end());
  return buffer;
}

}  // namespace sspilab::sim
