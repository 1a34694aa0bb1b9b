// Packages and credentials: EnumerateSecurityPackages to
// ChangeAccountPassword.

#include <utility>

#include "core/interface_internal.h"
#include "core/package_info.h"
#include "core/packages.h"

namespace sspilab {
namespace {

// The packages' descriptions in the caller's character set.
template <typename Info>
SECURITY_STATUS StoreInfos(absl::Span<const SecurityPackage* const> packages,
                           CharSet charset, Info** out) {
  absl::InlinedVector<const PackageInfo*, 8> infos;
  for (const SecurityPackage* package : packages) {
    infos.push_back(&package->info());
  }
  void* block = NewPackageInfos(World::Current(), charset, infos);
  if (block == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  *out = static_cast<Info*>(block);
  return SEC_E_OK;
}

template <typename Info>
SECURITY_STATUS EnumeratePackages(CharSet charset, ULONG* count, Info** infos) {
  if (count == nullptr || infos == nullptr) return SEC_E_INVALID_PARAMETER;
  const SECURITY_STATUS status = StoreInfos(Packages(), charset, infos);
  if (status == SEC_E_OK) *count = static_cast<ULONG>(Packages().size());
  return status;
}

template <typename Info, typename Char>
SECURITY_STATUS QueryPackage(const Char* name, Info** info) {
  if (info == nullptr) return SEC_E_INVALID_PARAMETER;
  const SecurityPackage* package = FindPackage(TextArgument(name).view());
  if (package == nullptr) return SEC_E_SECPKG_NOT_FOUND;
  return StoreInfos({&package, 1}, kCharSetOf<Char>, info);
}

constexpr ULONG kUses = SECPKG_CRED_INBOUND | SECPKG_CRED_OUTBOUND;

template <typename Char>
SECURITY_STATUS Acquire(const Char* principal, const Char* package_name,
                        ULONG use, const void* logon_id, const void* auth_data,
                        PCredHandle handle, PTimeStamp expiry) {
  if (handle == nullptr) return SEC_E_INVALID_PARAMETER;
  SecInvalidateHandle(handle);
  const TextArgument name(package_name);
  const SecurityPackage* package = FindPackage(name.view());
  if (package == nullptr) return SEC_E_SECPKG_NOT_FOUND;
  if ((use & kUses) == 0) return SEC_E_UNKNOWN_CREDENTIALS;
  // Another logon session's credentials need the trusted computing base's
  // privilege, which no caller has here.
  if (logon_id != nullptr) return SEC_E_NOT_OWNER;
  World& world = World::Current();
  const TextArgument principal_name(principal);
  BudgetPtr<Credential> credential;
  const SECURITY_STATUS status = package->AcquireCredential(
      {world, principal_name.view(), use, auth_data}, &credential);
  if (IsError(status)) return status;
  if (!Credentials().Insert(std::move(credential), handle)) {
    return SEC_E_INSUFFICIENT_MEMORY;
  }
  StoreTime(kFileTimeNever, expiry);
  return status;
}

template <typename Char>
SECURITY_STATUS Add(PCredHandle handle, const Char* principal,
                    const Char* package_name, ULONG use, const void* auth_data,
                    PTimeStamp expiry) {
  const CredentialTable::Pin credential = FindCredential(handle);
  if (!credential.ok()) return HandleStatus(credential.error());
  const TextArgument name(package_name);
  if (FindPackage(name.view()) == nullptr) return SEC_E_SECPKG_NOT_FOUND;
  const TextArgument principal_name(principal);
  const SECURITY_STATUS status = credential->Add(
      {credential->world(), principal_name.view(), use, auth_data});
  if (!IsError(status)) StoreTime(kFileTimeNever, expiry);
  return status;
}

SECURITY_STATUS QueryAttribute(PCredHandle handle, ULONG attribute,
                               void* buffer, size_t size, CharSet charset) {
  const CredentialTable::Pin credential = FindCredential(handle);
  if (!credential.ok()) return HandleStatus(credential.error());
  if (buffer == nullptr) return SEC_E_INVALID_PARAMETER;
  AttributeWriter writer(credential->world(), charset, buffer, size);
  return credential->QueryAttribute(attribute, writer);
}

}  // namespace
}  // namespace sspilab

using sspilab::AttributeWriter;
using sspilab::CharSet;

SECURITY_STATUS EnumerateSecurityPackagesW(ULONG* pcPackages,
                                           PSecPkgInfoW* ppPackageInfo) {
  return sspilab::EnumeratePackages(CharSet::kWide, pcPackages, ppPackageInfo);
}

SECURITY_STATUS EnumerateSecurityPackagesA(ULONG* pcPackages,
                                           PSecPkgInfoA* ppPackageInfo) {
  return sspilab::EnumeratePackages(CharSet::kAnsi, pcPackages, ppPackageInfo);
}

SECURITY_STATUS QuerySecurityPackageInfoW(SEC_WCHAR* pszPackageName,
                                          PSecPkgInfoW* ppPackageInfo) {
  return sspilab::QueryPackage(pszPackageName, ppPackageInfo);
}

SECURITY_STATUS QuerySecurityPackageInfoA(SEC_CHAR* pszPackageName,
                                          PSecPkgInfoA* ppPackageInfo) {
  return sspilab::QueryPackage(pszPackageName, ppPackageInfo);
}

SECURITY_STATUS AcquireCredentialsHandleW(
    SEC_WCHAR* pszPrincipal, SEC_WCHAR* pszPackage, ULONG fCredentialUse,
    void* pvLogonId, void* pAuthData, SEC_GET_KEY_FN /*pGetKeyFn*/,
    void* /*pvGetKeyArgument*/, PCredHandle phCredential,
    PTimeStamp ptsExpiry) {
  return sspilab::Acquire(pszPrincipal, pszPackage, fCredentialUse, pvLogonId,
                          pAuthData, phCredential, ptsExpiry);
}

SECURITY_STATUS AcquireCredentialsHandleA(
    SEC_CHAR* pszPrincipal, SEC_CHAR* pszPackage, ULONG fCredentialUse,
    void* pvLogonId, void* pAuthData, SEC_GET_KEY_FN /*pGetKeyFn*/,
    void* /*pvGetKeyArgument*/, PCredHandle phCredential,
    PTimeStamp ptsExpiry) {
  return sspilab::Acquire(pszPrincipal, pszPackage, fCredentialUse, pvLogonId,
                          pAuthData, phCredential, ptsExpiry);
}

SECURITY_STATUS AddCredentialsW(PCredHandle hCredentials,
                                SEC_WCHAR* pszPrincipal, SEC_WCHAR* pszPackage,
                                ULONG fCredentialUse, void* pAuthData,
                                SEC_GET_KEY_FN /*pGetKeyFn*/,
                                void* /*pvGetKeyArgument*/,
                                PTimeStamp ptsExpiry) {
  return sspilab::Add(hCredentials, pszPrincipal, pszPackage, fCredentialUse,
                      pAuthData, ptsExpiry);
}

SECURITY_STATUS AddCredentialsA(PCredHandle hCredentials,
                                SEC_CHAR* pszPrincipal, SEC_CHAR* pszPackage,
                                ULONG fCredentialUse, void* pAuthData,
                                SEC_GET_KEY_FN /*pGetKeyFn*/,
                                void* /*pvGetKeyArgument*/,
                                PTimeStamp ptsExpiry) {
  return sspilab::Add(hCredentials, pszPrincipal, pszPackage, fCredentialUse,
                      pAuthData, ptsExpiry);
}

SECURITY_STATUS FreeCredentialsHandle(PCredHandle phCredential) {
  if (phCredential == nullptr) return SEC_E_INVALID_HANDLE;
  sspilab::HandleError error;
  // Contexts that were made with the credential keep what they need of it.
  return sspilab::Credentials().Remove(
             *phCredential, sspilab::CredentialTable::Access::kShared, &error)
             ? SEC_E_OK
             : sspilab::HandleStatus(error);
}

SECURITY_STATUS QueryCredentialsAttributesW(PCredHandle phCredential,
                                            ULONG ulAttribute, void* pBuffer) {
  return sspilab::QueryAttribute(phCredential, ulAttribute, pBuffer,
                                 AttributeWriter::kEnough, CharSet::kWide);
}

SECURITY_STATUS QueryCredentialsAttributesA(PCredHandle phCredential,
                                            ULONG ulAttribute, void* pBuffer) {
  return sspilab::QueryAttribute(phCredential, ulAttribute, pBuffer,
                                 AttributeWriter::kEnough, CharSet::kAnsi);
}

SECURITY_STATUS QueryCredentialsAttributesExW(PCredHandle phCredential,
                                              ULONG ulAttribute, void* pBuffer,
                                              ULONG cbBuffer) {
  return sspilab::QueryAttribute(phCredential, ulAttribute, pBuffer, cbBuffer,
                                 CharSet::kWide);
}

SECURITY_STATUS QueryCredentialsAttributesExA(PCredHandle phCredential,
                                              ULONG ulAttribute, void* pBuffer,
                                              ULONG cbBuffer) {
  return sspilab::QueryAttribute(phCredential, ulAttribute, pBuffer, cbBuffer,
                                 CharSet::kAnsi);
}

// No package here has a credential attribute that can be set, nor passwords
// that it could change.

SECURITY_STATUS SetCredentialsAttributesW(PCredHandle phCredential,
                                          ULONG /*ulAttribute*/,
                                          void* /*pBuffer*/,
                                          ULONG /*cbBuffer*/) {
  const auto credential = sspilab::FindCredential(phCredential);
  return credential.ok() ? SEC_E_UNSUPPORTED_FUNCTION
                         : sspilab::HandleStatus(credential.error());
}

SECURITY_STATUS SetCredentialsAttributesA(PCredHandle phCredential,
                                          ULONG ulAttribute, void* pBuffer,
                                          ULONG cbBuffer) {
  return SetCredentialsAttributesW(phCredential, ulAttribute, pBuffer,
                                   cbBuffer);
}

SECURITY_STATUS ChangeAccountPasswordW(
    SEC_WCHAR* pszPackageName, SEC_WCHAR* /*pszDomainName*/,
    SEC_WCHAR* /*pszAccountName*/, SEC_WCHAR* /*pszOldPassword*/,
    SEC_WCHAR* /*pszNewPassword*/, BOOLEAN /*bImpersonating*/,
    ULONG /*dwReserved*/, PSecBufferDesc /*pOutput*/) {
  return sspilab::FindPackage(sspilab::TextArgument(pszPackageName).view()) !=
                 nullptr
             ? SEC_E_UNSUPPORTED_FUNCTION
             : SEC_E_SECPKG_NOT_FOUND;
}

SECURITY_STATUS ChangeAccountPasswordA(
    SEC_CHAR* pszPackageName, SEC_CHAR* /*pszDomainName*/,
    SEC_CHAR* /*pszAccountName*/, SEC_CHAR* /*pszOldPassword*/,
    SEC_CHAR* /*pszNewPassword*/, BOOLEAN /*bImpersonating*/,
    ULONG /*dwReserved*/, PSecBufferDesc /*pOutput*/) {
  return sspilab::FindPackage(sspilab::TextArgument(pszPackageName).view()) !=
                 nullptr
             ? SEC_E_UNSUPPORTED_FUNCTION
             : SEC_E_SECPKG_NOT_FOUND;
}
