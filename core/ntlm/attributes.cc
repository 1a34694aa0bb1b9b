#include "core/ntlm/attributes.h"

#include "core/common_attributes.h"
#include "core/ntlm/names.h"
#include "core/ntlm/negotiate_flags.h"

namespace sspilab::ntlm {
namespace {

constexpr SECURITY_STATUS kOutOfMemory = SEC_E_INSUFFICIENT_MEMORY;

// CALG_RC4 of wincrypt.h, and KERB_CHECKSUM_HMAC_MD5 and ..._REAL_CRC32 of
// ntsecapi.h, which Windows uses as numbers for NTLM's checksums too.
constexpr ULONG kAlgorithmRc4 = 0x6801;
constexpr ULONG kAlgorithmHmacMd5 = 0xFFFFFF76;
constexpr ULONG kAlgorithmCrc32 = 0xFFFFFF7C;

std::u16string ClientName(const NtlmContext& context) {
  return QualifiedName(context.parties().domain, context.parties().user);
}

SECURITY_STATUS Sizes(const NtlmContext& context, AttributeWriter& out) {
  return out.Put(SecPkgContext_Sizes{
      .cbMaxToken = context.package().info().max_token,
      .cbMaxSignature = MessageProtection::kSignatureSize,
      // RC4 is a stream cipher; Windows says 0, not 1.
      .cbBlockSize = 0,
      .cbSecurityTrailer = MessageProtection::kSignatureSize});
}

SECURITY_STATUS Names(const NtlmContext& context, AttributeWriter& out) {
  void* name = out.NewString(ClientName(context));
  if (name == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_NamesW, SecPkgContext_NamesA>(
      [name](auto& names) {
        names.sUserName = static_cast<decltype(names.sUserName)>(name);
      });
}

SECURITY_STATUS NativeNames(const NtlmContext& context, AttributeWriter& out) {
  void* client = out.NewString(ClientName(context));
  void* server = out.NewString(context.parties().target);
  if (client == nullptr || server == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_NativeNamesW, SecPkgContext_NativeNamesA>(
      [client, server](auto& names) {
        names.sClientName = static_cast<decltype(names.sClientName)>(client);
        names.sServerName = static_cast<decltype(names.sServerName)>(server);
      });
}

SECURITY_STATUS Authority(const NtlmContext& context, AttributeWriter& out) {
  void* name = out.NewString(context.parties().domain);
  if (name == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_AuthorityW, SecPkgContext_AuthorityA>(
      [name](auto& authority) {
        authority.sAuthorityName =
            static_cast<decltype(authority.sAuthorityName)>(name);
      });
}

// The SPN that the initiator put into its AUTHENTICATE message. There is only
// one form: ..._ClientSpecifiedTarget is wide in both function tables.
SECURITY_STATUS ClientSpecifiedTarget(const NtlmContext& context,
                                      AttributeWriter& out) {
  AttributeWriter wide = out.As(CharSet::kWide);
  void* name = wide.NewString(context.parties().target);
  if (name == nullptr) return kOutOfMemory;
  return wide.Put(SecPkgContext_ClientSpecifiedTarget{
      .sTargetName = static_cast<SEC_WCHAR*>(name)});
}

SECURITY_STATUS Lifespan(const NtlmContext& context, AttributeWriter& out) {
  SecPkgContext_Lifespan lifespan;
  lifespan.tsStart.QuadPart =
      static_cast<LONGLONG>(context.agreement().established);
  lifespan.tsExpiry.QuadPart = static_cast<LONGLONG>(kFileTimeNever);
  return out.Put(lifespan);
}

SECURITY_STATUS PasswordExpiry(const NtlmContext&, AttributeWriter& out) {
  SecPkgContext_PasswordExpiry expiry;
  expiry.tsPasswordExpires.QuadPart = static_cast<LONGLONG>(kFileTimeNever);
  return out.Put(expiry);
}

SECURITY_STATUS Flags(const NtlmContext& context, AttributeWriter& out) {
  return out.Put(SecPkgContext_Flags{.Flags = context.agreement().attributes});
}

ULONG KeyBits(uint32_t flags) {
  if ((flags & kNegotiate128) != 0) return 128;
  return (flags & kNegotiate56) != 0 ? 56 : 40;
}

SECURITY_STATUS KeyInfo(const NtlmContext& context, AttributeWriter& out) {
  const uint32_t flags = context.agreement().flags;
  const bool extended = (flags & kNegotiateExtendedSessionSecurity) != 0;
  void* signature = out.NewString(extended ? u"HMAC-MD5" : u"RSADSI RC4-CRC32");
  void* cipher = out.NewString(u"RSADSI RC4");
  if (signature == nullptr || cipher == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_KeyInfoW, SecPkgContext_KeyInfoA>(
      [=](auto& info) {
        using Text = decltype(info.sSignatureAlgorithmName);
        info.sSignatureAlgorithmName = static_cast<Text>(signature);
        info.sEncryptAlgorithmName = static_cast<Text>(cipher);
        info.KeySize = KeyBits(flags);
        info.SignatureAlgorithm =
            extended ? kAlgorithmHmacMd5 : kAlgorithmCrc32;
        info.EncryptAlgorithm = kAlgorithmRc4;
      });
}

SECURITY_STATUS SessionKey(const NtlmContext& context, AttributeWriter& out) {
  const Key& key = context.agreement().session_key;
  void* copy = out.NewBytes(key);
  if (copy == nullptr) return kOutOfMemory;
  return out.Put(SecPkgContext_SessionKey{
      .SessionKeyLength = static_cast<ULONG>(key.size()),
      .SessionKey = static_cast<unsigned char*>(copy)});
}

SECURITY_STATUS PackageInfoOf(const NtlmContext& context,
                              AttributeWriter& out) {
  return PutPackageInfo(context.package().info(), out);
}

SECURITY_STATUS NegotiationInfo(const NtlmContext& context,
                                AttributeWriter& out) {
  return PutNegotiationInfo(context.package().info(),
                            context.established()
                                ? SECPKG_NEGOTIATION_COMPLETE
                                : SECPKG_NEGOTIATION_IN_PROGRESS,
                            out);
}

SECURITY_STATUS TargetInformation(const NtlmContext& context,
                                  AttributeWriter& out) {
  const absl::Span<const uint8_t> pairs = context.parties().target_info;
  void* copy = out.NewBytes(pairs);
  if (copy == nullptr) return kOutOfMemory;
  return out.Put(SecPkgContext_TargetInformation{
      .MarshalledTargetInfoLength = static_cast<ULONG>(pairs.size()),
      .MarshalledTargetInfo = static_cast<unsigned char*>(copy)});
}

// RPC's view of the client: RPC_C_AUTHZ_NAME, and its name.
SECURITY_STATUS DceInfo(const NtlmContext& context, AttributeWriter& out) {
  constexpr ULONG kAuthorizeByName = 1;
  AttributeWriter wide = out.As(CharSet::kWide);
  void* name = wide.NewString(ClientName(context));
  if (name == nullptr) return kOutOfMemory;
  return wide.Put(
      SecPkgContext_DceInfo{.AuthzSvc = kAuthorizeByName, .pPac = name});
}

// A password logon has no restrictions that the caller would have to know.
SECURITY_STATUS UserFlags(const NtlmContext&, AttributeWriter& out) {
  return out.Put(SecPkgContext_UserFlags{.UserFlags = 0});
}

// When a context has the attribute: always, or once it is established.
enum class When : uint8_t { kAlways, kEstablished };

struct AttributeRow {
  ULONG attribute;
  When when;
  SECURITY_STATUS (*query)(const NtlmContext&, AttributeWriter&);
};

constexpr AttributeRow kAttributes[] = {
    {SECPKG_ATTR_SIZES, When::kAlways, Sizes},
    {SECPKG_ATTR_NAMES, When::kEstablished, Names},
    {SECPKG_ATTR_LIFESPAN, When::kEstablished, Lifespan},
    {SECPKG_ATTR_DCE_INFO, When::kEstablished, DceInfo},
    {SECPKG_ATTR_KEY_INFO, When::kEstablished, KeyInfo},
    {SECPKG_ATTR_AUTHORITY, When::kEstablished, Authority},
    {SECPKG_ATTR_PASSWORD_EXPIRY, When::kEstablished, PasswordExpiry},
    {SECPKG_ATTR_SESSION_KEY, When::kEstablished, SessionKey},
    {SECPKG_ATTR_PACKAGE_INFO, When::kAlways, PackageInfoOf},
    {SECPKG_ATTR_USER_FLAGS, When::kEstablished, UserFlags},
    {SECPKG_ATTR_NEGOTIATION_INFO, When::kAlways, NegotiationInfo},
    {SECPKG_ATTR_NATIVE_NAMES, When::kEstablished, NativeNames},
    {SECPKG_ATTR_FLAGS, When::kEstablished, Flags},
    {SECPKG_ATTR_TARGET_INFORMATION, When::kEstablished, TargetInformation},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, When::kEstablished,
     ClientSpecifiedTarget},
};

}  // namespace

SECURITY_STATUS QueryAttribute(const NtlmContext& context, ULONG attribute,
                               AttributeWriter& out) {
  for (const AttributeRow& row : kAttributes) {
    if (row.attribute != attribute) continue;
    if (row.when == When::kEstablished && !context.established()) {
      return SEC_E_INVALID_HANDLE;
    }
    return row.query(context, out);
  }
  return PutBindings(context.bindings(), attribute, out);
}

}  // namespace sspilab::ntlm
