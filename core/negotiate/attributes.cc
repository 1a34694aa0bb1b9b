#include "core/negotiate/attributes.h"

#include "core/package_info.h"

namespace sspilab::negotiate {
namespace {

// Of the package under Negotiate, as the documents of SECPKG_ATTR_PACKAGE_INFO
// and ..._NEGOTIATION_INFO say: "NTLM", not "Negotiate".
void* NewChosenInfo(const NegotiateContext& context, AttributeWriter& out) {
  const PackageInfo* info = &context.chosen().info();
  return out.Adopt(NewPackageInfos(out.world(), out.charset(), {&info, 1}));
}

SECURITY_STATUS PackageInfoOf(const NegotiateContext& context,
                              AttributeWriter& out) {
  void* package = NewChosenInfo(context, out);
  if (package == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  return out.PutText<SecPkgContext_PackageInfoW, SecPkgContext_PackageInfoA>(
      [package](auto& info) {
        info.PackageInfo = static_cast<decltype(info.PackageInfo)>(package);
      });
}

SECURITY_STATUS NegotiationInfo(const NegotiateContext& context,
                                AttributeWriter& out) {
  void* package = NewChosenInfo(context, out);
  if (package == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  const ULONG state = context.negotiation_state();
  return out
      .PutText<SecPkgContext_NegotiationInfoW, SecPkgContext_NegotiationInfoA>(
          [package, state](auto& info) {
            info.PackageInfo = static_cast<decltype(info.PackageInfo)>(package);
            info.NegotiationState = state;
          });
}

}  // namespace

std::optional<SECURITY_STATUS> AnswerItself(const NegotiateContext& context,
                                            ULONG attribute,
                                            AttributeWriter& out) {
  switch (attribute) {
    case SECPKG_ATTR_PACKAGE_INFO:
      return PackageInfoOf(context, out);
    case SECPKG_ATTR_NEGOTIATION_INFO:
      return NegotiationInfo(context, out);
    default:
      return std::nullopt;
  }
}

}  // namespace sspilab::negotiate
