#include "tests/core/credssp/lab.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/credssp/interactive_logon.h"
#include "core/wire/utf.h"

namespace sspilab::testing {

std::string DelegatedTo(StreamEnd& server) {
  SecPkgContext_ClientCreds creds = {};
  const SECURITY_STATUS status =
      QueryContextAttributesW(&server.context, SECPKG_ATTR_CREDS, &creds);
  if (status != SEC_E_OK) return StatusName(status);
  KERB_INTERACTIVE_LOGON logon;
  EXPECT_GE(creds.AuthBufferLen, sizeof(logon));
  std::memcpy(&logon, creds.AuthBuffer, sizeof(logon));
  EXPECT_EQ(logon.MessageType, KerbInteractiveLogon);
  const auto text = [&](const UNICODE_STRING& string) {
    const auto offset = reinterpret_cast<uintptr_t>(string.Buffer);
    EXPECT_LE(offset + string.Length, creds.AuthBufferLen);
    return wire::Utf16LeToUtf8Lossy({creds.AuthBuffer + offset, string.Length});
  };
  std::string all =
      absl::StrCat(text(logon.LogonDomainName), "\\", text(logon.UserName), ":",
                   text(logon.Password));
  EXPECT_EQ(FreeContextBuffer(creds.AuthBuffer), SEC_E_OK);
  return all;
}

}  // namespace sspilab::testing
