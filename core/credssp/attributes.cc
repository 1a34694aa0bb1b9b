#include "core/credssp/attributes.h"

#include <algorithm>
#include <cstring>

#include "core/common_attributes.h"
#include "core/context_buffer.h"
#include "core/credssp/interactive_logon.h"
#include "core/crypto/bytes.h"

namespace sspilab::credssp {
namespace {

SECURITY_STATUS PackageInfoOf(const CredSspContext& context,
                              AttributeWriter& out) {
  return PutPackageInfo(context.package().info(), out);
}

// The package that Negotiate chose.
SECURITY_STATUS NegotiationPackage(const CredSspContext& context,
                                   AttributeWriter& out) {
  return context.negotiate()->QueryAttribute(SECPKG_ATTR_PACKAGE_INFO, out);
}

SECURITY_STATUS Flags(const CredSspContext& context, AttributeWriter& out) {
  return out.Put(SecPkgContext_Flags{.Flags = context.attributes()});
}

SECURITY_STATUS ServerAuthFlags(const CredSspContext& context,
                                AttributeWriter& out) {
  if (context.role() != Role::kInitiator) return SEC_E_UNSUPPORTED_FUNCTION;
  return out.Put(SecPkgContext_Flags{.Flags = context.server_auth_flags()});
}

UNICODE_STRING Place(Bytes text, uint8_t* block, size_t* end) {
  const size_t begin = *end;
  if (!text.empty()) std::memcpy(block + begin, text.data(), text.size());
  *end += text.size();
  // An offset in the place of an address.
  return {.Length = static_cast<USHORT>(text.size()),
          .MaximumLength = static_cast<USHORT>(text.size()),
          .Buffer = reinterpret_cast<PWSTR>(begin)};
}

// Page "QueryContextAttributes (CredSSP)": supported only on the server.
SECURITY_STATUS Credentials(const CredSspContext& context,
                            AttributeWriter& out) {
  const std::optional<TsPasswordCreds> creds = context.delegated();
  if (!creds.has_value()) {
    return context.role() == Role::kInitiator ? SEC_E_UNSUPPORTED_FUNCTION
                                              : SEC_E_NO_CREDENTIALS;
  }
  KERB_INTERACTIVE_LOGON logon = {.MessageType = KerbInteractiveLogon};
  const size_t size = sizeof(logon) + creds->domain_name.size() +
                      creds->user_name.size() + creds->password.size();
  if (std::max({creds->domain_name.size(), creds->user_name.size(),
                creds->password.size()}) > UINT16_MAX) {
    return SEC_E_INTERNAL_ERROR;  // No UNICODE_STRING is that long.
  }
  auto* block =
      static_cast<uint8_t*>(out.Adopt(NewContextBuffer(out.world(), size)));
  if (block == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  size_t end = sizeof(logon);
  logon.LogonDomainName = Place(creds->domain_name, block, &end);
  logon.UserName = Place(creds->user_name, block, &end);
  logon.Password = Place(creds->password, block, &end);
  std::memcpy(block, &logon, sizeof(logon));
  return out.Put(SecPkgContext_ClientCreds{
      .AuthBufferLen = static_cast<ULONG>(size), .AuthBuffer = block});
}

// CredSSP's own: always, or once the context is established.
struct OwnRow {
  ULONG attribute;
  bool always;
  SECURITY_STATUS (*query)(const CredSspContext&, AttributeWriter&);
};
constexpr OwnRow kOwn[] = {
    {SECPKG_ATTR_PACKAGE_INFO, true, PackageInfoOf},
    {SECPKG_ATTR_FLAGS, false, Flags},
    {SECPKG_ATTR_CREDS, false, Credentials},
    {SECPKG_ATTR_NEGOTIATION_PACKAGE, false, NegotiationPackage},
    {SECPKG_ATTR_SERVER_AUTH_FLAGS, false, ServerAuthFlags},
};

// About who authenticated, and how: Negotiate's. All else is Schannel's.
constexpr ULONG kOfNegotiate[] = {
    SECPKG_ATTR_NAMES,
    SECPKG_ATTR_NATIVE_NAMES,
    SECPKG_ATTR_AUTHORITY,
    SECPKG_ATTR_DCE_INFO,
    SECPKG_ATTR_LIFESPAN,
    SECPKG_ATTR_PASSWORD_EXPIRY,
    SECPKG_ATTR_SESSION_KEY,
    SECPKG_ATTR_USER_FLAGS,
    SECPKG_ATTR_NEGOTIATION_INFO,
    SECPKG_ATTR_TARGET_INFORMATION,
    SECPKG_ATTR_CLIENT_SPECIFIED_TARGET,
};

}  // namespace

SECURITY_STATUS QueryAttribute(const CredSspContext& context, ULONG attribute,
                               AttributeWriter& out) {
  for (const OwnRow& row : kOwn) {
    if (row.attribute != attribute) continue;
    return row.always || context.established() ? row.query(context, out)
                                               : SEC_E_INVALID_HANDLE;
  }
  const bool of_negotiate =
      std::find(std::begin(kOfNegotiate), std::end(kOfNegotiate), attribute) !=
      std::end(kOfNegotiate);
  // What SPNEGO came to is nobody's before the key is bound: a session key of
  // an exchange that failed there would be an attacker's, too.
  if (of_negotiate && attribute != SECPKG_ATTR_NEGOTIATION_INFO &&
      !context.established()) {
    return SEC_E_INVALID_HANDLE;
  }
  const Context* inside =
      of_negotiate ? context.negotiate() : context.schannel();
  return inside != nullptr ? inside->QueryAttribute(attribute, out)
                           : SEC_E_INVALID_HANDLE;
}

}  // namespace sspilab::credssp
