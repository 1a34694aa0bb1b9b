#include "sim/party_view.h"

namespace sspilab::sim {

SECURITY_STATUS QueryInto(SecurityFunctionTableW& table, CtxtHandle* context,
                          ULONG attribute, PartyView* view) {
  const auto query = [&](void* into) {
    return table.QueryContextAttributesW(context, attribute, into);
  };
  switch (attribute) {
    case SECPKG_ATTR_SESSION_KEY: {
      SecPkgContext_SessionKey key = {};
      const SECURITY_STATUS status = query(&key);
      if (status == SEC_E_OK) {
        view->session_key.assign(key.SessionKey,
                                 key.SessionKey + key.SessionKeyLength);
        return table.FreeContextBuffer(key.SessionKey);
      }
      return status;
    }
    case SECPKG_ATTR_SIZES:
      return query(&view->sizes);
    case SECPKG_ATTR_PACKAGE_INFO: {
      SecPkgContext_PackageInfoW info = {};
      const SECURITY_STATUS status = query(&info);
      if (status == SEC_E_OK) {
        view->package = info.PackageInfo->Name;
        return table.FreeContextBuffer(info.PackageInfo);
      }
      return status;
    }
    default: {
      SecPkgContext_NamesW names = {};
      const SECURITY_STATUS status = query(&names);
      if (status == SEC_E_OK) {
        view->identity = names.sUserName;
        return table.FreeContextBuffer(names.sUserName);
      }
      return status;
    }
  }
}

}  // namespace sspilab::sim
