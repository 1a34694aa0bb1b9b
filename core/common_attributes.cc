#include "core/common_attributes.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace sspilab {
namespace {

void* NewInfo(const PackageInfo& package, AttributeWriter& out) {
  const PackageInfo* const info = &package;
  return out.Adopt(NewPackageInfos(out.world(), out.charset(), {&info, 1}));
}

struct BindingsRow {
  ULONG attribute;
  std::string_view prefix;
};
constexpr BindingsRow kBindings[] = {
    {SECPKG_ATTR_UNIQUE_BINDINGS, "tls-unique:"},
    {SECPKG_ATTR_ENDPOINT_BINDINGS, "tls-server-end-point:"},
};

}  // namespace

SECURITY_STATUS PutPackageInfo(const PackageInfo& package,
                               AttributeWriter& out) {
  void* const info = NewInfo(package, out);
  if (info == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  return out.PutText<SecPkgContext_PackageInfoW, SecPkgContext_PackageInfoA>(
      [info](auto& result) {
        result.PackageInfo = static_cast<decltype(result.PackageInfo)>(info);
      });
}

SECURITY_STATUS PutNegotiationInfo(const PackageInfo& package, ULONG state,
                                   AttributeWriter& out) {
  void* const info = NewInfo(package, out);
  if (info == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  return out
      .PutText<SecPkgContext_NegotiationInfoW, SecPkgContext_NegotiationInfoA>(
          [info, state](auto& result) {
            result.PackageInfo =
                static_cast<decltype(result.PackageInfo)>(info);
            result.NegotiationState = state;
          });
}

SECURITY_STATUS PutBindings(const ChannelBindings& bindings, ULONG attribute,
                            AttributeWriter& out) {
  const auto* const row = std::find_if(
      std::begin(kBindings), std::end(kBindings),
      [attribute](const BindingsRow& r) { return r.attribute == attribute; });
  if (row == std::end(kBindings) || !bindings.HasPrefix(row->prefix)) {
    return SEC_E_UNSUPPORTED_FUNCTION;
  }
  void* const copy = out.NewBytes(bindings.bytes());
  if (copy == nullptr) return SEC_E_INSUFFICIENT_MEMORY;
  return out.Put(SecPkgContext_Bindings{
      .BindingsLength = static_cast<ULONG>(bindings.bytes().size()),
      .Bindings = static_cast<SEC_CHANNEL_BINDINGS*>(copy)});
}

}  // namespace sspilab
