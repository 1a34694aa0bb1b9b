#ifndef SSPILAB_TESTS_CORE_ATTRIBUTE_TEXT_H_
#define SSPILAB_TESTS_CORE_ATTRIBUTE_TEXT_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/sspi.h"
#include "tests/support/hex.h"

// What QueryContextAttributes answers, as text, so that tables can say what is
// expected of it.
namespace sspilab::testing {

struct Wide {
  using Char = SEC_WCHAR;
  using PackageInfo = SecPkgInfoW;
  static constexpr auto Query = QueryContextAttributesW;
  static constexpr auto QueryEx = QueryContextAttributesExW;
  using Names = SecPkgContext_NamesW;
  using NativeNames = SecPkgContext_NativeNamesW;
  using Authority = SecPkgContext_AuthorityW;
  using KeyInfo = SecPkgContext_KeyInfoW;
  using Package = SecPkgContext_PackageInfoW;
  using Negotiation = SecPkgContext_NegotiationInfoW;
};

struct Ansi {
  using Char = SEC_CHAR;
  using PackageInfo = SecPkgInfoA;
  static constexpr auto Query = QueryContextAttributesA;
  static constexpr auto QueryEx = QueryContextAttributesExA;
  using Names = SecPkgContext_NamesA;
  using NativeNames = SecPkgContext_NativeNamesA;
  using Authority = SecPkgContext_AuthorityA;
  using KeyInfo = SecPkgContext_KeyInfoA;
  using Package = SecPkgContext_PackageInfoA;
  using Negotiation = SecPkgContext_NegotiationInfoA;
};

// Nothing but ASCII is in these tests. Null is "(null)".
inline std::string TextOf(const SEC_CHAR* text) {
  return text != nullptr ? text : "(null)";
}
inline std::string TextOf(const SEC_WCHAR* text) {
  if (text == nullptr) return "(null)";
  const std::u16string_view wide(text);
  return {wide.begin(), wide.end()};
}

// Gives a part of an answer back; what it said is returned.
template <typename Char>
std::string TakeText(Char* text) {
  std::string copy = TextOf(text);
  return FreeContextBuffer(text) == SEC_E_OK ? copy : "(not to be freed)";
}
inline std::string TakeBytes(void* bytes, ULONG size) {
  if (bytes == nullptr) return "(null)";
  std::string copy =
      ToHex(absl::MakeConstSpan(static_cast<const uint8_t*>(bytes), size));
  return FreeContextBuffer(bytes) == SEC_E_OK ? copy : "(not to be freed)";
}
template <typename Info>
std::string TakePackage(Info* info) {
  if (info == nullptr) return "(null)";
  std::string copy =
      absl::StrCat(TextOf(info->Name), "|", TextOf(info->Comment), "|",
                   info->wVersion, "|", info->wRPCID, "|", info->cbMaxToken,
                   "|0x", absl::Hex(info->fCapabilities));
  return FreeContextBuffer(info) == SEC_E_OK ? copy : "(not to be freed)";
}

// Calls `use` with an object of the structure that `attribute` fills.
// `C` is Wide or Ansi. False for attributes that have none here.
template <typename C, typename Use>
bool WithAnswer(ULONG attribute, Use use) {
  const auto give = [&use](auto answer) {
    use(answer);
    return true;
  };
  switch (attribute) {
    case SECPKG_ATTR_SIZES:
      return give(SecPkgContext_Sizes{});
    case SECPKG_ATTR_NAMES:
      return give(typename C::Names{});
    case SECPKG_ATTR_NATIVE_NAMES:
      return give(typename C::NativeNames{});
    case SECPKG_ATTR_LIFESPAN:
      return give(SecPkgContext_Lifespan{});
    case SECPKG_ATTR_PASSWORD_EXPIRY:
      return give(SecPkgContext_PasswordExpiry{});
    case SECPKG_ATTR_DCE_INFO:
      return give(SecPkgContext_DceInfo{});
    case SECPKG_ATTR_KEY_INFO:
      return give(typename C::KeyInfo{});
    case SECPKG_ATTR_AUTHORITY:
      return give(typename C::Authority{});
    case SECPKG_ATTR_SESSION_KEY:
      return give(SecPkgContext_SessionKey{});
    case SECPKG_ATTR_PACKAGE_INFO:
      return give(typename C::Package{});
    case SECPKG_ATTR_NEGOTIATION_INFO:
      return give(typename C::Negotiation{});
    case SECPKG_ATTR_FLAGS:
      return give(SecPkgContext_Flags{});
    case SECPKG_ATTR_USER_FLAGS:
      return give(SecPkgContext_UserFlags{});
    case SECPKG_ATTR_TARGET_INFORMATION:
      return give(SecPkgContext_TargetInformation{});
    case SECPKG_ATTR_CLIENT_SPECIFIED_TARGET:
      return give(SecPkgContext_ClientSpecifiedTarget{});
    case SECPKG_ATTR_UNIQUE_BINDINGS:
    case SECPKG_ATTR_ENDPOINT_BINDINGS:
      return give(SecPkgContext_Bindings{});
    default:
      return false;
  }
}

// The answer as text; its parts are given back.
template <typename C, typename Answer>
std::string TakeAnswer(const Answer& answer) {
  if constexpr (std::is_same_v<Answer, SecPkgContext_Sizes>) {
    return absl::StrCat("token ", answer.cbMaxToken, " signature ",
                        answer.cbMaxSignature, " block ", answer.cbBlockSize,
                        " trailer ", answer.cbSecurityTrailer);
  } else if constexpr (std::is_same_v<Answer, typename C::Names>) {
    return TakeText(answer.sUserName);
  } else if constexpr (std::is_same_v<Answer, typename C::NativeNames>) {
    return absl::StrCat(TakeText(answer.sClientName), " -> ",
                        TakeText(answer.sServerName));
  } else if constexpr (std::is_same_v<Answer, SecPkgContext_Lifespan>) {
    return absl::StrCat(answer.tsStart.QuadPart, "..",
                        answer.tsExpiry.QuadPart);
  } else if constexpr (std::is_same_v<Answer, SecPkgContext_PasswordExpiry>) {
    return absl::StrCat(answer.tsPasswordExpires.QuadPart);
  } else if constexpr (std::is_same_v<Answer, SecPkgContext_DceInfo>) {
    return absl::StrCat("service ", answer.AuthzSvc, " ",
                        TakeText(static_cast<SEC_WCHAR*>(answer.pPac)));
  } else if constexpr (std::is_same_v<Answer, typename C::KeyInfo>) {
    return absl::StrCat(TakeText(answer.sSignatureAlgorithmName), " 0x",
                        absl::Hex(answer.SignatureAlgorithm), ", ",
                        TakeText(answer.sEncryptAlgorithmName), " 0x",
                        absl::Hex(answer.EncryptAlgorithm), ", ",
                        answer.KeySize, " bits");
  } else if constexpr (std::is_same_v<Answer, typename C::Authority>) {
    return TakeText(answer.sAuthorityName);
  } else if constexpr (std::is_same_v<Answer, SecPkgContext_SessionKey>) {
    return TakeBytes(answer.SessionKey, answer.SessionKeyLength);
  } else if constexpr (std::is_same_v<Answer, typename C::Package>) {
    return TakePackage(answer.PackageInfo);
  } else if constexpr (std::is_same_v<Answer, typename C::Negotiation>) {
    return absl::StrCat("state ", answer.NegotiationState, " ",
                        TakePackage(answer.PackageInfo));
  } else if constexpr (std::is_same_v<Answer, SecPkgContext_Flags>) {
    return absl::StrCat("0x", absl::Hex(answer.Flags));
  } else if constexpr (std::is_same_v<Answer, SecPkgContext_UserFlags>) {
    return absl::StrCat("0x", absl::Hex(answer.UserFlags));
  } else if constexpr (std::is_same_v<Answer,
                                      SecPkgContext_TargetInformation>) {
    return TakeBytes(answer.MarshalledTargetInfo,
                     answer.MarshalledTargetInfoLength);
  } else if constexpr (std::is_same_v<Answer,
                                      SecPkgContext_ClientSpecifiedTarget>) {
    return TakeText(answer.sTargetName);
  } else {
    static_assert(std::is_same_v<Answer, SecPkgContext_Bindings>);
    return TakeBytes(answer.Bindings, answer.BindingsLength);
  }
}

// QueryContextAttributes; the answer goes to `text`. The attribute must be one
// that WithAnswer knows.
template <typename C>
SECURITY_STATUS QueryText(CtxtHandle* context, ULONG attribute,
                          std::string* text) {
  SECURITY_STATUS status = SEC_E_INTERNAL_ERROR;
  WithAnswer<C>(attribute, [&](auto& answer) {
    status = C::Query(context, attribute, &answer);
    if (status == SEC_E_OK) *text = TakeAnswer<C>(answer);
  });
  return status;
}

}  // namespace sspilab::testing

#endif  // SSPILAB_TESTS_CORE_ATTRIBUTE_TEXT_H_
