#include "fuzz/answer_parts.h"

#include <cstddef>
#include <cstring>

namespace sspilab::fuzz {
namespace {

// The attributes whose answer holds memory that the caller must free: where.
struct Answer {
  ULONG attribute;
  size_t pointers[2];
};
constexpr size_t kNoPointer = SIZE_MAX;
constexpr Answer kAnswers[] = {
    {SECPKG_ATTR_NAMES, {0, kNoPointer}},
    {SECPKG_ATTR_DCE_INFO, {offsetof(SecPkgContext_DceInfo, pPac), kNoPointer}},
    {SECPKG_ATTR_KEY_INFO,
     {offsetof(SecPkgContext_KeyInfoW, sSignatureAlgorithmName),
      offsetof(SecPkgContext_KeyInfoW, sEncryptAlgorithmName)}},
    {SECPKG_ATTR_AUTHORITY, {0, kNoPointer}},
    {SECPKG_ATTR_SESSION_KEY,
     {offsetof(SecPkgContext_SessionKey, SessionKey), kNoPointer}},
    {SECPKG_ATTR_PACKAGE_INFO, {0, kNoPointer}},
    {SECPKG_ATTR_NEGOTIATION_INFO,
     {offsetof(SecPkgContext_NegotiationInfoW, PackageInfo), kNoPointer}},
    {SECPKG_ATTR_NATIVE_NAMES,
     {offsetof(SecPkgContext_NativeNamesW, sClientName),
      offsetof(SecPkgContext_NativeNamesW, sServerName)}},
    {SECPKG_ATTR_TARGET_INFORMATION,
     {offsetof(SecPkgContext_TargetInformation, MarshalledTargetInfo),
      kNoPointer}},
    {SECPKG_ATTR_UNIQUE_BINDINGS,
     {offsetof(SecPkgContext_Bindings, Bindings), kNoPointer}},
    {SECPKG_ATTR_ENDPOINT_BINDINGS,
     {offsetof(SecPkgContext_Bindings, Bindings), kNoPointer}},
    {SECPKG_ATTR_CLIENT_SPECIFIED_TARGET, {0, kNoPointer}},
    {SECPKG_ATTR_CREDS,
     {offsetof(SecPkgContext_ClientCreds, AuthBuffer), kNoPointer}},
    {SECPKG_ATTR_NEGOTIATION_PACKAGE, {0, kNoPointer}},
    {SECPKG_ATTR_REMOTE_CERT_CONTEXT, {0, kNoPointer}},
    {SECPKG_ATTR_LOCAL_CERT_CONTEXT, {0, kNoPointer}},
    {SECPKG_ATTR_KEYING_MATERIAL,
     {offsetof(SecPkgContext_KeyingMaterial, pbKeyingMaterial), kNoPointer}},
    {SECPKG_ATTR_ISSUER_LIST_EX,
     {offsetof(SecPkgContext_IssuerListInfoEx, aIssuers), kNoPointer}},
};

}  // namespace

void ForEachPart(ULONG attribute, absl::Span<const uint8_t> answer,
                 absl::FunctionRef<void(void* part)> take) {
  for (const Answer& row : kAnswers) {
    if (row.attribute != attribute) continue;
    for (const size_t at : row.pointers) {
      void* part;
      if (at == kNoPointer || answer.size() < at + sizeof(part)) continue;
      std::memcpy(&part, answer.data() + at, sizeof(part));
      // A list may be empty.
      if (part != nullptr) take(part);
    }
  }
}

}  // namespace sspilab::fuzz
