#include "sim/attribute_shape.h"

#include <algorithm>
#include <iterator>

namespace sspilab::sim {
namespace {

// Where a structure has its pointers.
constexpr size_t kSessionKey[] = {
    offsetof(SecPkgContext_SessionKey, SessionKey)};
constexpr size_t kNames[] = {offsetof(SecPkgContext_NamesW, sUserName)};
constexpr size_t kPackageInfo[] = {
    offsetof(SecPkgContext_PackageInfoW, PackageInfo)};
constexpr size_t kNegotiationInfo[] = {
    offsetof(SecPkgContext_NegotiationInfoW, PackageInfo)};
constexpr size_t kNativeNames[] = {
    offsetof(SecPkgContext_NativeNamesW, sClientName),
    offsetof(SecPkgContext_NativeNamesW, sServerName)};
constexpr size_t kBindings[] = {offsetof(SecPkgContext_Bindings, Bindings)};
constexpr size_t kKeyingMaterial[] = {
    offsetof(SecPkgContext_KeyingMaterial, pbKeyingMaterial)};
constexpr size_t kIssuerList[] = {
    offsetof(SecPkgContext_IssuerListInfoEx, aIssuers)};
constexpr size_t kClientCreds[] = {
    offsetof(SecPkgContext_ClientCreds, AuthBuffer)};
// The buffer is the pointer.
constexpr size_t kCertificate[] = {0};

constexpr AttributeShape kShapes[] = {
    {SECPKG_ATTR_SIZES, sizeof(SecPkgContext_Sizes), {}},
    {SECPKG_ATTR_NAMES, sizeof(SecPkgContext_NamesW), kNames},
    {SECPKG_ATTR_LIFESPAN, sizeof(SecPkgContext_Lifespan), {}},
    {SECPKG_ATTR_STREAM_SIZES, sizeof(SecPkgContext_StreamSizes), {}},
    {SECPKG_ATTR_SESSION_KEY, sizeof(SecPkgContext_SessionKey), kSessionKey},
    {SECPKG_ATTR_PACKAGE_INFO, sizeof(SecPkgContext_PackageInfoW),
     kPackageInfo},
    {SECPKG_ATTR_NEGOTIATION_INFO, sizeof(SecPkgContext_NegotiationInfoW),
     kNegotiationInfo},
    {SECPKG_ATTR_NATIVE_NAMES, sizeof(SecPkgContext_NativeNamesW),
     kNativeNames},
    {SECPKG_ATTR_FLAGS, sizeof(SecPkgContext_Flags), {}},
    {SECPKG_ATTR_UNIQUE_BINDINGS, sizeof(SecPkgContext_Bindings), kBindings},
    {SECPKG_ATTR_ENDPOINT_BINDINGS, sizeof(SecPkgContext_Bindings), kBindings},
    {SECPKG_ATTR_APPLICATION_PROTOCOL,
     sizeof(SecPkgContext_ApplicationProtocol),
     {}},
    {SECPKG_ATTR_REMOTE_CERT_CONTEXT, sizeof(PCCERT_CONTEXT), kCertificate},
    {SECPKG_ATTR_LOCAL_CERT_CONTEXT, sizeof(PCCERT_CONTEXT), kCertificate},
    {SECPKG_ATTR_ISSUER_LIST_EX, sizeof(SecPkgContext_IssuerListInfoEx),
     kIssuerList},
    {SECPKG_ATTR_CONNECTION_INFO, sizeof(SecPkgContext_ConnectionInfo), {}},
    {SECPKG_ATTR_SESSION_INFO, sizeof(SecPkgContext_SessionInfo), {}},
    {SECPKG_ATTR_CIPHER_INFO, sizeof(SecPkgContext_CipherInfo), {}},
    {SECPKG_ATTR_KEYING_MATERIAL, sizeof(SecPkgContext_KeyingMaterial),
     kKeyingMaterial},
    {SECPKG_ATTR_CREDS, sizeof(SecPkgContext_ClientCreds), kClientCreds},
};

}  // namespace

const AttributeShape* FindAttributeShape(ULONG attribute) {
  const AttributeShape* const found = std::find_if(
      std::begin(kShapes), std::end(kShapes), [&](const AttributeShape& shape) {
        return shape.attribute == attribute;
      });
  return found == std::end(kShapes) ? nullptr : found;
}

}  // namespace sspilab::sim
