#include "core/kerberos/attributes.h"

#include <string>
#include <string_view>

#include "core/common_attributes.h"
#include "core/kerberos/times.h"
#include "core/wire/utf.h"

namespace sspilab::kerberos {
namespace {

constexpr SECURITY_STATUS kOutOfMemory = SEC_E_INSUFFICIENT_MEMORY;

// There is nothing to be protected before there is a key: as large as it can
// become.
SECURITY_STATUS Sizes(const KerberosContext& context, AttributeWriter& out) {
  SecPkgContext_Sizes sizes = {.cbMaxToken = context.package().info().max_token,
                               .cbMaxSignature = 0,
                               // CTS needs no padding.
                               .cbBlockSize = 1,
                               .cbSecurityTrailer = 0};
  if (context.established()) {
    sizes.cbMaxSignature = static_cast<ULONG>(context.protection().mic_size());
    sizes.cbSecurityTrailer =
        static_cast<ULONG>(context.protection().max_wrap_size());
  }
  return out.Put(sizes);
}

SECURITY_STATUS Names(const KerberosContext& context, AttributeWriter& out) {
  void* name = out.NewString(context.names().client);
  if (name == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_NamesW, SecPkgContext_NamesA>(
      [name](auto& names) {
        names.sUserName = static_cast<decltype(names.sUserName)>(name);
      });
}

SECURITY_STATUS NativeNames(const KerberosContext& context,
                            AttributeWriter& out) {
  const ContextNames names = context.names();
  void* client = out.NewString(names.client);
  void* server = out.NewString(names.service);
  if (client == nullptr || server == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_NativeNamesW, SecPkgContext_NativeNamesA>(
      [client, server](auto& native) {
        native.sClientName = static_cast<decltype(native.sClientName)>(client);
        native.sServerName = static_cast<decltype(native.sServerName)>(server);
      });
}

// The service that the ticket is for. There is only one form:
// ..._ClientSpecifiedTarget is wide in both function tables.
SECURITY_STATUS ClientSpecifiedTarget(const KerberosContext& context,
                                      AttributeWriter& out) {
  AttributeWriter wide = out.As(CharSet::kWide);
  void* name = wide.NewString(context.names().service);
  if (name == nullptr) return kOutOfMemory;
  return wide.Put(SecPkgContext_ClientSpecifiedTarget{
      .sTargetName = static_cast<SEC_WCHAR*>(name)});
}

// RPC's view of the client. Tickets have no PAC here, and so it is
// RPC_C_AUTHZ_NAME, and its name.
SECURITY_STATUS DceInfo(const KerberosContext& context, AttributeWriter& out) {
  constexpr ULONG kAuthorizeByName = 1;
  AttributeWriter wide = out.As(CharSet::kWide);
  void* name = wide.NewString(context.names().client);
  if (name == nullptr) return kOutOfMemory;
  return wide.Put(
      SecPkgContext_DceInfo{.AuthzSvc = kAuthorizeByName, .pPac = name});
}

// Tickets say nothing of when a password ends, without a PAC.
SECURITY_STATUS PasswordExpiry(const KerberosContext&, AttributeWriter& out) {
  SecPkgContext_PasswordExpiry expiry;
  expiry.tsPasswordExpires.QuadPart = static_cast<LONGLONG>(kFileTimeNever);
  return out.Put(expiry);
}

// A password logon has no restrictions that the caller would have to know.
SECURITY_STATUS UserFlags(const KerberosContext&, AttributeWriter& out) {
  return out.Put(SecPkgContext_UserFlags{.UserFlags = 0});
}

SECURITY_STATUS Authority(const KerberosContext& context,
                          AttributeWriter& out) {
  void* name = out.NewString(context.names().realm);
  if (name == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_AuthorityW, SecPkgContext_AuthorityA>(
      [name](auto& authority) {
        authority.sAuthorityName =
            static_cast<decltype(authority.sAuthorityName)>(name);
      });
}

// Of the ticket.
SECURITY_STATUS Lifespan(const KerberosContext& context, AttributeWriter& out) {
  SecPkgContext_Lifespan lifespan;
  lifespan.tsStart.QuadPart =
      static_cast<LONGLONG>(ToFileTime(context.agreement().starttime));
  lifespan.tsExpiry.QuadPart =
      static_cast<LONGLONG>(ToFileTime(context.agreement().endtime));
  return out.Put(lifespan);
}

SECURITY_STATUS Flags(const KerberosContext& context, AttributeWriter& out) {
  return out.Put(SecPkgContext_Flags{.Flags = context.agreement().attributes});
}

SECURITY_STATUS SessionKey(const KerberosContext& context,
                           AttributeWriter& out) {
  const absl::Span<const uint8_t> key = context.protection().key().bytes();
  void* copy = out.NewBytes(key);
  if (copy == nullptr) return kOutOfMemory;
  return out.Put(SecPkgContext_SessionKey{
      .SessionKeyLength = static_cast<ULONG>(key.size()),
      .SessionKey = static_cast<unsigned char*>(copy)});
}

// Windows' numbers here are Kerberos' own.
SECURITY_STATUS KeyInfo(const KerberosContext& context, AttributeWriter& out) {
  const EncryptionType& type = context.protection().type();
  const std::u16string name = wire::Utf8ToUtf16Lossy(type.name);
  void* signature = out.NewString(name);
  void* cipher = out.NewString(name);
  if (signature == nullptr || cipher == nullptr) return kOutOfMemory;
  return out.PutText<SecPkgContext_KeyInfoW, SecPkgContext_KeyInfoA>(
      [signature, cipher, &type](auto& info) {
        using Text = decltype(info.sSignatureAlgorithmName);
        info.sSignatureAlgorithmName = static_cast<Text>(signature);
        info.sEncryptAlgorithmName = static_cast<Text>(cipher);
        info.KeySize = static_cast<ULONG>(8 * type.key_size);
        info.SignatureAlgorithm = static_cast<ULONG>(type.checksum_type);
        info.EncryptAlgorithm = static_cast<ULONG>(type.etype);
      });
}

SECURITY_STATUS PackageInfoOf(const KerberosContext& context,
                              AttributeWriter& out) {
  return PutPackageInfo(context.package().info(), out);
}

SECURITY_STATUS NegotiationInfo(const KerberosContext& context,
                                AttributeWriter& out) {
  return PutNegotiationInfo(context.package().info(),
                            context.established()
                                ? SECPKG_NEGOTIATION_COMPLETE
                                : SECPKG_NEGOTIATION_IN_PROGRESS,
                            out);
}

// When a context has the attribute: always, or once it is established.
enum class When : uint8_t { kAlways, kEstablished };

struct AttributeRow {
  ULONG attribute;
  When when;
  SECURITY_STATUS (*query)(const KerberosContext&, AttributeWriter&);
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
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, When::kEstablished,
     ClientSpecifiedTarget},
};

}  // namespace

SECURITY_STATUS QueryAttribute(const KerberosContext& context, ULONG attribute,
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

}  // namespace sspilab::kerberos
